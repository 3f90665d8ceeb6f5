# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing what is no longer needed from a containerd with a memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.pruning import PruneRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.holdings import Going
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import (
    RUNNING,
    STOPPED,
    Snapshot,
    Store,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

NAME = "docker.io/library/nginx:1"


@pytest.fixture
def runtime(fake: FakeContainerd) -> PruneRuntime:
    return PruneRuntime(fake.endpoint())


def container(store: Store, image: StoredImage, name: str = "web", snapshotter: str = "overlayfs") -> None:
    store.space().containers[name] = {
        "id": name,
        "image": NAME,
        "labels": {"a": "b"},
        "runtime": {"name": "runc"},
        "spec": {},
        "snapshotter": snapshotter,
        "snapshot_key": name,
    }
    store.space().snapshots[snapshotter, name] = Snapshot(image.chain[-1], 2, {})


def test_all_that_a_namespace_holds_is_seen(store: Store, runtime: PruneRuntime) -> None:
    image = StoredImage().into(store).named(store, NAME)
    container(store, image)
    container(store, image, "db", "native")
    store.process("web", status=RUNNING)
    store.process("db", status=STOPPED)
    store.space().leases["lease"] = {}
    store.space().held["lease"] = {image.target.digest, ("overlayfs", "web"), ("ingest", "ref")}
    store.space().ingests["ref"] = bytearray(b"12345")
    holdings = runtime.holdings("overlayfs")
    assert [each.name for each in holdings.images] == [NAME]
    assert [(each.id, each.is_stopped) for each in holdings.uses] == [("web", False), ("db", True)]
    assert sorted(each.digest for each in holdings.blobs) == sorted(image.digests)
    assert ("native", "db") in [(name, each.key) for name, each in holdings.snapshots]
    (lease,) = holdings.leases
    assert sorted(lease.held) == [
        ("content", image.target.digest),
        ("ingests", "ref"),
        ("snapshots/overlayfs", "web"),
    ]
    assert (lease.is_dead, lease.is_mounted) == (False, False)
    assert [(each.ref, each.size) for each in holdings.ingests] == [("ref", 5)]


def test_a_snapshotter_that_is_gone_has_no_snapshots(store: Store, runtime: PruneRuntime) -> None:
    store.add_blob(b"config", {"containerd.io/gc.ref.snapshot.removed": "top"})
    assert runtime.holdings("overlayfs").snapshots == ()


def test_a_lease_of_a_dead_run_and_one_of_a_mount_are_known(store: Store, runtime: PruneRuntime) -> None:
    namespace = os.readlink("/proc/self/ns/pid")
    store.space().leases.update({"dead": {"community.containerd/owner": "boot %s 1 1" % namespace}, "/": {}})
    store.space().held["/"] = {("overlayfs", "/")}
    found = {lease.id: lease for lease in runtime.holdings("overlayfs").leases}
    assert found["dead"].is_dead
    assert found["/"].is_mounted


def test_what_another_namespace_holds_is_known(store: Store, runtime: PruneRuntime) -> None:
    shared = store.add_blob(b"shared")
    store.add_blob(b"shared", namespace="other")
    own = store.add_blob(b"own")
    assert runtime.elsewhere([shared, own]) == {shared}


def test_the_bytes_of_snapshots_are_told(store: Store, runtime: PruneRuntime) -> None:
    store.space().snapshots["overlayfs", "a"] = Snapshot("", 3, {})
    assert runtime.usage([("overlayfs", "a")]) == {("overlayfs", "a"): 4096}


def test_what_is_named_goes_and_then_the_garbage(store: Store, runtime: PruneRuntime) -> None:
    image = StoredImage().into(store).named(store, NAME)
    container(store, image)
    store.process("web", status=STOPPED)
    store.space().leases["lease"] = {}
    store.space().ingests["ref"] = bytearray(b"12345")
    snapshots = tuple(("overlayfs", key) for key in (*image.chain, "web"))
    bytes_of = {**dict.fromkeys(image.digests, 10), **dict.fromkeys(snapshots, 100), "ref": 5}
    going = Going((NAME,), ("web",), ("lease",), ("ref",), snapshots, tuple(image.digests), bytes_of)
    assert runtime.prune(going) == going
    space = store.space()
    assert (space.images, space.containers, space.leases, space.ingests) == ({}, {}, {}, {})
    assert (space.blobs, space.snapshots) == ({}, {})


def test_what_is_used_by_now_stays(store: Store, runtime: PruneRuntime) -> None:
    image = StoredImage().into(store).named(store, NAME)
    container(store, image)
    store.process("web", status=RUNNING)
    bytes_of = dict.fromkeys(image.digests, 10)
    gone = runtime.prune(Going((NAME,), ("web", "never"), blobs=tuple(image.digests), bytes_of=bytes_of))
    assert gone == Going()
    assert list(store.space().containers) == ["web"]
    assert list(store.space().images) == [NAME]


def test_what_somebody_else_has_removed_is_no_failure(store: Store, runtime: PruneRuntime) -> None:
    going = Going((NAME,), ("web",), ("lease",), ("ref",), bytes_of={"ref": 1})
    assert runtime.prune(going).containers == ()


def test_a_snapshotter_is_chosen_as_everywhere(store: Store, runtime: PruneRuntime, tmp_path: Path) -> None:
    assert runtime.snapshotter(None) == "overlayfs"
