# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a containerd namespace: tasks, containers, images, leases, snapshots, content; by the stock ctr.

Knows which of them hold on to which. Must never be used to test what it does itself.
"""

from __future__ import annotations

import time

from .daemon import Daemon
from .processes import LabError

SNAPSHOTTERS = ("overlayfs", "native")


def remove(daemon: Daemon, namespace: str, *, timeout_s: float = 30) -> None:
    """Remove a namespace with everything in it; garbage collection may need a few rounds."""
    deadline = time.monotonic() + timeout_s
    while namespace in _names(daemon, namespace, "namespaces"):
        _empty(daemon, namespace)
        try:
            daemon.ctr("namespaces", "remove", namespace)
        except LabError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _empty(daemon: Daemon, namespace: str) -> None:
    for task in _names(daemon, namespace, "tasks"):
        _try(daemon, namespace, "tasks", "resume", task)  # a frozen one does not die
        _try(daemon, namespace, "tasks", "kill", "--all", "--signal", "SIGKILL", task)
        _try(daemon, namespace, "tasks", "delete", "--force", task)
    for kind in ("containers", "images", "leases"):
        names = _names(daemon, namespace, kind)
        if names:
            _try(daemon, namespace, kind, "delete", *names)
    for snapshotter in SNAPSHOTTERS:
        which = ("snapshots", "--snapshotter", snapshotter)
        for name in reversed(_rows(daemon, namespace, *which, "list")):
            _try(daemon, namespace, *which, "delete", name)
    blobs = _names(daemon, namespace, "content")
    if blobs:
        _try(daemon, namespace, "content", "delete", *blobs)


def _names(daemon: Daemon, namespace: str, kind: str) -> list[str]:
    return daemon.ctr(kind, "list", "--quiet", namespace=namespace).split()


def _rows(daemon: Daemon, namespace: str, *command: str) -> list[str]:
    """The first column of a table, its heading left out."""
    return [
        line.split()[0] for line in daemon.ctr(*command, namespace=namespace).splitlines()[1:] if line.strip()
    ]


def _try(daemon: Daemon, namespace: str, *arguments: str) -> None:
    """What cannot be removed yet (it has children, it is gone) is looked at again in the next round."""
    try:
        daemon.ctr(*arguments, namespace=namespace)
    except LabError:
        return
