# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a container anew. Until the new one stands, and runs if it has to, the old one can come back.

The old snapshot stays under a lease, the new one has another key, and only the record changes hands. So a run
that is killed leaves the old container or the new one; whatever else there is goes with the lease.
"""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.snapshots import Snapshots
from .._values import labels
from .._values.errors import AlreadyExists, Failure, NotFound
from .declare import prepare
from .lease import hold_snapshot, leased, sweep
from .lifecycle import Lifecycle
from .own_files import keeping

if TYPE_CHECKING:
    from .._services.session import Session
    from .._values.container import Container, Creation
    from .._values.task import Task

ANEW = "+anew"  # no name of a container ends in it, so it meets no snapshot of another one


def replace(
    session: Session,
    creation: Creation,
    snapshotter: str,
    signal_number: int,
    timeout_s: float,
    starts: bool,
) -> None:
    """Stop and remove the container, make it of ``creation``, and start that if it ``starts``.

    When any of it fails, the old container is back, running if it ran, and the failure says so.
    """
    sweep(session)  # a run that was killed may have left a snapshot of the new key
    containers, lifecycle = Containers(session), Lifecycle(session)
    old = lifecycle.need(creation.id)
    task = lifecycle.task(creation.id)
    old_snapshots = Snapshots(session, old.snapshotter)
    with keeping(session, old.id, creation.wish.files, old), leased(session) as held:
        key = ""
        if not creation.wish.rootfs:
            key = _free_key(Snapshots(session, snapshotter), old, creation.id)
        new = prepare(held, creation, snapshotter, key)
        if old.snapshot_key and old_snapshots.exists(old.snapshot_key):
            hold_snapshot(held, old.snapshotter, old.snapshot_key)
        try:
            lifecycle.stop(old.id, signal_number, timeout_s)
            lifecycle.delete(old.id)
            containers.delete(old.id)
            containers.create(new)
            if starts:
                lifecycle.start(new.id, None)
        except Failure as failure:
            raise _brought_back(session, old, task, failure) from failure
        except BaseException:
            # On a connection of its own, since the call that was interrupted still waits for its answer.
            _bring_back(session.sibling(), old, task)
            raise
    if old.snapshot_key:
        with suppress(NotFound):
            old_snapshots.remove(old.snapshot_key)


def _free_key(snapshots: Snapshots, old: Container, container_id: str) -> str:
    for key in (container_id, container_id + ANEW):
        if key != old.snapshot_key and not snapshots.exists(key):
            return key
    raise AlreadyExists(
        "snapshot %s is left from elsewhere" % container_id, "remove that snapshot, or choose another name"
    )


def _brought_back(session: Session, old: Container, task: Task | None, failure: Failure) -> Failure:
    """The failure that made it necessary, and how far the way back led."""
    try:
        _bring_back(session.sibling(), old, task)
    except Failure as other:
        said = "%s; and the former container %s could not be brought back: %s" % (
            failure.message,
            old.id,
            other.message,
        )
        remedy = failure.remedy
    else:
        said = "%s; the former container %s is back as it was" % (failure.message, old.id)
        remedy = failure.remedy
    return type(failure)(said, remedy, call=failure.call, code=failure.code)


def _identity_of(record: Container) -> tuple[object, ...]:
    """On a directory of the host there is no snapshot to tell two records of one name apart."""
    return record.snapshot_key, record.created_at, record.spec


def _bring_back(session: Session, old: Container, task: Task | None) -> None:
    """The old record, and its process as it was; whatever there is of the new one goes first."""
    containers, lifecycle = Containers(session), Lifecycle(session)
    there = containers.find(old.id)
    was_alive = task is not None and task.is_alive
    # The restart monitor would start it at the same time as we do.
    is_watched = was_alive and old.labels.get(labels.RESTART_STATUS) == "running"
    if there is None or _identity_of(there) != _identity_of(old):
        if there is not None:
            lifecycle.stop(old.id, signal.SIGKILL, 0)
            lifecycle.delete(old.id)
            containers.delete(old.id)
        kept = {k: v for k, v in old.labels.items() if not is_watched or k != labels.RESTART_STATUS}
        containers.create(old.replace(labels=kept))
    if task is not None and was_alive:
        lifecycle.start(old.id, task.stdio.stdout if "://" in task.stdio.stdout else None)
        if task.status != "running":
            lifecycle.pause(old.id)
    if is_watched:
        lifecycle.relabel(old, {labels.RESTART_STATUS: "running", labels.EXPLICITLY_STOPPED: ""})
