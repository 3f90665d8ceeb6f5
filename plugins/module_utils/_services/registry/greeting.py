# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The greeting of one host: whether it is there and speaks the API (distribution-spec, "Determining Support")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._values.registry import NOBODY
from .errors import MAX_ERROR_BYTES
from .host_client import HostClient

if TYPE_CHECKING:
    from ..._values.registry import Host, RegistryAccess


class Greeting(HostClient):
    """One host that is asked as nobody."""

    def __init__(self, host: Host, access: RegistryAccess) -> None:
        super().__init__(host, access, lambda _repository: NOBODY)

    def __enter__(self) -> Greeting:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def status(self) -> int:
        """The status of its API's root, 401 among them; a failure when nobody answers."""
        return self._http.ask("GET", self._base() + "/", {}, limit=MAX_ERROR_BYTES).status
