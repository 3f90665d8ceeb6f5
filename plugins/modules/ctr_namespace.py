#!/usr/bin/python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare a namespace that should be; the work is done by the floors that the imports name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ctr_namespace
short_description: Manage namespaces of containerd
version_added: 0.1.0
description:
  - Ensures that a namespace of containerd is there, with its labels, or that it is not.
  - A namespace need not be made before it is used; containerd makes it with the first thing that is put into it. This
    module is for its labels, which hold defaults for what is done there, and for removing it.
  - In the namespace V(k8s.io) are the images and containers of Kubernetes, in V(moby) those of Docker.
extends_documentation_fragment:
  - community.containerd.attributes
  - community.containerd.connection
options:
  name:
    description:
      - The namespace to manage, of at most 76 letters and digits, with single V(-), V(_) or V(.) between them.
      - O(namespace) is of no meaning to this module, so that the defaults of the action group never decide which
        namespace is removed.
    type: str
    required: true
  state:
    description:
      - V(present) ensures that there is such a namespace, with O(labels).
      - V(absent) removes it. One that still holds containers, images, blobs or snapshots is never removed. The error
        tells how many of each, in check mode as well. Its leases and unfinished downloads go with it.
    type: str
    choices: [present, absent]
    default: present
  labels:
    description:
      - Labels that the namespace should have. Others that it has are left alone.
      - A label with an empty value is removed, or not made.
      - The label C(containerd.io/defaults/snapshotter) names the snapshotter, and C(containerd.io/defaults/runtime)
        the runtime, that are used in this namespace by C(ctr) and by this collection unless a task names another.
        Which snapshotters a host has is shown by C(ctr plugins ls).
      - Values are strings. Put numbers and booleans into quotes.
      - Has no effect with O(state=absent).
    type: dict
seealso:
  - module: community.containerd.ctr_prune
author:
  - The community.containerd contributors (@community-containerd)
"""

EXAMPLES = r"""
- name: There is a namespace for the shop, with a snapshotter of its own
  community.containerd.ctr_namespace:
    name: shop
    labels:
      containerd.io/defaults/snapshotter: native
      org.example.team: web

- name: It uses the default of containerd again
  community.containerd.ctr_namespace:
    name: shop
    labels:
      containerd.io/defaults/snapshotter: ""

- name: There is no such namespace any more
  community.containerd.ctr_namespace:
    name: shop
    state: absent
"""

RETURN = r"""
namespace:
  description: The namespace, as a fresh read of containerd's store shows it.
  returned: success
  type: dict
  contains:
    name:
      description: Its name.
      type: str
      sample: shop
    state:
      description: V(present) or V(absent).
      type: str
      sample: present
    labels:
      description: All its labels.
      returned: when it is present
      type: dict
      sample: {"containerd.io/defaults/snapshotter": "native"}
actions:
  description: What was done, or would be, as sentences.
  returned: success
  type: list
  elements: str
  sample: ["made namespace shop"]
error:
  description: What failed, for machines.
  returned: failure
  type: dict
  contains:
    kind:
      description: The class of the failure, such as V(refused) or V(unreachable).
      type: str
      sample: refused
    call:
      description: The remote call that failed.
      type: str
      sample: namespaces.Delete
    code:
      description: The status that containerd gave.
      type: str
      sample: FAILED_PRECONDITION
"""

from ansible_collections.community.containerd.plugins.module_utils._ansible.options import CONNECTION
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._reconcile import namespace
from ansible_collections.community.containerd.plugins.module_utils._runtime.namespaces import NamespaceRuntime

ARGUMENT_SPEC = {
    **CONNECTION,
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "labels": {"type": "dict"},
}


def main() -> None:
    run(namespace, NamespaceRuntime, {"argument_spec": ARGUMENT_SPEC})


if __name__ == "__main__":
    main()
