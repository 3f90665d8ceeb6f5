# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that a namespace holds, and all that a module may leave on a host, told by containerd and the kernel.

Knows how to list; never who made what.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass, fields
from pathlib import Path

from ansible_collections.community.containerd.plugins.module_utils._runtime.own_files import directory_for
from ansible_collections.community.containerd.plugins.module_utils._services.containers import Containers
from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._services.holdings import list_ingests
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.leases import Leases
from ansible_collections.community.containerd.plugins.module_utils._services.snapshots import Snapshots
from ansible_collections.community.containerd.plugins.module_utils._services.tasks import Tasks
from ansible_collections.community.containerd.tests.lab import cleanup
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.namespaces import SNAPSHOTTERS, session_of

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
    """What the namespace holds once garbage has been collected.

    By our own services, which tests/oracle/lab/test_inventory.py holds against the stock ctr: it is asked for
    some thousand times.
    """
    with session_of(daemon, namespace) as session:
        _collect_garbage(Leases(session))
        return Inventory(
            images=frozenset(each.name for each in Images(session).list()),
            containers=frozenset(each.id for each in Containers(session).iterate()),
            tasks=frozenset(each.container_id for each in Tasks(session).list()),
            leases=frozenset(Leases(session).list()),
            content=frozenset(each.digest for each in Content(session).iterate()),
            ingests=frozenset(each.ref for each in list_ingests(session)),
            snapshots=frozenset().union(*(Snapshots(session, each).parents() for each in SNAPSHOTTERS)),
        )


def _collect_garbage(leases: Leases) -> None:
    leases.create("garbage", {})
    leases.delete("garbage", sync=True)


def own_files(daemon: Daemon, namespace: str) -> Names:
    """Whatever is where the files are that were made for containers of this namespace."""
    with session_of(daemon, namespace) as session:
        around = Path(directory_for(session, "any")).parent
    return frozenset(str(path) for path in around.rglob("*"))


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


def control_groups(namespace: str) -> Names:
    """Those of the namespace's containers, of version 1 or 2."""
    top = Path("/sys/fs/cgroup")
    homes = [path / namespace for path in (top, *top.iterdir())]
    return frozenset(str(path) for home in homes if home.is_dir() for path in home.iterdir() if path.is_dir())


def mounts_below(*places: Path) -> Names:
    """Mount points below these directories, those of running tasks too."""
    return frozenset(
        target for target in cleanup.mounts() if any(Path(target).is_relative_to(place) for place in places)
    )
