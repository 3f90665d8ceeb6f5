# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for reading about tasks, against a containerd with a memory."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.task_listing import TaskListing
from ansible_collections.community.containerd.plugins.module_utils._values.labels import RESTART_COUNT
from ansible_collections.community.containerd.plugins.module_utils._values.metrics import RunningProcess
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd


@pytest.fixture
def verbs(fake: FakeContainerd, store: Store) -> TaskListing:
    return TaskListing(fake.endpoint())


def test_all_tasks_take_one_call(fake: FakeContainerd, store: Store, verbs: TaskListing) -> None:
    store.process("web")
    store.process("db", status=3)
    found = verbs.tasks()
    assert {name: task.status for name, task in found.items()} == {"web": "running", "db": "stopped"}
    assert fake.sequence() == ["tasks.List"]


@pytest.mark.parametrize(("text", "counts"), [("3", {"web": 3}), ("", {}), ("many", {})])
def test_restarts_are_counted_by_the_label_of_the_monitor(
    fake: FakeContainerd, store: Store, verbs: TaskListing, text: str, counts: dict[str, int]
) -> None:
    store.space().containers["web"] = {"id": "web", "labels": {RESTART_COUNT: text}}
    assert verbs.restart_counts() == counts
    assert list(fake.calls[0].request["filters"]) == ['labels."containerd.io/restart.count"']


def test_counters_and_processes_are_those_of_the_task(fake: FakeContainerd, verbs: TaskListing) -> None:
    fake.answer("tasks.Metrics", {"metrics": []})
    fake.answer("tasks.ListPids", {"processes": [{"pid": 7}]})
    assert verbs.metrics(None) == {}
    assert verbs.processes("web") == [RunningProcess(7, "")]
    assert fake.named("tasks.ListPids")[0].request["container_id"] == "web"
