# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options by which every module finds its containerd; mirrors ``_ansible/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of CONNECTION."""

    DOCUMENTATION = r"""
options:
  address:
    description:
      - The unix socket of containerd, with or without C(unix://).
      - The socket usually belongs to C(root), so the task needs C(become).
      - If not set, the environment variable E(CONTAINERD_ADDRESS) is used.
    type: str
    default: /run/containerd/containerd.sock
    aliases: [socket, containerd_address]
  namespace:
    description:
      - The containerd namespace in which everything happens.
      - The kubelet sees V(k8s.io) alone, C(ctr) and C(nerdctl) use V(default) when nothing is said.
        An image in one namespace is not visible in another, although its content is stored only once.
      - A namespace comes into being when something is first stored in it.
      - If not set, the environment variable E(CONTAINERD_NAMESPACE) is used.
    type: str
    default: default
    aliases: [containerd_namespace]
  timeout:
    description:
      - Seconds that a call to containerd, or to a registry, may go on without any progress before it is given up.
      - It does not limit how long a pull takes while bytes arrive.
    type: int
    default: 60
requirements:
  - containerd 1.6 or newer on the managed host
  - Python 3.8 or newer on the managed host, standard library only
"""
