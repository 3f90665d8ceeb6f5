# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemon and the plugins that it is made of, as it reports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

SNAPSHOTTER = "io.containerd.snapshotter.v1"  # a type of plugins


class Plugin(Value):
    """A part of the daemon; ``error`` is '' when it works."""

    type: str
    id: str
    platforms: tuple[str, ...]
    exports: Mapping[str, str]
    capabilities: tuple[str, ...]
    error: str

    @property
    def is_skipped(self) -> bool:
        """Whether it was left out on purpose, as the daemon does with what this host cannot have."""
        return "skip plugin" in self.error


class Deprecation(Value):
    """A feature that will go, and that this daemon has seen in use; ``last_occurrence`` is RFC 3339."""

    id: str
    message: str
    last_occurrence: str


class Server(Value):
    """One run of the daemon; ``pid`` is 0 when it does not tell."""

    uuid: str
    pid: int
    deprecations: tuple[Deprecation, ...]
