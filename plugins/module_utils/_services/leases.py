# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leases (containerd.services.leases.v1): what keeps new content from the garbage collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._values.errors import NotFound
from .messages import leases as rpc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .session import Session


class Leases:
    """The leases of a namespace."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, lease: str, labels: Mapping[str, str]) -> None:
        self._session.call(rpc.CREATE, {"id": lease, "labels": dict(labels)})

    def hold(self, lease: str, kind: str, key: str) -> None:
        """Keep what is there already, such as a snapshot: its kind is then ``snapshots/`` and the snapshotter."""
        self._session.call(rpc.ADD_RESOURCE, {"id": lease, "resource": {"id": key, "type": kind}})

    def held(self, lease: str) -> list[tuple[str, str]]:
        """Kind (``content``, ``ingests`` or ``snapshots/`` and a snapshotter) and key of what a lease keeps."""
        answer = self._session.call(rpc.LIST_RESOURCES, {"id": lease})
        return [(resource["type"], resource["id"]) for resource in answer["resources"]]

    def list(self, *filters: str) -> dict[str, dict[str, str]]:
        """Labels by lease id."""
        answer = self._session.call(rpc.LIST, {"filters": filters})
        return {fields["id"]: fields["labels"] for fields in answer["leases"]}

    def delete(self, lease: str, *, sync: bool = False) -> None:
        """Give up a lease; one that is not there is as good. With ``sync``, wait for garbage collection."""
        try:
            self._session.call(rpc.DELETE, {"id": lease, "sync": sync})
        except NotFound:
            return
