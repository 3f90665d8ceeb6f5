# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about config.toml. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._values.config import Verdict


class ConfigVerbs(Protocol):
    """For the decision about config.toml."""

    def text(self, path: str) -> str | None:
        """The content of the file; None when there is none."""

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be."""

    def default_config(self) -> str:
        """What containerd takes without any file; Missing when it is not installed."""

    def judge(self, path: str, text: str) -> Verdict:
        """What containerd says of ``text`` as the content of ``path``. Changes nothing there."""

    def is_newer_than_daemon(self, path: str) -> bool:
        """Whether the file changed after the daemon started that answers now; no when none does."""

    def write(
        self, path: str, text: str, backup: bool, reasons: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]]:
        """Put ``text`` in its place at once: the name of the backup if one was made, and ``reasons``."""

    def hosts_directory(self, config_path: str, host: str) -> str:
        """Where below ``config_path`` the hosts of a registry are told, or are to be."""

    def hosts_files(self, paths: tuple[str, ...]) -> Mapping[str, str | None]:
        """The contents of these files, and of those that were asked for before; None where there is none."""

    def write_hosts(self, path: str, text: str) -> None:
        """Put ``text`` in its place at once, its directory too."""

    def set_attributes(self, path: str) -> None:
        """Owner, group and mode as the user named them."""
