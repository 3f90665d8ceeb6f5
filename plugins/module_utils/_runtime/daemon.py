# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for reading about the daemon: one call each, whatever it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.introspection import list_plugins, read_server
from .._services.namespaces import list_namespaces
from .._services.session import Session
from .._services.version import release_of

if TYPE_CHECKING:
    from .._values.daemon import Plugin, Server
    from .._values.endpoint import Endpoint


class DaemonRuntime:
    """The verbs that a decision which only reads about the daemon may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)

    def release(self) -> tuple[str, str]:
        """Version and commit."""
        return release_of(self.session)

    def server(self) -> Server:
        """This run of the daemon."""
        return read_server(self.session)

    def plugins(self) -> list[Plugin]:
        """All its plugins, loaded or not."""
        return list_plugins(self.session)

    def namespaces(self) -> dict[str, dict[str, str]]:
        """Labels by namespace."""
        return list_namespaces(self.session)
