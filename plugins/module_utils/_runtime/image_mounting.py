# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounting an image and undoing it, in an order that a kill at any point leaves to the next run to finish."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .._services.leases import Leases
from .._services.snapshot_store import SnapshotStore
from .._values.errors import AlreadyExists, Failure, NotFound, Refused
from .._values.image_mount import ImageMount
from .._values.labels import GC_SNAPSHOT
from .lease import leased, sweep
from .mounting import mount_snapshot, unmount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._services.session import Session
    from .._values.image_mount import MountPoint


def mount(session: Session, wanted: ImageMount) -> None:
    """The snapshot, the lease that keeps it, the mount; on failure none of them stays.

    What is killed before the mount leaves snapshot and lease under the name of the path, where the next run
    finds them; what is killed before the lease leaves nothing that does not go by itself.
    """
    with leased(session) as held:
        snapshots = SnapshotStore(held, wanted.snapshotter)
        is_new = _make_snapshot(snapshots, wanted)
        try:
            _keep(held, wanted.path, wanted.snapshotter)
            with _directory(wanted.path):
                mount_snapshot(snapshots.mounts(wanted.path), wanted.path)
        except BaseException:
            with suppress(Failure):  # the first failure is the one to tell
                if is_new:
                    Leases(held).delete(wanted.path)
                    snapshots.remove(wanted.path)
            raise


def replace(session: Session, point: MountPoint, wanted: ImageMount) -> None:
    """Mount it in place of what is there of ours.

    On failure what could only be read is mounted again; what was written goes with its snapshot in any case.
    """
    with leased(session) as held:
        if point.has_snapshot:  # the layers of an image that is gone must outlast their last user
            Leases(held).hold(held.lease, "snapshots/" + point.snapshotter, point.chain_id)
        unmount_image(session, point)
        try:
            mount(session, wanted)
        except BaseException:
            if point.mounts and point.read_only:
                with suppress(Failure):  # the first failure is the one to tell
                    mount(session, ImageMount(point.path, point.chain_id, True, point.snapshotter))
            raise


@contextmanager
def _directory(path: str) -> Iterator[None]:
    """It is there; when it was made for nothing, it goes again."""
    is_new = not os.path.isdir(path)
    if is_new:
        _make_directory(path)
    try:
        yield
    except BaseException:
        if is_new:
            os.rmdir(path)
        raise


def _make_directory(path: str) -> None:
    try:
        os.makedirs(path, 0o755)
    except OSError as error:
        said = "cannot make directory %s: %s" % (path, error.strerror)
        raise Refused(said, "make it, or choose another path") from error


def _make_snapshot(snapshots: SnapshotStore, wanted: ImageMount) -> bool:
    try:
        if wanted.read_only:
            snapshots.view(wanted.path, wanted.chain_id)
        else:
            snapshots.prepare(wanted.path, wanted.chain_id, {})
    except AlreadyExists:  # left from before the host was started again, say
        return False
    return True


def keep(session: Session, path: str, snapshotter: str) -> None:
    """Let the lease of a mount that is there have no end."""
    with leased(session) as held:
        _keep(held, path, snapshotter)


def _keep(session: Session, path: str, snapshotter: str) -> None:
    """A lease cannot be changed: a new one takes the place of an old one while ours holds the snapshot."""
    leases = Leases(session)
    leases.hold(session.lease, "snapshots/" + snapshotter, path)
    leases.delete(path)
    leases.create(path, {GC_SNAPSHOT + snapshotter: path})  # the label is ctr's; it holds nothing by itself
    leases.hold(path, "snapshots/" + snapshotter, path)


def unmount_image(session: Session, point: MountPoint) -> None:
    """Take off what is mounted of ours; then the snapshot and its lease go, the directory stays."""
    for _mount in range(point.mounts):
        unmount(point.path)
    if point.has_snapshot:
        with suppress(NotFound):
            SnapshotStore(session, point.snapshotter).remove(point.path)
    Leases(session).delete(point.path)
    sweep(session)
