# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only Ansible can do with a file or a program, as it is handed down. For type checkers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Files(Protocol):
    """What only Ansible can do with a file."""

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be."""

    def set_attributes(self, path: str) -> None:
        """Make them as they shall be."""

    def put(self, source: str, path: str) -> None:
        """Rename ``source`` to ``path``, whose attributes stay if it was there."""

    def backup(self, path: str) -> str:
        """Copy the file beside itself: the name of the copy."""


class Programs(Protocol):
    """What only Ansible can do with a program."""

    directory: str  # for what a program reads; gone with the module

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """The named program's exit code, output and errors; Missing when it is not there."""
