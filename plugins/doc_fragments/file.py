# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that write a file; mirrors ``_ansible/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of FILE."""

    DOCUMENTATION = r"""
options:
  mode:
    description:
      - The permissions of the file, as in M(ansible.builtin.file), such as V('0640') or V(u=rw,g=r,o=).
        Quote octal numbers, lest YAML reads them as decimal ones.
      - If not set, a file that is there keeps its own, and a new one has what the umask leaves of V('0666').
    type: raw
  owner:
    description:
      - The user that owns the file, by name or number. If not set, it stays as it is.
    type: str
  group:
    description:
      - The group that owns the file, by name or number. If not set, it stays as it is.
    type: str
"""
