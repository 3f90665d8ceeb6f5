# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about a registry's hosts. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.config import ConfigUse
    from .._values.registry import Host, HostAnswer


class RegistryHostsVerbs(Protocol):
    """For the decision about the hosts of a registry."""

    def directories(self, config_path: str, host: str) -> tuple[str, ...]:
        """Where the hosts of ``host`` can be told, the directory that counts first, be it there or to be made."""

    def text(self, path: str) -> str | None:
        """The content of the file; None when there is none."""

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be."""

    def missing(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of the files that are not there."""

    def certificates(self, directory: str) -> tuple[str, ...]:
        """The files in Docker's layout, which containerd reads only where there is no hosts.toml."""

    def use_of(self, config_file: str, config_path: str) -> ConfigUse:
        """Whether the containerd of this host reads hosts.toml files below ``config_path``."""

    def answers(self, hosts: Sequence[Host]) -> tuple[HostAnswer, ...]:
        """What each says when it is asked."""

    def write(self, path: str, text: str, backup: bool) -> str:
        """Put ``text`` in its place at once, its directory too: the name of the backup if one was made."""

    def remove(self, path: str, backup: bool) -> str:
        """The file gone, and its directory too if nothing else is in it: the name of the backup."""

    def set_attributes(self, path: str) -> None:
        """Owner, group and mode as the user named them."""
