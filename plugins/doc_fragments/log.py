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
      - V(none) drops it. V(file) appends both streams to the file at C(path) of O(log_options). V(binary) starts the
        program at C(path) of O(log_options) on the host, which reads them.
      - The choice is kept in the label C(containerd.io/restart.loguri) of a container that is made with it, so that a
        later start, also one by containerd's restart monitor, writes to the same place.
      - The default is what that label says, else V(none).
    type: str
    choices: [none, file, binary]
  log_options:
    description:
      - Options of the log driver. V(file) takes C(path), an absolute path on the host. The file is made with mode
        0644.
      - Nothing rotates the file. The runtime only ever appends, so C(logrotate) with C(copytruncate) does, at the
        price of what is written between its copy and its cut. A file that is renamed is written to all the same,
        until the process is started again. A program that rotates is what V(binary) is for.
      - V(binary) takes C(path), the absolute path of a program on the host, and C(args), a mapping. Each key and its
        value become two arguments; containerd gives the pairs in no certain order.
      - Containerd's shim starts that program as root with C(CONTAINER_ID) and C(CONTAINER_NAMESPACE) in its
        environment, and with stdout and stderr of the process as its file descriptors 3 and 4. The process starts
        once the program has closed its file descriptor 5. When both streams end, the program is to end too.
      - The collection has no such program of its own.
    type: dict
    aliases: [log_opt]
"""
