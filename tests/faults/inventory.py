# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a namespace holds, and all that a module may leave on a host, told by the stock ctr and the kernel.

Knows how to list; never who made what. Nothing of the collection's own code is asked.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, fields
from pathlib import Path

from ansible_collections.community.containerd.tests.lab import cleanup
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.namespaces import SNAPSHOTTERS

Names = frozenset[str]


@dataclass(frozen=True)
class Inventory:
    """Names of everything, by kind."""

    images: Names = frozenset()
    containers: Names = frozenset()
    tasks: Names = frozenset()
    leases: Names = frozenset()
    content: Names = frozenset()
    ingests: Names = frozenset()
    snapshots: Names = frozenset()

    def beyond(self, other: Inventory) -> dict[str, list[str]]:
        """What is here and not there, for a message that can be read."""
        more = {f.name: sorted(getattr(self, f.name) - getattr(other, f.name)) for f in fields(self)}
        return {kind: names for kind, names in more.items() if names}


NOTHING = Inventory()


def take(daemon: Daemon, namespace: str) -> Inventory:
    """What the namespace holds once garbage has been collected."""
    collect_garbage(daemon, namespace)

    def quiet(kind: str) -> Names:
        return frozenset(daemon.ctr(kind, "list", "--quiet", namespace=namespace).split())

    def rows(*command: str) -> Names:
        lines = daemon.ctr(*command, namespace=namespace).splitlines()[1:]
        return frozenset(line.split()[0] for line in lines if line.strip())

    snapshots = (rows("snapshots", "--snapshotter", each, "list") for each in SNAPSHOTTERS)
    return Inventory(
        images=quiet("images"),
        containers=quiet("containers"),
        tasks=quiet("tasks"),
        leases=quiet("leases"),
        content=quiet("content"),
        ingests=rows("content", "active"),
        snapshots=frozenset().union(*snapshots),
    )


def collect_garbage(daemon: Daemon, namespace: str) -> None:
    daemon.ctr("leases", "create", "--id", "garbage", namespace=namespace)
    daemon.ctr("leases", "delete", "--sync", "garbage", namespace=namespace)


def fifo_directories() -> Names:
    """The private directories of ctr_exec that nobody uses, left behind by whomever."""
    return frozenset(str(path) for path in Path("/run").glob("containerd-exec-*") if not _is_in_use(path))


def _is_in_use(directory: Path) -> bool:
    """Whether its owner lives, and holds its lock, or has just removed it."""
    try:
        file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def mounts_below(*places: Path) -> Names:
    """Mount points below these directories, those of running tasks too."""
    return frozenset(
        target for target in cleanup.mounts() if any(Path(target).is_relative_to(place) for place in places)
    )
