#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare that the daemon is to be read about; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_info
short_description: Read what containerd is, and whether its parts work
version_added: 0.1.0
description:
  - Returns the version of the daemon, its plugins with their health, the deprecated features that it has seen in use,
    its snapshotters and its namespaces. All of it takes four calls.
  - A daemon that answers need not be healthy. A mistake in C(config.toml) often costs it one plugin, such as the CRI,
    while the rest starts. See RV(plugins[].status).
extends_documentation_fragment:
  - community.containerd.attributes.info
  - community.containerd.connection
seealso:
  - module: community.containerd.ctr_container_info
  - module: community.containerd.ctr_image_info
  - module: community.containerd.ctr_namespace
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: The daemon is known
  community.containerd.ctr_info:
  register: containerd

- name: The CRI, which the kubelet talks to, works
  community.containerd.ctr_info:
  register: containerd
  vars:
    cri: "{{ containerd.plugins | selectattr('id', 'equalto', 'cri') }}"
  failed_when: "'ok' not in cri | map(attribute='status')"

- name: Nothing is in use that an upgrade would take away
  community.containerd.ctr_info:
  register: containerd
  failed_when: containerd.daemon.deprecations | length > 0
"""

RETURN = r"""
daemon:
  description: The daemon itself.
  returned: success
  type: dict
  contains:
    version:
      description: Its release, without a letter in front.
      type: str
      sample: 1.7.24
    revision:
      description: The commit that it was built from, as far as its builder says.
      type: str
      sample: 88bf19b2105c8b17560993bee28a01ddc2f97182
    uuid:
      description: The identity of this installation. It survives restarts.
      type: str
      sample: 84383418-7ea1-473e-90ed-2e236871a084
    pid:
      description: The process id of the daemon; V(0) from containerd 1.6, which does not tell.
      type: int
      sample: 731
    deprecations:
      description:
        - The deprecated features that this daemon has seen in use since it started.
        - Always empty from containerd 1.6, which does not tell.
      type: list
      elements: dict
      contains:
        id:
          description: The name of the warning.
          type: str
          sample: io.containerd.deprecation/cri-registry-mirrors
        message:
          description: What is deprecated, and what to use.
          type: str
          sample: The `mirrors` property of `[plugins."io.containerd.grpc.v1.cri".registry]` is deprecated
        last_occurrence:
          description: When it was last in use.
          type: str
          sample: '2026-11-24T03:11:52.000000000Z'
plugins:
  description: All plugins, sorted by type and id, those that did not load among them.
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: The type of the plugin. Some types have other names in containerd 2.
      type: str
      sample: io.containerd.snapshotter.v1
    id:
      description: Its name, of which there is one within its type.
      type: str
      sample: overlayfs
    status:
      description:
        - V(ok) for one that works.
        - V(skip) for one that was left out since this host or its configuration has no use for it, which is usual.
        - V(error) for one that failed. Containerd 1.6 says so of C(devmapper) wherever that is not configured.
      type: str
      sample: ok
    error:
      description: Why it does not work, in the words of the daemon; empty for one that does.
      type: str
      sample: "devmapper not configured: skip plugin"
    platforms:
      description: The platforms that it serves.
      type: list
      elements: str
      sample: [linux/amd64]
    exports:
      description: What it tells about itself, such as the directory where it keeps its data.
      type: dict
      sample: {"root": "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs"}
    capabilities:
      description: The features that it has.
      type: list
      elements: str
      sample: [always, on-failure]
snapshotters:
  description: The names of the snapshotters that work, sorted.
  returned: success
  type: list
  elements: str
  sample: [native, overlayfs]
namespaces:
  description: All namespaces, sorted by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the namespace.
      type: str
      sample: k8s.io
    labels:
      description: Its labels.
      type: dict
      sample: {"containerd.io/defaults/snapshotter": "native"}
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
      sample: version.Version
    code:
      description: The status that containerd gave.
      type: str
      sample: UNAVAILABLE
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import info
from ansible_collections.community.containerd.plugins.module_utils._runtime.daemon import DaemonRuntime

ARGUMENT_SPEC = {**CONNECTION}


def main() -> None:
    run(info, DaemonRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
