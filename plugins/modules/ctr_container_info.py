#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare what to read about containers; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_container_info
short_description: Read which containers containerd has, and what runs
version_added: 0.1.0
description:
  - Returns the containers of a namespace with their specs and tasks, whoever made them. All of them take two calls.
extends_documentation_fragment:
  - community.containerd.attributes.info
  - community.containerd.connection
options:
  name:
    description:
      - The containers to return. One that is not there is left out. The default is all containers of the namespace.
    type: list
    elements: str
    aliases: [names, container]
  spec:
    description:
      - Whether to return the OCI runtime spec of each container. It is by far the largest part of it, so that thousands
        of containers are read several times faster without.
    type: bool
    default: true
seealso:
  - module: community.containerd.ctr_container
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: All containers are known
  community.containerd.ctr_container_info:
  register: found

- name: The names of what runs are known, on a host with very many containers
  community.containerd.ctr_container_info:
    spec: false
  register: found

- name: The web server runs
  community.containerd.ctr_container_info:
    name: web
  register: web
  failed_when: web.containers | map(attribute='task.status') != ['running']
"""

RETURN = r"""
containers:
  description: The containers, in the order of O(name) or sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The name of the container.
      type: str
      sample: web
    image:
      description: The name of the image that it was made from.
      type: str
      sample: docker.io/library/nginx:1.27
    labels:
      description: Its labels.
      type: dict
      sample: {"io.containerd.image.config.stop-signal": "SIGQUIT"}
    runtime:
      description: The runtime shim.
      type: str
      sample: io.containerd.runc.v2
    snapshotter:
      description: The snapshotter that holds its file system.
      type: str
      sample: overlayfs
    snapshot_key:
      description: The key of its snapshot.
      type: str
      sample: web
    created_at:
      description: When the record was made.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    updated_at:
      description: When the record last changed.
      type: str
      sample: '2026-11-24T03:11:52.000000000Z'
    spec:
      description: Its OCI runtime spec.
      returned: with O(spec=true)
      type: dict
      sample: {"ociVersion": "1.0.2", "process": {"args": ["nginx", "-g", "daemon off;"], "cwd": "/"}}
    task:
      description: Its task, as in M(community.containerd.ctr_task).
      type: dict
      sample: {"status": "running", "pid": 4711}
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(refused) or V(unreachable).
      type: str
      sample: unreachable
    call:
      description: The remote call that failed.
      type: str
      sample: containers.ListStream
    code:
      description: The status that containerd gave.
      type: str
      sample: UNAVAILABLE
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import container_info
from ansible_collections.community.containerd.plugins.module_utils._runtime.listing import ListingRuntime

ARGUMENT_SPEC = {
    **CONNECTION,
    "name": {"type": "list", "elements": "str", "aliases": ["names", "container"]},
    "spec": {"type": "bool", "default": True},
}


def main() -> None:
    run(container_info, ListingRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
