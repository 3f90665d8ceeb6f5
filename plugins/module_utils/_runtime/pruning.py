# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for what is no longer needed: look at all of a namespace, remove, let garbage be collected."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.content import Content
from .._services.holdings import list_ingests, list_leases
from .._services.images import Images
from .._services.leases import Leases
from .._services.session import Session
from .._services.snapshot_store import SnapshotStore
from .._services.tasks import Tasks
from .._values.errors import NotFound, Refused
from .._values.holdings import Holdings, Use
from .._values.labels import OWNER_LABEL
from .lease import is_dead
from .mountinfo import read_mounts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._values.endpoint import Endpoint
    from .._values.holdings import Going, Lease
    from .._values.image import Blob
    from .._values.snapshot import Snapshot

_SNAPSHOTS = "snapshots/"
_SNAPSHOT_LABEL = "containerd.io/gc.ref.snapshot."


class PruneRuntime:
    """The verbs that a decision about pruning may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)

    def snapshotter(self, wish: str | None) -> str:
        """The snapshotter to use; Refused when the daemon does not have the one that is wished for."""
        from .snapshotter import choose_snapshotter

        return choose_snapshotter(self.session, wish)

    def holdings(self, snapshotter: str) -> Holdings:
        """All that the namespace holds, in that snapshotter and every other one that something there names."""
        leases = self._leases()  # first: what is held is seen to be, even if it comes while we look
        running = {t.container_id for t in Tasks(self.session).list() if t.status != "stopped"}
        uses = tuple(
            Use(
                each.id,
                each.image,
                each.snapshotter,
                each.snapshot_key,
                each.labels,
                each.created_at,
                each.id not in running,
            )
            for each in Containers(self.session).iterate()
        )
        blobs = Content(self.session).list()
        names = sorted({snapshotter, *_snapshotters(leases, uses, blobs)})
        return Holdings(
            images=tuple(Images(self.session).list()),
            uses=uses,
            leases=leases,
            ingests=tuple(list_ingests(self.session)),
            blobs=tuple(blobs),
            snapshots=tuple((name, each) for name in names for each in self._snapshots(name)),
        )

    def _snapshots(self, snapshotter: str) -> list[Snapshot]:
        """None of a snapshotter that the daemon no longer has, although labels speak of it."""
        try:
            return SnapshotStore(self.session, snapshotter).list()
        except Refused:
            return []

    def _leases(self) -> tuple[Lease, ...]:
        leases = Leases(self.session)
        mounted = {each.target for each in read_mounts()}
        found = []
        for lease in list_leases(self.session):
            with suppress(NotFound):  # it has ended meanwhile
                held = tuple(leases.held(lease.id))
                is_mount = lease.id in mounted and any(key == lease.id for _kind, key in held)
                owner = lease.labels.get(OWNER_LABEL, "")
                found.append(lease.replace(held=held, is_dead=is_dead(owner), is_mounted=is_mount))
        return tuple(found)

    def usage(self, snapshots: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """The bytes that each of these snapshots takes."""
        return {(name, key): SnapshotStore(self.session, name).usage(key) for name, key in snapshots}

    def elsewhere(self, digests: Sequence[str]) -> frozenset[str]:
        """Those of these blobs that another namespace holds too: their bytes stay on the disk."""
        from .._services.namespaces import list_namespaces

        wanted = set(digests)
        found: set[str] = set()
        for name in list_namespaces(self.session):
            if name != self.session.endpoint.namespace:
                other = Session(self.session.endpoint.replace(namespace=name))
                found.update(blob.digest for blob in Content(other).list() if blob.digest in wanted)
                other.close()
        return frozenset(found)

    def prune(self, going: Going) -> Going:
        """Remove what is named, let the garbage collector run; returns what has really gone."""
        from .pruning_steps import prune

        return prune(self.session, going)


def _snapshotters(leases: Iterable[Lease], uses: Iterable[Use], blobs: Iterable[Blob]) -> set[str]:
    found = {use.snapshotter for use in uses if use.snapshotter}
    held = (kind for lease in leases for kind, _key in lease.held)
    found.update(kind[len(_SNAPSHOTS) :] for kind in held if kind.startswith(_SNAPSHOTS))
    keys = (key for blob in blobs for key in blob.labels if key.startswith(_SNAPSHOT_LABEL))
    return found | {key[len(_SNAPSHOT_LABEL) :].partition("/")[0] for key in keys}
