# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for reading about the daemon. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .._values.daemon import Plugin, Server


class DaemonVerbs(Protocol):
    """For reading about the daemon."""

    def release(self) -> tuple[str, str]:
        """Version and commit."""

    def server(self) -> Server:
        """This run of the daemon."""

    def plugins(self) -> list[Plugin]:
        """All its plugins, loaded or not."""

    def namespaces(self) -> dict[str, dict[str, str]]:
        """Labels by namespace."""
