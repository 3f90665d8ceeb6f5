# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible does with files, without Ansible: a real rename, and the mode alone of their attributes."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping


class Files:
    """The port for files; `mode` is the wish, octal as text."""

    def __init__(self, mode: str = "") -> None:
        self.mode = mode
        self.put_from: list[str] = []

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        wished = {"mode": self.mode} if self.mode else {}
        if not self.mode or not os.path.exists(path):
            return {}, wished
        return {"mode": "%04o" % stat.S_IMODE(os.stat(path).st_mode)}, wished

    def set_attributes(self, path: str) -> None:
        if self.mode:
            os.chmod(path, int(self.mode, 8))

    def put(self, source: str, path: str) -> None:
        self.put_from.append(source)
        os.rename(source, path)
