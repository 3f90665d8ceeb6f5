# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say where output goes; mirrors ``_ansible/options.py``."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of LOG."""

    DOCUMENTATION = r"""
options:
  log_driver:
    description:
      - Where the output of the process goes.
      - V(none) drops it. V(file) appends both streams to the file at C(path) of O(log_options).
      - The choice is kept in the label C(containerd.io/restart.loguri) of a container that is made with it, so that a
        later start, also one by containerd's restart monitor, writes to the same place.
      - The default is what that label says, else V(none).
      - There is no V(binary), which hands the output to a program on the host. A container to which another client
        gave such a program, with C(binary://) in that label, keeps it and starts with it, until a task sets
        O(log_driver) or makes the container anew.
    type: str
    choices: [none, file]
  log_options:
    description:
      - Options of the log driver. V(file) takes C(path), an absolute path on the host. The file is made with mode
        0644.
      - Nothing rotates the file. The runtime only ever appends, so C(logrotate) with C(copytruncate) does, at the
        price of what is written between its copy and its cut. A file that is renamed is written to all the same,
        until the process is started again.
    type: dict
    aliases: [log_opt]
"""
