# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declare and remove: a snapshot and a record, or neither; and in the order that leaves no orphan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.commands import CommandRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.rootfs import read_users
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Creation,
    Identity,
    SnapshotMount,
    SpecWish,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    AlreadyExists,
    Failure,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import (
    GC_ROOT,
    RUNNING,
    Snapshot,
    Store,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

NAME = "docker.io/library/nginx:1"
STOP_SIGNAL = "io.containerd.image.config.stop-signal"
CONFIG = {"Cmd": ["nginx"], "User": "web", "StopSignal": "SIGQUIT", "Labels": {"made": "by hand"}}


@pytest.fixture
def verbs(fake: FakeContainerd, store: Store) -> ContainerRuntime:
    StoredImage(config=CONFIG).into(store).named(store, NAME, {"of": "the record"})
    return ContainerRuntime(fake.endpoint())


@pytest.mark.parametrize(("answers", "status"), [(2, "running"), (99, "unknown")])
def test_a_task_whose_shim_is_busy_is_asked_for_again_as_long_as_a_call_may_take(
    fake: FakeContainerd, answers: int, status: str
) -> None:
    """Status 0 is what containerd says of a shim that did not answer in time (api/types/task)."""
    busy = iter([0] * answers)
    fake.on("tasks.Get", lambda _call: {"process": {"id": "web", "pid": 9, "status": next(busy, 2)}})
    task = CommandRuntime(fake.endpoint(timeout_s=0.3)).task("web")
    assert task is not None and task.status == status


@pytest.fixture
def mountable(store: Store, tmp_path: Path) -> Store:
    """Snapshots are real directories, with a user in them."""
    try:
        read_users([SnapshotMount("bind", str(tmp_path), "", ("rbind", "ro"))])
    except Refused:
        pytest.skip("needs root and the right to mount")
    store.root = str(tmp_path)
    etc = tmp_path / "web/etc"
    etc.mkdir(parents=True)
    (etc / "passwd").write_text("root:x:0:0::/:\nweb:x:33:34::/:\n")
    (etc / "group").write_text("web:x:34:\n")
    return store


def creation(
    wish: SpecWish | None = None,
    labels: Mapping[str, str] | None = None,
    *,
    runtime: str | None = None,
    stop_signal: str | None = None,
) -> Creation:
    return Creation("web", NAME, wish or SpecWish(), labels or {}, runtime, stop_signal)


def spec_of(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store.space().containers["web"]["spec"]["value"])
    return found


def containers_of(store: Store) -> tuple[Any, list[str]]:
    """The records, and the snapshots that are no layers."""
    return store.space().containers, [key for _s, key in store.space().snapshots if key == "web"]


# Create


def test_a_container_is_a_snapshot_and_a_record(mountable: Store, verbs: ContainerRuntime) -> None:
    verbs.create(creation(), "overlayfs")
    record = mountable.space().containers["web"]
    assert (record["image"], record["snapshotter"], record["snapshot_key"]) == (NAME, "overlayfs", "web")
    assert record["runtime"]["name"] == "io.containerd.runc.v2"
    top = StoredImage(config=CONFIG).chain[-1]
    assert mountable.space().snapshots["overlayfs", "web"].parent == top
    assert spec_of(mountable)["process"]["args"] == ["nginx"]
    mountable.collect()
    assert containers_of(mountable)[1] == ["web"]
    assert mountable.space().leases == {}


@pytest.mark.parametrize(
    ("user", "uid", "gid"), [(None, 33, 34), ("root", 0, 0), ("7:8", 7, 8), ("web:0", 33, 0)]
)
def test_a_user_is_looked_up_in_the_snapshot(
    mountable: Store, verbs: ContainerRuntime, user: str | None, uid: int, gid: int
) -> None:
    verbs.create(creation(SpecWish(user=user)), "overlayfs")
    found = spec_of(mountable)["process"]["user"]
    assert (found.get("uid", 0), found.get("gid", 0)) == (uid, gid)


@pytest.mark.parametrize(
    ("said", "default", "runtime"),
    [
        (None, {}, "io.containerd.runc.v2"),
        (None, {"containerd.io/defaults/runtime": "kata"}, "kata"),
        ("crun", {"containerd.io/defaults/runtime": "kata"}, "crun"),
    ],
)
def test_the_runtime_is_the_users_else_the_namespaces(
    mountable: Store, verbs: ContainerRuntime, said: str | None, default: dict[str, str], runtime: str
) -> None:
    mountable.space().labels.update(default)
    verbs.create(creation(runtime=said), "overlayfs")
    assert mountable.space().containers["web"]["runtime"]["name"] == runtime


@pytest.mark.parametrize(("said", "signal"), [(None, "SIGQUIT"), ("SIGINT", "SIGINT")])
def test_labels_are_the_images_under_the_users(
    mountable: Store, verbs: ContainerRuntime, said: str | None, signal: str
) -> None:
    verbs.create(creation(labels={"made": "by me", "mine": "1"}, stop_signal=said), "overlayfs")
    assert mountable.space().containers["web"]["labels"] == {
        "made": "by me",
        "mine": "1",
        "of": "the record",
        STOP_SIGNAL: signal,
    }


def test_an_oversized_label_of_the_image_is_dropped_and_of_the_user_refused(
    mountable: Store, verbs: ContainerRuntime
) -> None:
    mountable.space().images[NAME]["labels"]["huge"] = "x" * 4096
    for value in ("x" * 4096, "ä" * 2048):
        with pytest.raises(Refused, match="label mine is longer than the 4096 bytes"):
            verbs.create(creation(labels={"mine": value}), "overlayfs")
    assert containers_of(mountable) == ({}, [])
    verbs.create(creation(), "overlayfs")
    assert "huge" not in mountable.space().containers["web"]["labels"]


def test_a_record_that_cannot_be_made_takes_its_snapshot_with_it(
    fake: FakeContainerd, mountable: Store, verbs: ContainerRuntime
) -> None:
    fake.fail("containers.Create", Status(3, "invalid"))
    with pytest.raises(Refused, match="invalid"):
        verbs.create(creation(), "overlayfs")
    assert containers_of(mountable) == ({}, [])
    assert mountable.space().leases == {}


def test_a_snapshot_that_cannot_be_looked_into_does_not_stay(store: Store, verbs: ContainerRuntime) -> None:
    """Its mount does not exist here; without root it cannot even be tried."""
    with pytest.raises(Failure):
        verbs.create(creation(), "overlayfs")
    assert containers_of(store) == ({}, [])
    assert store.space().leases == {}


def test_a_snapshot_of_that_name_is_left_alone(store: Store, verbs: ContainerRuntime) -> None:
    store.space().snapshots["overlayfs", "web"] = Snapshot("", 2, {GC_ROOT: "somebody"})
    with pytest.raises(AlreadyExists) as caught:
        verbs.create(creation(), "overlayfs")
    assert "choose another name" in caught.value.remedy
    assert store.space().snapshots["overlayfs", "web"].labels == {GC_ROOT: "somebody"}


@pytest.mark.parametrize(
    ("lose", "text"),
    [
        (lambda store: store.space().images.clear(), "image .* is not here"),
        (lambda store: store.space().blobs.clear(), "image .* is not here"),
        (lambda store: store.space().snapshots.clear(), "ctr_image"),
    ],
    ids=["record", "content", "snapshots"],
)
def test_without_its_image_no_container_is_made(
    store: Store, verbs: ContainerRuntime, lose: Any, text: str
) -> None:
    lose(store)
    with pytest.raises(NotFound, match=text):
        verbs.create(creation(), "overlayfs")
    assert containers_of(store) == ({}, [])


# Read


def test_facts_of_an_image_are_its_config_and_the_top_of_its_chain(
    store: Store, verbs: ContainerRuntime
) -> None:
    image = verbs.records([NAME])[NAME]
    facts = verbs.image_facts(image)
    assert facts is not None
    assert (facts.name, facts.labels, facts.config["config"]) == (NAME, {"of": "the record"}, CONFIG)
    assert facts.chain_id == StoredImage(config=CONFIG).chain[-1]
    del store.space().blobs[StoredImage(config=CONFIG).config.digest]
    assert verbs.image_facts(image) is None


def test_a_user_of_a_container_is_found_in_its_own_files(mountable: Store, verbs: ContainerRuntime) -> None:
    verbs.create(creation(), "overlayfs")
    container = verbs.container("web")
    assert container is not None
    found = verbs.identity(container, "web")
    assert (found.uid, found.gid) == (33, 34)
    assert isinstance(found, Identity)
    with pytest.raises(NotFound, match="nobody"):
        verbs.identity(container, "nobody")


def test_a_parent_is_what_the_snapshot_stands_on(mountable: Store, verbs: ContainerRuntime) -> None:
    verbs.create(creation(), "overlayfs")
    container = verbs.container("web")
    assert container is not None
    assert verbs.parent(container) == StoredImage(config=CONFIG).chain[-1]
    del mountable.space().snapshots["overlayfs", "web"]
    assert verbs.parent(container) is None


def test_the_config_is_told_while_the_container_stands_on_its_image(
    mountable: Store, verbs: ContainerRuntime
) -> None:
    verbs.create(creation(), "overlayfs")
    container, image = verbs.container("web"), verbs.records([NAME])[NAME]
    assert container is not None
    config = verbs.image_config(container, image)
    assert config is not None
    assert config["config"] == CONFIG
    StoredImage("newer").into(mountable).named(mountable, NAME)
    assert verbs.image_config(container, verbs.records([NAME])[NAME]) is None


# Change and remove


def test_relabel_sets_some_and_leaves_the_others(mountable: Store, verbs: ContainerRuntime) -> None:
    verbs.create(creation(labels={"mine": "1"}), "overlayfs")
    verbs.relabel("web", {"mine": "2", "new": "1"})
    labels = mountable.space().containers["web"]["labels"]
    assert (labels["mine"], labels["new"], labels["of"]) == ("2", "1", "the record")
    with pytest.raises(NotFound, match="no container db"):
        verbs.relabel("db", {})


def declare(store: Store) -> None:
    store.space().containers["web"] = {
        "id": "web",
        "labels": {},
        "runtime": {"name": "runc"},
        "spec": {"value": b"{}"},
        "snapshotter": "overlayfs",
        "snapshot_key": "web",
    }
    store.space().snapshots["overlayfs", "web"] = Snapshot("", 2, {})


ORDER = ("tasks.Kill", "tasks.Wait", "tasks.Delete", "snapshots.Remove", "containers.Delete")


def test_removal_goes_from_the_process_to_the_record(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    declare(store)
    store.process("web", status=RUNNING)
    verbs.remove("web", 15, 10)
    assert fake.sequence(*ORDER) == list(ORDER)
    assert containers_of(store) == ({}, [])
    assert store.space().processes == {}


@pytest.mark.parametrize("lost", ["task", "snapshot", "record"])
def test_removal_takes_what_is_left(store: Store, verbs: ContainerRuntime, lost: str) -> None:
    declare(store)
    if lost == "snapshot":
        del store.space().snapshots["overlayfs", "web"]
    if lost == "record":
        store.space().containers.clear()
        del store.space().snapshots["overlayfs", "web"]
    verbs.remove("web", 15, 10)
    assert containers_of(store) == ({}, [])


def test_a_process_that_does_not_go_keeps_its_container(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    declare(store)
    store.process("web")
    fake.fail("tasks.Delete", Status(9, "cannot delete a running process"))
    with pytest.raises(Refused):
        verbs.remove("web", 15, 10)
    assert containers_of(store)[1] == ["web"]
    assert "web" in store.space().containers


def test_groups_are_looked_up_in_the_snapshot(mountable: Store, verbs: ContainerRuntime) -> None:
    verbs.create(creation(SpecWish(groups=("web", "4711"))), "overlayfs")
    assert set(spec_of(mountable)["process"]["user"]["additionalGids"]) >= {34, 4711}
    record = verbs.container("web")
    assert record is not None
    assert verbs.group_ids(record, ["web", "4711"]) == (34, 4711)
    assert verbs.group_ids(record, ["7"]) == (7,)
    with pytest.raises(NotFound, match="has no group 'none'"):
        verbs.group_ids(record, ["none"])


def test_a_privileged_container_has_the_hosts_devices(mountable: Store, verbs: ContainerRuntime) -> None:
    verbs.create(creation(SpecWish(privileged=True)), "overlayfs")
    paths = [device["path"] for device in spec_of(mountable)["linux"]["devices"]]
    assert "/dev/null" in paths
    assert "CAP_CHOWN" in verbs.host().capabilities


@pytest.mark.parametrize(("said", "version"), [("v1.7.24", "1.7.24"), ("1.6.20~ds1", "1.6.20~ds1")])
def test_the_daemon_tells_its_release(
    fake: FakeContainerd, verbs: ContainerRuntime, said: str, version: str
) -> None:
    fake.answer("version.Version", {"version": said, "revision": "x"})
    assert verbs.version() == version


def test_what_the_user_names_on_the_host_is_read(verbs: ContainerRuntime, tmp_path: Path) -> None:
    (tmp_path / "env").write_text("A=1")
    assert verbs.read_file(str(tmp_path / "env")) == "A=1"
    assert verbs.device("/dev/null")["minor"] == 3
