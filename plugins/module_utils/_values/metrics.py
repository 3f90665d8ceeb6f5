# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container uses, by the kernel's count: the same words for cgroup v1 and v2."""

from __future__ import annotations

from .value import Value


class CpuUse(Value):
    """Time on all CPUs together, in nanoseconds, and how often the quota held the processes back."""

    usage_ns: int
    user_ns: int
    system_ns: int
    periods: int
    throttled_periods: int
    throttled_ns: int


class MemoryUse(Value):
    """Memory in bytes, with all cgroups below; a limit is None where there is none."""

    usage: int
    limit: int | None
    max_usage: int  # 0 where the kernel does not keep it
    working_set: int  # what cannot be taken back at once: usage without inactive files
    swap_usage: int
    swap_limit: int | None
    anon: int
    file: int
    mapped_file: int
    dirty: int
    writeback: int
    page_faults: int
    major_page_faults: int
    oom_kills: int


class PidsUse(Value):
    """Processes and threads; the limit is None where there is none."""

    current: int
    limit: int | None


class DeviceUse(Value):
    """What went from and to a block device, which is named by its numbers as MAJOR:MINOR."""

    device: str
    read_bytes: int
    write_bytes: int
    reads: int
    writes: int


class Metrics(Value):
    """One reading of all the counters."""

    cgroup: int  # the version, 1 or 2
    read_at: str
    cpu: CpuUse
    memory: MemoryUse
    pids: PidsUse
    io: tuple[DeviceUse, ...]


class RunningProcess(Value):
    """A process inside a container; ``exec_id`` is '' for those that no exec began."""

    pid: int
    exec_id: str
