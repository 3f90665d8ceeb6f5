# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start, stop, pause, kill, delete: in the order that leaves nothing behind, whatever state there was before."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.tasks import TaskRuntime
from ansible_collections.community.containerd.plugins.module_utils._services.containers import SPEC_TYPE
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    AlreadyExists,
    Failure,
    NotFound,
    Refused,
    TimedOut,
)
from ansible_collections.community.containerd.plugins.module_utils._values.task import Exit
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import (
    CREATED,
    PAUSED,
    RUNNING,
    STOPPED,
    Process,
    Snapshot,
    Store,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    Answer,
    Call,
    FakeContainerd,
    Status,
)

GONE = "2023-11-14T22:13:20.000000005Z"
RESTART = "containerd.io/restart.status"
STOPPED_BY_USER = "containerd.io/restart.explicitly-stopped"
LOG = "containerd.io/restart.loguri"
CHANGES = (
    "containers.Update",
    "tasks.Create",
    "tasks.Start",
    "tasks.Kill",
    "tasks.Pause",
    "tasks.Resume",
    "tasks.Wait",
    "tasks.Delete",
)


@pytest.fixture
def verbs(fake: FakeContainerd, store: Store) -> TaskRuntime:
    declare(store)
    return TaskRuntime(fake.endpoint())


def declare(store: Store, *, spec: dict[str, Any] | None = None, **labels: str) -> None:
    document = {"process": {"args": ["true"]}} if spec is None else spec
    store.space().containers["web"] = {
        "id": "web",
        "labels": {key.replace("__", "."): value for key, value in labels.items()},
        "runtime": {"name": "runc"},
        "spec": {"type_url": SPEC_TYPE, "value": json.dumps(document).encode()},
        "snapshotter": "overlayfs",
        "snapshot_key": "web",
    }
    store.space().snapshots["overlayfs", "web"] = Snapshot("", 2, {})


def label(store: Store, labels: dict[str, str]) -> None:
    store.space().containers["web"]["labels"] = dict(labels)


def status(verbs: TaskRuntime) -> str:
    task = verbs.task("web")
    return task.status if task else "absent"


# Start


@pytest.mark.parametrize(
    ("before", "calls"),
    [
        (None, ["tasks.Create", "tasks.Start"]),
        (CREATED, ["tasks.Delete", "tasks.Create", "tasks.Start"]),
        (STOPPED, ["tasks.Delete", "tasks.Create", "tasks.Start"]),
        (PAUSED, ["tasks.Resume"]),
        (RUNNING, []),
    ],
)
def test_start_runs_it_whatever_a_former_one_left(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime, before: int | None, calls: list[str]
) -> None:
    if before is not None:
        store.process("web", status=before)
    verbs.start("web", None)
    assert status(verbs) == "running"
    assert fake.sequence(*CHANGES) == calls


@pytest.mark.parametrize(
    ("log_uri", "labels", "terminal", "stdout", "stderr"),
    [
        (None, {}, False, "", ""),
        (None, {LOG: "file:///log"}, False, "file:///log", "file:///log"),
        ("", {LOG: "file:///log"}, False, "", ""),
        ("file:///other", {LOG: "file:///log"}, False, "file:///other", "file:///other"),
        (None, {}, True, "/dev/null", ""),
        ("binary:///log", {}, True, "binary:///log", ""),
    ],
)
def test_output_goes_where_the_user_or_the_label_says(
    fake: FakeContainerd,
    store: Store,
    verbs: TaskRuntime,
    log_uri: str | None,
    labels: dict[str, str],
    terminal: bool,
    stdout: str,
    stderr: str,
) -> None:
    declare(store, spec={"process": {"terminal": terminal}})
    label(store, labels)
    verbs.start("web", log_uri)
    sent = fake.named("tasks.Create")[0].request
    assert (sent["stdin"], sent["stdout"], sent["stderr"], sent["terminal"]) == ("", stdout, stderr, terminal)
    assert len(sent["rootfs"]) == 1


def test_a_terminal_is_not_written_to_a_file(fake: FakeContainerd, store: Store, verbs: TaskRuntime) -> None:
    declare(store, spec={"process": {"terminal": True}})
    with pytest.raises(Refused, match="terminal of container web to a file; set log_driver=none"):
        verbs.start("web", "file:///log")
    assert fake.named("tasks.Create") == []


def test_a_container_without_snapshot_has_no_rootfs(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    store.space().containers["web"]["snapshot_key"] = ""
    verbs.start("web", None)
    assert fake.named("tasks.Create")[0].request["rootfs"] == []


def test_a_process_that_cannot_start_leaves_no_task(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    fake.fail("tasks.Start", Status(2, 'exec: "nosuch": executable file not found in $PATH'))
    with pytest.raises(Failure, match="container web cannot start: .*nosuch") as caught:
        verbs.start("web", None)
    assert "correct what it names" in caught.value.remedy
    assert status(verbs) == "absent"


def test_a_former_task_on_its_way_out_is_waited_for(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    fake.fail("tasks.Create", Status(6, "task web: already exists"))
    verbs.start("web", None)
    assert status(verbs) == "running"
    assert fake.sequence("tasks.Create") == ["tasks.Create", "tasks.Create"]


def test_a_task_that_somebody_else_makes_meanwhile_is_told(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    def overtaken(call: Call) -> Answer:
        store.process("web")
        raise Status(6, "task web: already exists")

    fake.on("tasks.Create", overtaken)
    with pytest.raises(AlreadyExists):
        verbs.start("web", None)
    assert status(verbs) == "running"


def test_a_process_that_cannot_be_made_says_why(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    fake.fail("tasks.Create", Status(2, "mount: no such file"), times=2)
    with pytest.raises(Failure, match="container web cannot start: .*mount"):
        verbs.start("web", None)
    assert fake.sequence("tasks.Create", "tasks.Start") == ["tasks.Create", "tasks.Create"]


def test_a_bundle_taken_away_by_the_clean_up_after_another_client_is_made_again(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    fake.fail("tasks.Create", Status(2, "fork/exec containerd-shim-runc-v2: no such file or directory"))
    verbs.start("web", None)
    assert status(verbs) == "running"


def test_other_troubles_of_a_start_keep_their_kind(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    fake.fail("tasks.Create", Status(9, "no"))
    with pytest.raises(Refused):
        verbs.start("web", None)


def test_a_container_without_spec_would_crash_the_daemon(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    store.space().containers["web"]["spec"] = None
    with pytest.raises(Refused, match="no runtime spec"):
        verbs.start("web", None)
    assert fake.sequence(*CHANGES) == []


def test_a_lost_snapshot_is_told_with_a_way_out(store: Store, verbs: TaskRuntime) -> None:
    store.space().snapshots.clear()
    with pytest.raises(NotFound) as caught:
        verbs.start("web", None)
    assert "recreate=true" in caught.value.remedy


def test_without_container_nothing_starts(store: Store, verbs: TaskRuntime) -> None:
    store.space().containers.clear()
    with pytest.raises(NotFound, match="no container web"):
        verbs.start("web", None)


# Stop


def test_a_stop_is_a_signal_and_the_task_stays_to_tell(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    store.process("web")
    assert verbs.stop("web", 15, 10) == Exit(143, GONE)
    assert status(verbs) == "stopped"
    assert [call.request["signal"] for call in fake.named("tasks.Kill")] == [15]
    assert fake.named("tasks.Kill")[0].request["all"] is False


def test_who_does_not_listen_is_killed_with_all_its_children(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    store.process("web").ignores.add(15)
    assert verbs.stop("web", 15, 0.05) == Exit(137, GONE)
    sent = [(call.request["signal"], call.request["all"]) for call in fake.named("tasks.Kill")]
    assert sent == [(15, False), (9, True)]


def test_no_time_means_kill_at_once(fake: FakeContainerd, store: Store, verbs: TaskRuntime) -> None:
    store.process("web")
    assert verbs.stop("web", 15, 0).status == 137
    assert [call.request["signal"] for call in fake.named("tasks.Kill")] == [9]


@pytest.mark.parametrize(("timeout_s", "code"), [(10, 143), (0, 137)])
def test_a_frozen_process_is_thawed_to_hear_it(
    store: Store, verbs: TaskRuntime, timeout_s: float, code: int
) -> None:
    store.process("web", status=PAUSED)
    assert verbs.stop("web", 15, timeout_s).status == code
    assert status(verbs) == "stopped"


@pytest.mark.parametrize("timeout_s", [0, 10])
def test_a_frozen_process_that_ends_before_it_is_thawed_is_as_good(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime, timeout_s: float
) -> None:
    process = store.process("web", status=PAUSED)

    def end_first(_call: Call) -> dict[str, Any]:
        process.end(137)
        raise Status(2, "cannot resume a stopped container: unknown")

    fake.on("tasks.Resume", end_first)
    assert verbs.stop("web", 15, timeout_s) == Exit(137, GONE)


def test_a_task_that_never_ran_is_removed(store: Store, verbs: TaskRuntime) -> None:
    store.process("web", status=CREATED)
    assert verbs.stop("web", 15, 10) == Exit(0, "")
    assert status(verbs) == "absent"


@pytest.mark.parametrize("before", [None, STOPPED])
def test_what_does_not_run_is_left_as_it_is(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime, before: int | None
) -> None:
    if before is not None:
        store.process("web", status=before).exit_status = 3
    assert verbs.stop("web", 15, 10) == (Exit(3, GONE) if before else Exit(0, ""))
    assert fake.sequence(*CHANGES) == []


def test_a_process_that_ends_before_the_signal_is_as_good(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    process = store.process("web")

    def end_first(_signal: int) -> None:
        process.end(0)
        raise Status(5, "process already finished: not found")

    process.on_signal = end_first
    assert verbs.stop("web", 15, 10) == Exit(0, GONE)


# The restart monitor


def test_the_restart_monitor_is_told_before_the_signal(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    label(store, {RESTART: "running", "mine": "1"})
    store.process("web")
    verbs.stop("web", 15, 10)
    assert fake.sequence(*CHANGES) == ["containers.Update", "tasks.Kill", "tasks.Wait"]
    labels = store.space().containers["web"]["labels"]
    assert labels == {RESTART: "stopped", STOPPED_BY_USER: "true", "mine": "1"}


def test_and_told_again_before_a_start(fake: FakeContainerd, store: Store, verbs: TaskRuntime) -> None:
    label(store, {RESTART: "stopped", STOPPED_BY_USER: "true", "mine": "1"})
    verbs.start("web", None)
    assert fake.sequence(*CHANGES)[0] == "containers.Update"
    assert store.space().containers["web"]["labels"] == {RESTART: "running", "mine": "1"}


def test_the_restart_monitor_watches_only_what_runs(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime
) -> None:
    label(store, {RESTART: "stopped", STOPPED_BY_USER: "true"})
    fake.fail("tasks.Start", Status(2, "no such program"))
    with pytest.raises(Failure, match="cannot start"):
        verbs.start("web", None)
    assert store.space().containers["web"]["labels"] == {STOPPED_BY_USER: "true"}
    verbs.start("web", None)
    assert store.space().containers["web"]["labels"] == {RESTART: "running"}
    names = [call.name for call in fake.calls if call.name in ("tasks.Start", "containers.Update")]
    assert names == ["containers.Update", "tasks.Start", "tasks.Start", "containers.Update"]


@pytest.mark.parametrize("labels", [{}, {RESTART: "stopped"}, {"mine": "1"}])
def test_a_container_that_is_not_watched_keeps_its_labels(
    fake: FakeContainerd, store: Store, verbs: TaskRuntime, labels: dict[str, str]
) -> None:
    label(store, labels)
    store.process("web")
    verbs.stop("web", 15, 10)
    verbs.start("web", None)
    assert fake.named("containers.Update") == []
    assert store.space().containers["web"]["labels"] == labels


# Kill, pause, resume, wait, delete


def test_another_signal_is_only_sent(fake: FakeContainerd, store: Store, verbs: TaskRuntime) -> None:
    store.process("web").ignores.add(1)
    assert verbs.kill("web", 1) is None
    assert fake.sequence(*CHANGES) == ["tasks.Kill"]
    assert status(verbs) == "running"


def test_kill_is_waited_for(store: Store, verbs: TaskRuntime) -> None:
    store.process("web").ignores.add(15)
    assert verbs.kill("web", 9) == Exit(137, GONE)


def test_a_signal_to_a_process_that_has_ended_is_no_failure(store: Store, verbs: TaskRuntime) -> None:
    store.process("web", status=STOPPED)
    assert verbs.kill("web", 1) is None


def test_pause_and_resume(store: Store, verbs: TaskRuntime) -> None:
    store.process("web")
    verbs.pause("web")
    assert status(verbs) == "paused"
    verbs.resume("web")
    assert status(verbs) == "running"


def test_wait_returns_the_end_or_says_that_it_has_not_come(store: Store, verbs: TaskRuntime) -> None:
    process: Process = store.process("web")
    with pytest.raises(TimedOut, match=r"web still runs after 0\.05 seconds") as caught:
        verbs.wait("web", 0.05)
    assert "wait_timeout" in caught.value.remedy
    timer = threading.Timer(0.05, process.end, (4,))
    timer.start()
    assert verbs.wait("web", 5) == Exit(4, GONE)
    timer.join()


def test_delete_of_nothing_is_as_good(store: Store, verbs: TaskRuntime) -> None:
    assert verbs.delete("web") == Exit(0, "")
    store.process("web", status=STOPPED).exit_status = 3
    assert verbs.delete("web") == Exit(3, GONE)


def test_namespaces_come_sorted(store: Store, verbs: TaskRuntime) -> None:
    store.space("moby")
    store.space("apps")
    assert verbs.namespaces() == ["apps", "default", "moby"]
