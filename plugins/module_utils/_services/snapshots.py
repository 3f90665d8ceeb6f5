# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshots of a namespace (containerd.services.snapshots.v1): prepare, commit, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.container import SnapshotMount
from .._values.errors import NotFound
from .messages import snapshots as rpc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .messages.method import Method
    from .session import Session


class Snapshots:
    """The snapshots that one snapshotter keeps."""

    def __init__(self, session: Session, snapshotter: str) -> None:
        self._session = session
        self.snapshotter = snapshotter

    def find_parent(self, key: str) -> str | None:
        """The parent of a snapshot ('' at the bottom of a chain); None when there is no such snapshot."""
        try:
            return str(self._call(rpc.GET_STAT, key=key)["info"]["parent"])
        except NotFound:
            return None

    def parents(self) -> dict[str, str]:
        """The parent of every snapshot ('' at the bottom of a chain), by name."""
        request = {"snapshotter": self.snapshotter}
        parts = self._session.stream(rpc.LIST, request)
        return {info["name"]: info["parent"] for part in parts for info in part["info"]}

    def exists(self, key: str) -> bool:
        return self.find_parent(key) is not None

    def usage(self, key: str) -> int:
        """The bytes that a snapshot takes on the disk, those of its parents not counted; 0 when it is gone."""
        try:
            return int(self._call(rpc.GET_USAGE, key=key)["size"])
        except NotFound:
            return 0

    def prepare(self, key: str, parent: str, labels: Mapping[str, str]) -> list[SnapshotMount]:
        """A writable snapshot on top of ``parent``, and the mounts that show it."""
        return _mounts(self._call(rpc.PREPARE, key=key, parent=parent, labels=dict(labels)))

    def mounts(self, key: str) -> list[SnapshotMount]:
        return _mounts(self._call(rpc.MOUNTS, key=key))

    def commit(self, name: str, key: str, labels: Mapping[str, str]) -> None:
        """Freeze the writable snapshot ``key`` under its final ``name``."""
        self._call(rpc.COMMIT, name=name, key=key, labels=dict(labels))

    def remove(self, key: str) -> None:
        """Remove a snapshot; containerd does not ask whether something uses it."""
        self._call(rpc.REMOVE, key=key)

    def _call(self, method: Method, **request: Any) -> dict[str, Any]:
        return self._session.call(method, {"snapshotter": self.snapshotter, **request})


def mount_messages(mounts: Sequence[SnapshotMount]) -> list[dict[str, Any]]:
    """Mounts as containerd's services take them (containerd.types.Mount)."""
    return [
        {"type": m.type, "source": m.source, "target": m.target, "options": list(m.options)} for m in mounts
    ]


def _mounts(answer: Mapping[str, Any]) -> list[SnapshotMount]:
    return [SnapshotMount(m["type"], m["source"], m["target"], tuple(m["options"])) for m in answer["mounts"]]
