# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes as the shim tells of them, and what may be done to them."""

from __future__ import annotations

import json
import threading

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.task_control import (
    PROCESS_TYPE,
    TaskControl,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import SnapshotMount
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    NotFound,
    Refused,
    TimedOut,
)
from ansible_collections.community.containerd.plugins.module_utils._values.task import Exit, Stdio
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import (
    CREATED,
    STOPPED,
    Store,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd

GONE = "2023-11-14T22:13:20.000000005Z"


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (0, "unknown"),
        (1, "created"),
        (2, "running"),
        (3, "stopped"),
        (4, "paused"),
        (5, "pausing"),
        (6, "unknown"),
        (99, "unknown"),
    ],
)
def test_a_status_has_a_name_even_one_of_a_later_containerd(
    fake: FakeContainerd, status: int, name: str
) -> None:
    fake.answer("tasks.Get", {"process": {"id": "web", "status": status}})
    found = TaskControl(fake.session()).find("web")
    assert found is not None
    assert found.status == name


def test_a_task_is_found_with_streams_and_exit(fake: FakeContainerd) -> None:
    process = {
        "id": "web",
        "pid": 7,
        "status": 3,
        "stdin": "in",
        "stdout": "out",
        "stderr": "err",
        "terminal": True,
        "exit_status": 137,
        "exited_at": {"seconds": 1_700_000_000, "nanos": 5},
    }
    fake.answer("tasks.Get", {"process": process})
    found = TaskControl(fake.session()).find("web")
    assert found is not None
    assert (found.container_id, found.pid, found.stdio) == ("web", 7, Stdio("in", "out", "err", True))
    assert found.exit == Exit(137, GONE)


def test_no_task_is_none(fake: FakeContainerd, store: Store) -> None:
    assert TaskControl(fake.session()).find("web") is None


def test_all_tasks_are_listed_by_container(fake: FakeContainerd, store: Store) -> None:
    store.process("web")
    store.process("db", status=STOPPED)
    store.process("web", exec_id="exec-1")
    assert {(task.container_id, task.status) for task in TaskControl(fake.session()).list()} == {
        ("web", "running"),
        ("db", "stopped"),
    }


def test_a_task_is_created_with_its_root_and_streams(fake: FakeContainerd, store: Store) -> None:
    store.space().containers["web"] = {}
    tasks = TaskControl(fake.session())
    mount = SnapshotMount("bind", "/root", "", ("ro",))
    pid = tasks.create("web", [mount], Stdio("", "file:///log", "file:///log", False))
    sent = fake.calls[-1].request
    assert sent["rootfs"] == [{"type": "bind", "source": "/root", "target": "", "options": ["ro"]}]
    assert (sent["stdin"], sent["stdout"], sent["terminal"]) == ("", "file:///log", False)
    assert tasks.start("web") == pid
    found = tasks.find("web")
    assert found is not None
    assert (found.status, found.stdio.stdout) == ("running", "file:///log")


def test_an_exec_carries_its_whole_process(fake: FakeContainerd, store: Store) -> None:
    store.process("web")
    process = {"args": ["id"], "cwd": "/", "user": {"uid": 0, "gid": 0}}
    TaskControl(fake.session()).exec("web", "exec-1", process, Stdio())
    spec = fake.calls[-1].request["spec"]
    assert spec["type_url"] == PROCESS_TYPE
    assert json.loads(spec["value"]) == process
    assert ("web", "exec-1") in store.space().processes


@pytest.mark.parametrize("everything", [True, False])
def test_a_signal_goes_to_the_process_or_to_all(fake: FakeContainerd, store: Store, everything: bool) -> None:
    process = store.process("web")
    TaskControl(fake.session()).kill("web", 9, everything=everything)
    assert fake.calls[-1].request["all"] is everything
    assert process.exit_status == 137


def test_pause_and_resume(fake: FakeContainerd, store: Store) -> None:
    store.process("web")
    tasks = TaskControl(fake.session())
    tasks.pause("web")
    with pytest.raises(Refused):
        tasks.pause("web")
    tasks.resume("web")
    with pytest.raises(Refused):
        tasks.resume("web")


def test_wait_tells_how_the_process_ended(fake: FakeContainerd, store: Store) -> None:
    process = store.process("web")
    timer = threading.Timer(0.05, process.end, (3,))
    timer.start()
    assert TaskControl(fake.session()).wait("web", timeout_s=5) == Exit(3, GONE)
    timer.join()


def test_wait_times_out_while_the_process_runs(fake: FakeContainerd, store: Store) -> None:
    process = store.process("web")
    with pytest.raises(TimedOut):
        TaskControl(fake.session()).wait("web", timeout_s=0.05)
    process.end(0)


def test_delete_tells_how_it_ended_and_refuses_what_runs(fake: FakeContainerd, store: Store) -> None:
    process = store.process("web")
    tasks = TaskControl(fake.session())
    with pytest.raises(Refused):
        tasks.delete("web")
    process.end(137)
    assert tasks.delete("web") == Exit(137, GONE)
    with pytest.raises(NotFound):
        tasks.delete("web")


def test_a_task_that_never_ran_has_no_time_of_its_end(fake: FakeContainerd, store: Store) -> None:
    store.process("web", status=CREATED)
    assert TaskControl(fake.session()).delete("web") == Exit(0, "")


def test_delete_process_leaves_the_task_alone(fake: FakeContainerd, store: Store) -> None:
    store.process("web")
    store.process("web", exec_id="exec-1").end(4)
    assert TaskControl(fake.session()).delete_process("web", "exec-1") == Exit(4, GONE)
    assert list(store.space().processes) == [("web", "")]


def test_close_stdin_says_which_process(fake: FakeContainerd, store: Store) -> None:
    store.process("web", exec_id="exec-1")
    TaskControl(fake.session()).close_stdin("web", "exec-1")
    sent = fake.calls[-1].request
    assert (sent["container_id"], sent["exec_id"], sent["stdin"]) == ("web", "exec-1", True)
