# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text file replaced at once, with the owner, group and mode that the user named."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .aside import written_aside

if TYPE_CHECKING:
    from .ports import Files


def replace_file(files: Files, path: str, text: str, backup: bool) -> str:
    """``text`` is the content of ``path``, and if that is a link, of the file that it points to.

    The name of the copy of the old content, if one was to be kept.
    """
    real = os.path.realpath(path)
    copy = files.backup(real) if backup and os.path.exists(real) else ""
    put_text(files, real, text)
    files.set_attributes(real)
    return copy


def put_text(files: Files, path: str, text: str) -> None:
    """``text`` is the content of the file ``path``, whose attributes stay if it was there."""
    with written_aside(path) as aside:
        aside.file.write(text.encode())
        files.put(aside.finish(), path)
