# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables for what tasks use: containerd.services.tasks.v1, and containerd/cgroups inside it. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import STRING, UINT32, UINT64
from ..._wire.protobuf.well_known import ANY, TIMESTAMP
from .method import Method

METRICS = Method(
    "tasks",
    "Metrics",
    {1: ("filters", [STRING])},
    {1: ("metrics", [{1: ("timestamp", TIMESTAMP), 2: ("id", STRING), 3: ("data", ANY)}])},
)
LIST_PIDS = Method(
    "tasks",
    "ListPids",
    {1: ("container_id", STRING)},
    {1: ("processes", [{1: ("pid", UINT32), 2: ("info", ANY)}])},
)
PROCESS_DETAILS = {1: ("exec_id", STRING)}  # containerd.runc.v1.ProcessDetails

PIDS = {1: ("current", UINT64), 2: ("limit", UINT64)}

# io.containerd.cgroups.v1 (stats/v1/metrics.proto), as far as cgroup v2 counts the same.
CGROUP1_TYPE = "io.containerd.cgroups.v1.Metrics"
_ENTRY = {1: ("limit", UINT64), 2: ("usage", UINT64), 3: ("max", UINT64)}
_BLKIO = {1: ("op", STRING), 3: ("major", UINT64), 4: ("minor", UINT64), 5: ("value", UINT64)}
CGROUP1 = {
    2: ("pids", PIDS),
    3: (
        "cpu",
        {
            1: ("usage", {1: ("total", UINT64), 2: ("kernel", UINT64), 3: ("user", UINT64)}),
            2: (
                "throttling",
                {1: ("periods", UINT64), 2: ("throttled_periods", UINT64), 3: ("throttled_time", UINT64)},
            ),
        },
    ),
    4: (
        "memory",
        {
            18: ("total_cache", UINT64),
            19: ("total_rss", UINT64),
            21: ("total_mapped_file", UINT64),
            22: ("total_dirty", UINT64),
            23: ("total_writeback", UINT64),
            26: ("total_pg_fault", UINT64),
            27: ("total_pg_maj_fault", UINT64),
            30: ("total_inactive_file", UINT64),
            33: ("usage", _ENTRY),
            34: ("swap", _ENTRY),  # of memory and swap together (memory.memsw)
        },
    ),
    5: ("blkio", {1: ("bytes", [_BLKIO]), 2: ("operations", [_BLKIO])}),
    9: ("oom", {3: ("oom_kill", UINT64)}),
}

# io.containerd.cgroups.v2 (cgroup2/stats/metrics.proto), as far as cgroup v1 counts the same.
CGROUP2_TYPE = "io.containerd.cgroups.v2.Metrics"
CGROUP2 = {
    1: ("pids", PIDS),
    2: (
        "cpu",
        {
            1: ("usage_usec", UINT64),
            2: ("user_usec", UINT64),
            3: ("system_usec", UINT64),
            4: ("nr_periods", UINT64),
            5: ("nr_throttled", UINT64),
            6: ("throttled_usec", UINT64),
        },
    ),
    4: (
        "memory",
        {
            1: ("anon", UINT64),
            2: ("file", UINT64),
            7: ("file_mapped", UINT64),
            8: ("file_dirty", UINT64),
            9: ("file_writeback", UINT64),
            13: ("inactive_file", UINT64),
            18: ("pgfault", UINT64),
            19: ("pgmajfault", UINT64),
            32: ("usage", UINT64),
            33: ("usage_limit", UINT64),
            34: ("swap_usage", UINT64),
            35: ("swap_limit", UINT64),
            36: ("max_usage", UINT64),
        },
    ),
    6: (
        "io",
        {
            1: (
                "usage",
                [
                    {
                        1: ("major", UINT64),
                        2: ("minor", UINT64),
                        3: ("rbytes", UINT64),
                        4: ("wbytes", UINT64),
                        5: ("rios", UINT64),
                        6: ("wios", UINT64),
                    }
                ],
            )
        },
    ),
    8: ("oom", {5: ("oom_kill", UINT64)}),
}
