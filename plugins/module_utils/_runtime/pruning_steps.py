# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing what is no longer needed, users before what they use; then one run of the garbage collector."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.content import Content
from .._services.images import Images
from .._services.ingests import Ingests
from .._services.leases import Leases
from .._services.snapshot_store import SnapshotStore
from .._values.errors import NotFound, Refused
from .lease import leased
from .lifecycle import Lifecycle
from .own_files import forget

if TYPE_CHECKING:
    from .._services.session import Session
    from .._values.holdings import Going


def prune(session: Session, going: Going) -> Going:
    """What has really gone; what somebody began to use since it was looked at stays."""
    containers = tuple(name for name in going.containers if _remove_container(session, name))
    used = {container.image for container in Containers(session).iterate()}
    for lease in going.leases:
        Leases(session).delete(lease)
    for ref in going.ingests:
        Ingests(session).abort(ref)
    images = tuple(name for name in going.images if name not in used)
    for name in images:
        with suppress(NotFound):  # somebody else has removed it
            Images(session).delete(name)
    _collect(session)
    here = {blob.digest for blob in Content(session).list()}
    blobs = tuple(digest for digest in going.blobs if digest not in here)
    snapshots = tuple(
        (name, key) for name, key in going.snapshots if not SnapshotStore(session, name).exists(key)
    )
    gone = (*blobs, *snapshots, *going.ingests)
    return going.replace(
        images=images,
        containers=containers,
        blobs=blobs,
        snapshots=snapshots,
        bytes_of={thing: going.bytes_of[thing] for thing in gone},
    )


def _remove_container(session: Session, name: str) -> bool:
    """A process that runs by now is spared, and its container with it."""
    containers = Containers(session)
    container = containers.find(name)
    if container is None:
        return False
    try:
        Lifecycle(session).delete(name)
    except Refused:
        return False
    forget(session, container)
    containers.delete(name)
    if container.snapshot_key:
        with suppress(NotFound):
            SnapshotStore(session, container.snapshotter).remove(container.snapshot_key)
    return True


def _collect(session: Session) -> None:
    """The garbage collector runs when a lease is given up, and is waited for when that is asked."""
    with leased(session) as held:
        Leases(session).delete(held.lease, sync=True)
