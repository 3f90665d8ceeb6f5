# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option that names a snapshotter; mirrors ``_ansible/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of SNAPSHOTTER."""

    DOCUMENTATION = r"""
options:
  snapshotter:
    description:
      - The snapshotter that holds the unpacked layers.
      - If not set, the environment variable E(CONTAINERD_SNAPSHOTTER) is used, then the default that the namespace
        carries in its label C(containerd.io/defaults/snapshotter), then V(overlayfs).
    type: str
"""
