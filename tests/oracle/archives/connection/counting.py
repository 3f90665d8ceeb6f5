# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local connection, which notes all bytes that go to the host, in the file that COUNTED_TO names."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.connection import local

DOCUMENTATION = r"""
name: counting
short_description: The local connection, with a count of what goes over it
description:
  - Appends a line of JSON to the file that the variable E(COUNTED_TO) names, for each file and each standard input.
author: The community.containerd contributors (@community-containerd)
options:
  become_success_timeout:
    description: As in M(ansible.builtin.local#connection).
    type: int
    default: 10
  become_strip_preamble:
    description: As in M(ansible.builtin.local#connection).
    type: bool
    default: true
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(local.Connection):
    transport = "counting"

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> Any:
        if in_data:
            _note("", len(in_data))
        return super().exec_command(cmd, in_data=in_data, sudoable=sudoable)

    def put_file(self, in_path: str, out_path: str) -> None:
        _note(out_path, os.stat(in_path).st_size)
        super().put_file(in_path, out_path)


def _note(path: str, size: int) -> None:
    with Path(os.environ["COUNTED_TO"]).open("a") as file:
        file.write(json.dumps([path, size]) + "\n")
