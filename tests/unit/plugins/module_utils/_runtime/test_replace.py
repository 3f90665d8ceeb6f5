# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container is made anew, or stays as it was: record, snapshot and process, and nothing of the attempt."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.rootfs import read_users
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Creation,
    SnapshotMount,
    SpecWish,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Failure,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import (
    PAUSED,
    RUNNING,
    STOPPED,
    Store,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

NAME = "docker.io/library/nginx:1"
STATUS = "containerd.io/restart.status"
BAD = Status(2, 'exec: "nosuch": executable file not found in $PATH')


@pytest.fixture
def verbs(fake: FakeContainerd, store: Store, tmp_path: Path) -> ContainerRuntime:
    """A container web is there; snapshots are real directories."""
    try:
        read_users([SnapshotMount("bind", str(tmp_path), "", ("rbind", "ro"))])
    except Refused:
        pytest.skip("needs root and the right to mount")
    store.root = str(tmp_path)
    StoredImage(config={"Cmd": ["nginx"]}).into(store).named(store, NAME, {})
    made = ContainerRuntime(fake.endpoint())
    made.create(creation("old"), "overlayfs")
    return made


def creation(command: str, **wish: Any) -> Creation:
    return Creation("web", NAME, SpecWish(command=(command,), **wish), {"mine": "1"}, None, None)


def anew(verbs: ContainerRuntime, *, starts: bool = True, **wish: Any) -> None:
    verbs.replace(creation("new", **wish), "overlayfs", 15, 5, starts)


def command_of(store: Store) -> str:
    record = store.space().containers["web"]
    return str(json.loads(record["spec"]["value"])["process"]["args"][0])


def snapshots_of(store: Store) -> list[str]:
    """Those that are no layers, after garbage has been collected."""
    store.collect()
    return sorted(key for _s, key in store.space().snapshots if key.startswith("web"))


def status_of(store: Store) -> int | None:
    process = store.space().processes.get(("web", ""))
    return process.status if process else None


@pytest.mark.parametrize("status", [None, RUNNING, PAUSED, STOPPED])
@pytest.mark.parametrize("starts", [True, False])
def test_a_container_is_made_anew(
    store: Store, verbs: ContainerRuntime, status: int | None, starts: bool
) -> None:
    if status is not None:
        store.process("web", status=status)
    anew(verbs, starts=starts)
    assert command_of(store) == "new"
    assert status_of(store) == (RUNNING if starts else None)
    assert snapshots_of(store) == [store.space().containers["web"]["snapshot_key"]] == ["web+anew"]
    assert store.space().leases == {}


def test_the_next_time_it_has_its_first_key_again(store: Store, verbs: ContainerRuntime) -> None:
    anew(verbs)
    anew(verbs)
    assert snapshots_of(store) == ["web"]


@pytest.mark.parametrize("status", [RUNNING, PAUSED])
@pytest.mark.parametrize("call", ["tasks.Create", "tasks.Start"])
def test_what_cannot_start_leaves_the_old_one_running(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime, status: int, call: str
) -> None:
    store.process("web", status=status).stdio = {"stdout": "file:///log", "stderr": "file:///log"}
    before = store.space().containers["web"]
    fake.fail(call, BAD, times=2 if call == "tasks.Create" else 1)
    with pytest.raises(Failure, match="nosuch.*the former container web is back as it was; correct what"):
        anew(verbs)
    assert store.space().containers["web"] == before
    assert status_of(store) == status
    assert store.space().processes["web", ""].stdio["stdout"] == "file:///log"
    assert snapshots_of(store) == ["web"]
    assert store.space().leases == {}


@pytest.mark.parametrize("status", [None, STOPPED])
def test_an_old_one_that_did_not_run_is_not_started(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime, status: int | None
) -> None:
    if status is not None:
        store.process("web", status=status)
    fake.fail("tasks.Start", BAD)
    with pytest.raises(Failure, match="is back as it was"):
        anew(verbs)
    assert (command_of(store), status_of(store), snapshots_of(store)) == ("old", None, ["web"])


def test_a_watched_container_is_watched_again(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    store.space().containers["web"]["labels"][STATUS] = "running"
    before = dict(store.space().containers["web"]["labels"])
    store.process("web", status=RUNNING)
    fake.fail("tasks.Start", BAD)
    with pytest.raises(Failure, match="is back as it was"):
        anew(verbs)
    assert store.space().containers["web"]["labels"] == before
    names = [call.name for call in fake.calls]
    assert names[::-1].index("containers.Update") < names[::-1].index("tasks.Start")


def test_a_wish_that_cannot_be_granted_never_touches_the_old_one(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    process = store.process("web", status=RUNNING)
    with pytest.raises(NotFound, match="no user 'nobody-here'"):
        anew(verbs, user="nobody-here")
    assert store.space().processes["web", ""] is process
    assert fake.named("tasks.Kill") == []
    assert (command_of(store), snapshots_of(store), store.space().leases) == ("old", ["web"], {})


def test_a_record_that_is_refused_brings_the_old_one_back(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    store.process("web", status=RUNNING)
    fake.fail("containers.Create", Status(3, "invalid: invalid argument"))
    with pytest.raises(Refused, match="is back as it was"):
        anew(verbs)
    assert (command_of(store), status_of(store), snapshots_of(store)) == ("old", RUNNING, ["web"])


def test_a_process_that_cannot_be_stopped_stays(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    process = store.process("web", status=RUNNING)
    fake.fail("tasks.Kill", Status(2, "the shim does not listen"))
    with pytest.raises(Failure, match="is back as it was"):
        anew(verbs)
    assert store.space().processes["web", ""] is process
    assert (command_of(store), snapshots_of(store)) == ("old", ["web"])


def test_a_way_back_that_is_barred_is_told(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    fake.fail("containers.Create", Status(3, "invalid: invalid argument"))
    fake.fail("containers.Create", Status(3, "again: invalid argument"))
    with pytest.raises(Refused, match="invalid: .*could not be brought back: .*again"):
        anew(verbs)
    assert snapshots_of(store) == []


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A background job is born with SIGINT ignored, and so are the tests that it runs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_brings_the_old_one_back(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime, interruptible: None
) -> None:
    caller = threading.get_ident()

    def interrupt(call: Any) -> Any:
        signal.pthread_kill(caller, signal.SIGINT)
        time.sleep(0.5)  # the answer must not be faster
        return {}

    store.process("web", status=STOPPED)
    fake.on("tasks.Create", interrupt)
    with pytest.raises(KeyboardInterrupt):
        anew(verbs)
    assert (command_of(store), snapshots_of(store)) == ("old", ["web"])


def test_a_lost_snapshot_does_not_stand_in_the_way(store: Store, verbs: ContainerRuntime) -> None:
    del store.space().snapshots["overlayfs", "web"]
    anew(verbs)
    assert (command_of(store), snapshots_of(store)) == ("new", ["web+anew"])


def test_snapshots_of_others_are_left_alone(store: Store, verbs: ContainerRuntime) -> None:
    other = store.space().snapshots["overlayfs", "web"]
    store.space().snapshots["overlayfs", "web+anew"] = other
    with pytest.raises(Failure, match="snapshot web is left from elsewhere; remove"):
        anew(verbs)
    assert command_of(store) == "old"


def test_a_missing_image_is_told_before_anything_happens(store: Store, verbs: ContainerRuntime) -> None:
    store.space().images.clear()
    with pytest.raises(NotFound, match="is not here; set pull=missing"):
        anew(verbs)
    assert command_of(store) == "old"


def test_another_snapshotter_takes_over(store: Store, verbs: ContainerRuntime) -> None:
    layers = {key: each for (_name, key), each in store.space().snapshots.items() if key != "web"}
    store.space().snapshots.update({("native", key): each for key, each in layers.items()})
    verbs.replace(creation("new"), "native", 15, 5, False)
    assert store.space().containers["web"]["snapshotter"] == "native"
    assert [name for name, key in store.space().snapshots if key.startswith("web")] == ["native"]


# On a directory of the host


def rooted(tmp_path: Path, command: str = "new", user: str | None = None) -> Creation:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True, exist_ok=True)
    (root / "etc/passwd").write_text("web:x:33:34::/:\n")
    (root / "etc/group").write_text("web:x:34:\nextra:x:35:\n")
    wish = SpecWish(rootfs=str(root), command=(command,), user=user)
    return Creation("web", "", wish, {}, None, None)


def test_a_container_on_a_directory_has_its_users_and_no_snapshot(
    store: Store, verbs: ContainerRuntime, tmp_path: Path
) -> None:
    verbs.remove("web", 15, 0)
    verbs.create(rooted(tmp_path, user="web"), "overlayfs")
    record = store.space().containers["web"]
    spec = json.loads(record["spec"]["value"])
    assert (record["image"], record["snapshot_key"], snapshots_of(store)) == ("", "", [])
    assert spec["root"]["path"] == str(tmp_path / "root") and spec["process"]["user"]["uid"] == 33
    container = verbs.container("web")
    assert container is not None
    assert (verbs.identity(container, "web").uid, verbs.group_ids(container, ["extra"])) == (33, (35,))
    verbs.remove("web", 15, 0)
    assert (store.space().containers, store.space().leases) == ({}, {})
    assert (tmp_path / "root/etc/passwd").exists()


def test_a_container_moves_from_its_image_to_a_directory_and_back(
    store: Store, verbs: ContainerRuntime, tmp_path: Path
) -> None:
    store.process("web", status=RUNNING)
    verbs.replace(rooted(tmp_path), "", 15, 5, True)
    assert (command_of(store), status_of(store), snapshots_of(store)) == ("new", RUNNING, [])
    anew(verbs)
    assert (status_of(store), snapshots_of(store)) == (RUNNING, ["web"])


def test_one_on_a_directory_that_cannot_start_brings_the_old_one_back(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime, tmp_path: Path
) -> None:
    verbs.replace(rooted(tmp_path, "old"), "", 15, 5, True)
    fake.fail("tasks.Start", BAD)
    with pytest.raises(Failure, match="the former container web is back as it was"):
        verbs.replace(rooted(tmp_path), "", 15, 5, True)
    assert (command_of(store), status_of(store)) == ("old", RUNNING)


def test_a_directory_that_has_gone_leaves_nothing(
    store: Store, verbs: ContainerRuntime, tmp_path: Path
) -> None:
    verbs.remove("web", 15, 0)
    lost = rooted(tmp_path).replace(wish=SpecWish(rootfs=str(tmp_path / "none"), command=("x",)))
    with pytest.raises(Refused, match="cannot look into .*/none"):
        verbs.create(lost, "overlayfs")
    assert (store.space().containers, store.space().leases) == ({}, {})
    with pytest.raises(Refused, match="as a directory"):
        verbs.check_directory(str(tmp_path / "none"))
