# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests hold for the contents of a namespace, and for its end, is what the stock ctr says."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.faults.inventory import Inventory, Names
from ansible_collections.community.containerd.tests.faults.stage import command_line
from ansible_collections.community.containerd.tests.lab import namespaces
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.world import Lab


def told_by_ctr(daemon: Daemon, namespace: str) -> Inventory:
    def quiet(kind: str) -> Names:
        return frozenset(daemon.ctr(kind, "list", "--quiet", namespace=namespace).split())

    def rows(*command: str) -> Names:
        lines = daemon.ctr(*command, namespace=namespace).splitlines()[1:]
        return frozenset(line.split()[0] for line in lines if line.strip())

    snapshots = (rows("snapshots", "--snapshotter", each, "list") for each in namespaces.SNAPSHOTTERS)
    return Inventory(
        images=quiet("images"),
        containers=quiet("containers"),
        tasks=quiet("tasks"),
        leases=quiet("leases"),
        content=quiet("content"),
        ingests=rows("content", "active"),
        snapshots=frozenset().union(*snapshots),
    )


@contextmanager
def ingesting(daemon: Daemon, namespace: str) -> Iterator[None]:
    """Somebody is in the middle of bringing a blob."""
    command = [daemon.ctr_path, "-a", daemon.address, "-n", namespace, "content", "ingest", "half"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            yield
        finally:
            process.kill()


def test_what_a_namespace_holds_is_what_ctr_says_and_all_of_it_can_go(
    lab: Lab, daemon: Daemon, namespace: str
) -> None:
    image = lab.registries["plain"].host + "/busybox:1"
    for command in (
        ["images", "pull", "--plain-http", image],
        ["run", "--detach", image, "runs", "sleep", "1000"],
        ["run", "--detach", image, "rests", "sleep", "1000"],
        ["tasks", "pause", "rests"],
        ["leases", "create", "--id", "kept"],
        ["snapshots", "--snapshotter", "native", "prepare", "own"],
    ):
        daemon.ctr(*command, namespace=namespace)
    with ingesting(daemon, namespace):
        modules.wait_until(lambda: told_by_ctr(daemon, namespace).ingests, "it is begun")
        here = inventory.take(daemon, namespace)
        assert here == told_by_ctr(daemon, namespace)
        assert all(getattr(here, each.name) for each in fields(here)), "something of each kind is there"
    namespaces.remove(daemon, namespace)
    assert namespace not in daemon.ctr("namespaces", "list", "--quiet").split()
    shims = [pid for pid in daemon.shims() if namespace in command_line(pid)]
    assert not shims
