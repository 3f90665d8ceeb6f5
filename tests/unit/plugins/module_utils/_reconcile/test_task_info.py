# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading about tasks: all or those that are named, and no call for what nobody wants."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import task_info
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import reconcile
from ansible_collections.community.containerd.plugins.module_utils._values.metrics import (
    CpuUse,
    DeviceUse,
    MemoryUse,
    Metrics,
    PidsUse,
    RunningProcess,
)
from ansible_collections.community.containerd.plugins.module_utils._values.task import Exit, Stdio, Task
from ansible_collections.community.containerd.tests.unit.fakes.params import params

METRICS = Metrics(
    2,
    "2026-11-24T03:11:52.000000000Z",
    CpuUse(*range(6)),
    MemoryUse(*range(14)),
    PidsUse(2, None),
    (DeviceUse("8:0", 1, 2, 3, 4),),
)


class TaskWorld:
    """Tasks in memory, and what was asked about them."""

    def __init__(self, **statuses: str) -> None:
        ended = Exit(3, "2026-11-24T03:11:52.000000000Z")
        self.made = {
            name: Task(name, 7, status, Stdio(), ended if status == "stopped" else Exit(0, ""))
            for name, status in statuses.items()
        }
        self.log: list[Any] = []

    def tasks(self) -> dict[str, Task]:
        return self.made

    def restart_counts(self) -> dict[str, int]:
        return {"web": 2, "other": 5}

    def metrics(self, names: Any) -> dict[str, Metrics]:
        self.log.append(("metrics", names))
        return {"web": METRICS}

    def processes(self, name: str) -> list[RunningProcess]:
        self.log.append(("processes", name))
        return [RunningProcess(7, ""), RunningProcess(8, "e1")]


def told(world: TaskWorld, **said: Any) -> list[dict[str, Any]]:
    outcome = reconcile(task_info, world, params("ctr_task_info", **said), dry_run=False)
    assert (outcome.changed, outcome.actions) == (False, ())
    found: list[dict[str, Any]] = outcome.values["tasks"]
    return found


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (None, ["db", "ended", "web"]),
        ([], []),
        (["web", "none", "db", "web"], ["web", "db"]),
    ],
)
def test_tasks_come_sorted_or_in_the_users_order(names: list[str] | None, found: list[str]) -> None:
    world = TaskWorld(web="running", db="paused", ended="stopped")
    assert [task["container"] for task in told(world, name=names)] == found


def test_a_task_is_told_of_with_processes_counters_and_restarts() -> None:
    (task,) = told(TaskWorld(web="running"))
    assert (task["status"], task["pid"], task["exit_code"], task["restart_count"]) == ("running", 7, None, 2)
    assert task["processes"] == [{"pid": 7, "exec_id": ""}, {"pid": 8, "exec_id": "e1"}]
    assert task["metrics"]["cgroup"] == 2
    assert task["metrics"]["read_at"] == METRICS.read_at
    assert task["metrics"]["cpu"]["usage_ns"] == 0
    assert task["metrics"]["memory"]["limit"] == 1
    assert task["metrics"]["pids"] == {"current": 2, "limit": None}
    assert task["metrics"]["io"] == [
        {"device": "8:0", "read_bytes": 1, "write_bytes": 2, "reads": 3, "writes": 4}
    ]


def test_a_task_that_has_ended_has_an_exit_code_and_no_processes() -> None:
    world = TaskWorld(ended="stopped")
    (task,) = told(world)
    assert (task["exit_code"], task["processes"], task["metrics"], task["restart_count"]) == (3, [], None, 0)
    assert ("processes", "ended") not in world.log


def test_only_the_counters_of_tasks_that_are_there_are_asked_for() -> None:
    world = TaskWorld(web="running", db="running")
    told(world, name=["web", "a, b"])
    told(world)
    assert [names for what, names in world.log if what == "metrics"] == [["web"], None]


def test_what_nobody_wants_is_neither_asked_for_nor_told() -> None:
    world = TaskWorld(web="running")
    (task,) = told(world, metrics=False, processes=False)
    assert world.log == []
    assert not {"metrics", "processes"} & set(task)


def test_nothing_more_is_asked_about_nothing() -> None:
    world = TaskWorld()
    assert told(world) == []
    assert world.log == []
