# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks use: the same words for cgroup v1 and v2, and nothing guessed where nothing is told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.messages import (
    task_metrics as rpc,
)
from ansible_collections.community.containerd.plugins.module_utils._services.task_metrics import (
    list_processes,
    read_metrics,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Damaged
from ansible_collections.community.containerd.plugins.module_utils._values.metrics import (
    DeviceUse,
    Metrics,
    RunningProcess,
)
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf.message import encode
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    FakeContainerd,
    Status,
)

AT = {"seconds": 1_700_000_000, "nanos": 5}
V1_UNLIMITED, V2_UNLIMITED = (1 << 63) - 4096, (1 << 64) - 1
CGROUP1 = {
    "pids": {"current": 2, "limit": 0},
    "cpu": {
        "usage": {"total": 9_000, "kernel": 3_000, "user": 6_000},
        "throttling": {"periods": 5, "throttled_periods": 4, "throttled_time": 7_000},
    },
    "memory": {
        "total_cache": 10,
        "total_rss": 20,
        "total_mapped_file": 30,
        "total_dirty": 40,
        "total_writeback": 50,
        "total_pg_fault": 60,
        "total_pg_maj_fault": 70,
        "total_inactive_file": 80,
        "usage": {"limit": 5_000, "usage": 1_000, "max": 2_000},
        "swap": {"limit": 8_000, "usage": 1_300},
    },
    "blkio": {
        "bytes": [
            {"op": "Read", "major": 8, "minor": 16, "value": 4096},
            {"op": "Write", "major": 8, "minor": 16, "value": 512},
            {"op": "Read", "major": 8, "minor": 0, "value": 1},
        ],
        "operations": [
            {"op": "read", "major": 8, "minor": 16, "value": 2},
            {"op": "Write", "major": 8, "minor": 16, "value": 1},
            {"op": "Total", "major": 8, "minor": 16, "value": 3},
        ],
    },
    "oom": {"oom_kill": 1},
}
CGROUP2 = {
    "pids": {"current": 2, "limit": V2_UNLIMITED},
    "cpu": {
        "usage_usec": 9,
        "user_usec": 6,
        "system_usec": 3,
        "nr_periods": 5,
        "nr_throttled": 4,
        "throttled_usec": 7,
    },
    "memory": {
        "file": 10,
        "anon": 20,
        "file_mapped": 30,
        "file_dirty": 40,
        "file_writeback": 50,
        "pgfault": 60,
        "pgmajfault": 70,
        "inactive_file": 80,
        "usage": 1_000,
        "usage_limit": 5_000,
        "swap_usage": 300,
        "swap_limit": 3_000,
        "max_usage": 2_000,
    },
    "io": {
        "usage": [
            {"major": 8, "minor": 0, "rbytes": 1},
            {"major": 8, "minor": 16, "rbytes": 4096, "wbytes": 512, "rios": 2, "wios": 1},
        ]
    },
    "oom": {"oom_kill": 1},
}


def told(fake: FakeContainerd, kind: str, fields: dict[str, Any]) -> Metrics:
    table: dict[int, Any] = rpc.CGROUP1 if kind == rpc.CGROUP1_TYPE else rpc.CGROUP2
    data = {"type_url": kind, "value": encode(table, fields)}
    fake.answer("tasks.Metrics", {"metrics": [{"id": "web", "timestamp": AT, "data": data}]})
    return read_metrics(fake.session())["web"]


def test_both_cgroups_tell_the_same_in_the_same_words(fake: FakeContainerd) -> None:
    one = told(fake, rpc.CGROUP1_TYPE, CGROUP1)
    two = told(fake, rpc.CGROUP2_TYPE, CGROUP2)
    assert (one.cgroup, two.cgroup) == (1, 2)
    assert one.replace(cgroup=2) == two
    assert one.read_at == "2023-11-14T22:13:20.000000005Z"
    assert vars(one.cpu) == {
        "usage_ns": 9_000,
        "user_ns": 6_000,
        "system_ns": 3_000,
        "periods": 5,
        "throttled_periods": 4,
        "throttled_ns": 7_000,
    }
    assert vars(one.memory) == {
        "usage": 1_000,
        "limit": 5_000,
        "max_usage": 2_000,
        "working_set": 920,
        "swap_usage": 300,
        "swap_limit": 3_000,
        "anon": 20,
        "file": 10,
        "mapped_file": 30,
        "dirty": 40,
        "writeback": 50,
        "page_faults": 60,
        "major_page_faults": 70,
        "oom_kills": 1,
    }
    assert one.io == (DeviceUse("8:0", 1, 0, 0, 0), DeviceUse("8:16", 4096, 512, 2, 1))


def test_a_limit_that_is_none_is_told_as_none(fake: FakeContainerd) -> None:
    entry = {"limit": V1_UNLIMITED, "usage": 1}
    one = told(fake, rpc.CGROUP1_TYPE, {"memory": {"usage": entry, "swap": entry}, "pids": {"current": 2}})
    limits = {"usage_limit": V2_UNLIMITED, "swap_limit": V2_UNLIMITED}
    two = told(fake, rpc.CGROUP2_TYPE, {"memory": limits, "pids": {"limit": 7}})
    for found in (one, two):
        assert (found.memory.limit, found.memory.swap_limit) == (None, None)
    assert (one.pids.limit, two.pids.limit) == (None, 7)


def test_no_swap_at_all_is_a_limit_of_none_on_cgroup_2_only_if_told_so(fake: FakeContainerd) -> None:
    assert told(fake, rpc.CGROUP2_TYPE, {"memory": {"swap_limit": 0}}).memory.swap_limit == 0


@pytest.mark.parametrize("kind", [rpc.CGROUP1_TYPE, rpc.CGROUP2_TYPE])
def test_what_is_not_told_is_nothing(fake: FakeContainerd, kind: str) -> None:
    found = told(fake, kind, {})
    assert (found.cpu.usage_ns, found.memory.working_set, found.io) == (0, 0, ())


def test_counters_of_another_kind_and_none_at_all_are_left_out(fake: FakeContainerd) -> None:
    others = [{"id": "vm", "data": {"type_url": "x.Stats", "value": b"\xff"}}, {"id": "gone"}]
    fake.answer("tasks.Metrics", {"metrics": others})
    assert read_metrics(fake.session()) == {}


def test_only_what_is_named_is_asked_for(fake: FakeContainerd) -> None:
    fake.answer("tasks.Metrics", {"metrics": []})
    read_metrics(fake.session(), ["web", "db"])
    assert list(fake.calls[0].request["filters"]) == ["id==web", "id==db"]


def test_counters_that_cannot_be_read_are_damage(fake: FakeContainerd) -> None:
    broken = {"type_url": rpc.CGROUP2_TYPE, "value": b"\x12\xff"}
    fake.answer("tasks.Metrics", {"metrics": [{"id": "web", "data": broken}]})
    with pytest.raises(Damaged):
        read_metrics(fake.session())


def test_processes_come_with_the_exec_that_began_them(fake: FakeContainerd) -> None:
    info = {"type_url": "containerd.runc.v1.ProcessDetails", "value": b"\n\x02e1"}
    other = {"type_url": "other", "value": b"\xff"}
    processes = [{"pid": 7}, {"pid": 8, "info": info}, {"pid": 9, "info": other}]
    fake.answer("tasks.ListPids", {"processes": processes})
    assert list_processes(fake.session(), "web") == [
        RunningProcess(7, ""),
        RunningProcess(8, "e1"),
        RunningProcess(9, ""),
    ]


def test_a_task_that_ended_meanwhile_has_no_processes(fake: FakeContainerd) -> None:
    fake.fail("tasks.ListPids", Status(5, "no such container"))
    assert list_processes(fake.session(), "web") == []
