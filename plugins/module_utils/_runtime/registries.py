# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One client for each registry host that a task talks to, with its connections and tokens."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .._services.registry.client import Registry

if TYPE_CHECKING:
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess


class Registries:
    """The clients of one task; closed with it. For any number of threads."""

    def __init__(self, access: RegistryAccess) -> None:
        self.access = access
        self._lock = threading.Lock()
        self._by_host: dict[str, Registry] = {}

    def of(self, reference: Reference) -> Registry:
        with self._lock:
            if reference.host not in self._by_host:
                self._by_host[reference.host] = Registry(reference.host, self.access)
            return self._by_host[reference.host]

    def __enter__(self) -> Registries:
        return self

    def __exit__(self, *_exc: object) -> None:
        for registry in self._by_host.values():
            registry.close()
