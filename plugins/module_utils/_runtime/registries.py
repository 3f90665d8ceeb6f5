# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client for each registry that a task talks to: its hosts, its connections, and who we are to each."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .._services.registry.client import Registry
from .._values.registry import NOBODY, Credentials
from .hosts_dir import hosts_for

if TYPE_CHECKING:
    from .._values.reference import Reference
    from .._values.registry import Host, RegistryAccess
    from .auth_file import AuthFile


class Registries:
    """The clients of one task; closed with it. For any number of threads."""

    def __init__(self, access: RegistryAccess) -> None:
        self.access = access
        self._lock = threading.Lock()
        self._by_host: dict[str, Registry] = {}
        self._auth_file: AuthFile | None = None

    def of(self, reference: Reference) -> Registry:
        """The registry of ``reference``, with the hosts that the managed host's configuration gives it."""
        with self._lock:
            name = reference.host
            if name not in self._by_host:
                self._by_host[name] = Registry(name, self.access, hosts_for(name, self.access), self._who)
            return self._by_host[name]

    def __enter__(self) -> Registries:
        return self

    def __exit__(self, *_exc: object) -> None:
        for registry in self._by_host.values():
            registry.close()

    def _who(self, host: Host, repository: str) -> Credentials:
        """The user's password is for the registry itself; for all others, and without one, auth_file counts."""
        if host.is_own and self.access.username:
            return Credentials(self.access.username, self.access.password or "")
        if not self.access.auth_file:
            return NOBODY
        from .auth_file import AuthFile

        with self._lock:
            if self._auth_file is None:
                self._auth_file = AuthFile(self.access.auth_file, self.access.timeout_s)
            return self._auth_file.credentials(host.name, repository)
