# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of snapshots (containerd.services.snapshots.v1): to look at all of them, and to show one.

Apart from ``snapshots``, since most tasks ask for one by its name and ship no more than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound
from .._values.snapshot import Snapshot
from .._values.timestamp import format_timestamp
from .messages import snapshots as rpc
from .snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {rpc.KIND_VIEW: "view", rpc.KIND_ACTIVE: "active", rpc.KIND_COMMITTED: "committed"}


class SnapshotStore(Snapshots):
    """The snapshots that one snapshotter keeps, with all that is known of them."""

    def find(self, key: str) -> Snapshot | None:
        """What containerd knows of a snapshot; None when there is no such one."""
        try:
            return _snapshot(self._call(rpc.GET_STAT, key=key)["info"])
        except NotFound:
            return None

    def list(self, *filters: str) -> list[Snapshot]:
        """All that match any of ``filters`` (containerd's filter grammar); without any, all."""
        request = {"snapshotter": self.snapshotter, "filters": filters}
        answers = self._session.stream(rpc.LIST, request)
        return [_snapshot(info) for answer in answers for info in answer["info"]]

    def view(self, key: str, parent: str) -> None:
        """A snapshot that shows ``parent`` and cannot be written."""
        self._call(rpc.VIEW, key=key, parent=parent, labels={})


def _snapshot(info: Mapping[str, Any]) -> Snapshot:
    kind = _KINDS.get(info["kind"], "")
    return Snapshot(info["name"], info["parent"], kind, info["labels"], format_timestamp(info["created_at"]))
