# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a containerd namespace: tasks, containers, images, leases, snapshots, content.

Knows which of them hold on to which. By our own services: every test ends so, and a ctr for each kind took longer than
the tests. Must never be used to test what it does itself.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import closing, suppress

from ansible_collections.community.containerd.plugins.module_utils._services.containers import Containers
from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.leases import Leases
from ansible_collections.community.containerd.plugins.module_utils._services.namespace_control import (
    delete_namespace,
)
from ansible_collections.community.containerd.plugins.module_utils._services.namespaces import list_namespaces
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._services.snapshots import Snapshots
from ansible_collections.community.containerd.plugins.module_utils._services.task_control import TaskControl
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure

from .daemon import Daemon

SNAPSHOTTERS = ("overlayfs", "native")
PATIENCE_S = 60.0


def session_of(daemon: Daemon, namespace: str) -> closing[Session]:
    """For a ``with``."""
    return closing(Session(Endpoint(daemon.address, namespace, PATIENCE_S)))


def remove(daemon: Daemon, namespace: str, *, timeout_s: float = 30) -> None:
    """Remove a namespace with everything in it; garbage collection may need a few rounds."""
    deadline = time.monotonic() + timeout_s
    with session_of(daemon, namespace) as session:
        while namespace in list_namespaces(session):
            _empty(session)
            try:
                delete_namespace(session, namespace)
            except Failure:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def _empty(session: Session) -> None:
    if _end_tasks(TaskControl(session)):
        return  # without its container nobody could end a task any more
    _each([each.id for each in Containers(session).iterate()], Containers(session).delete)
    _each([each.name for each in Images(session).list()], Images(session).delete)
    _each(list(Leases(session).list()), Leases(session).delete)
    for snapshotter in SNAPSHOTTERS:
        snapshots = Snapshots(session, snapshotter)
        _each(list(reversed(snapshots.parents())), snapshots.remove)
    _each([each.digest for each in Content(session).list()], Content(session).delete)


def _end_tasks(tasks: TaskControl) -> bool:
    """Whether there are tasks that are not gone yet."""
    for task in tasks.list():
        with suppress(Failure):
            if task.status == "paused":  # a frozen one does not die
                tasks.resume(task.container_id)
        with suppress(Failure):
            tasks.kill(task.container_id, signal.SIGKILL, everything=True)
        with suppress(Failure):
            tasks.delete(task.container_id)
    return bool(tasks.list())


def _each(names: list[str], remove_one: Callable[[str], None]) -> None:
    """What cannot be removed yet (it has children, it is gone) is looked at again in the next round."""
    for name in names:
        with suppress(Failure):
            remove_one(name)
