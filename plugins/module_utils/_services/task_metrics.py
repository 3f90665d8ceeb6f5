# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks use, and which processes they are (containerd.services.tasks.v1).

Knows how containerd/cgroups tells the counters of cgroup v1 and v2; gives both the same names and units.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound
from .._values.metrics import CpuUse, DeviceUse, MemoryUse, Metrics, PidsUse, RunningProcess
from .._values.timestamp import format_timestamp
from .._wire.errors import WireError
from .._wire.protobuf.message import decode
from .messages import task_metrics as rpc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .messages.method import Method
    from .session import Session

# Both kernels write the largest number they know for "no limit": v1 rounds it down to whole pages.
_UNLIMITED = 1 << 62
_NS_PER_US = 1000


def read_metrics(session: Session, names: Iterable[str] = ()) -> dict[str, Metrics]:
    """By container, of these or of all; those whose counters containerd cannot read are left out."""
    answer = session.call(rpc.METRICS, {"filters": ["id==" + name for name in names]})
    found = {}
    for each in answer["metrics"]:
        data = each["data"] or {"type_url": "", "value": b""}
        cgroup, table = _CGROUPS.get(data["type_url"].rpartition("/")[2], (0, None))
        if table is not None:
            fields = _decode(session, rpc.METRICS, table, data["value"])
            make = _of_cgroup1 if cgroup == 1 else _of_cgroup2
            found[each["id"]] = make(fields, format_timestamp(each["timestamp"]))
    return found


def list_processes(session: Session, container_id: str) -> list[RunningProcess]:
    """All processes inside a container, by host pid; none when its task is gone."""
    try:
        processes = session.call(rpc.LIST_PIDS, {"container_id": container_id})["processes"]
    except NotFound:
        return []
    return [RunningProcess(each["pid"], _exec_id(session, each["info"])) for each in processes]


def _exec_id(session: Session, info: Mapping[str, Any] | None) -> str:
    if not info or not info["type_url"].endswith("runc.v1.ProcessDetails"):
        return ""
    return str(_decode(session, rpc.LIST_PIDS, rpc.PROCESS_DETAILS, info["value"])["exec_id"])


def _decode(session: Session, method: Method, table: dict[int, Any], data: bytes) -> dict[str, Any]:
    try:
        return decode(table, data)
    except WireError as exc:
        raise session.failure(exc, method) from exc


_CGROUPS: dict[str, tuple[int, dict[int, Any] | None]] = {
    rpc.CGROUP1_TYPE: (1, rpc.CGROUP1),
    rpc.CGROUP2_TYPE: (2, rpc.CGROUP2),
}


class _Part:
    """A message of which any part may be absent: what is not told is 0."""

    def __init__(self, fields: Mapping[str, Any] | None) -> None:
        self._fields = fields or {}

    def __getitem__(self, name: str) -> int:
        return int(self._fields.get(name, 0))

    def part(self, name: str) -> _Part:
        return _Part(self._fields.get(name))

    def list(self, name: str) -> list[dict[str, Any]]:
        return list(self._fields.get(name, ()))


def _of_cgroup1(fields: Mapping[str, Any], read_at: str) -> Metrics:
    whole = _Part(fields)
    usage, throttling = whole.part("cpu").part("usage"), whole.part("cpu").part("throttling")
    memory = whole.part("memory")
    plain, with_swap = memory.part("usage"), memory.part("swap")
    limit, both = _limit(plain["limit"]), _limit(with_swap["limit"])
    return Metrics(
        cgroup=1,
        read_at=read_at,
        cpu=CpuUse(
            usage_ns=usage["total"],
            user_ns=usage["user"],
            system_ns=usage["kernel"],
            periods=throttling["periods"],
            throttled_periods=throttling["throttled_periods"],
            throttled_ns=throttling["throttled_time"],
        ),
        memory=MemoryUse(
            usage=plain["usage"],
            limit=limit,
            max_usage=plain["max"],
            working_set=max(0, plain["usage"] - memory["total_inactive_file"]),
            swap_usage=max(0, with_swap["usage"] - plain["usage"]),
            swap_limit=None if limit is None or both is None else max(0, both - limit),
            anon=memory["total_rss"],
            file=memory["total_cache"],
            mapped_file=memory["total_mapped_file"],
            dirty=memory["total_dirty"],
            writeback=memory["total_writeback"],
            page_faults=memory["total_pg_fault"],
            major_page_faults=memory["total_pg_maj_fault"],
            oom_kills=whole.part("oom")["oom_kill"],
        ),
        pids=_pids(whole.part("pids")),
        io=_io_of_cgroup1(whole.part("blkio")),
    )


def _io_of_cgroup1(blkio: _Part) -> tuple[DeviceUse, ...]:
    """One entry a device, of rows of which each tells one kind of operation."""
    found: dict[tuple[int, int], dict[str, int]] = {}
    for kind in ("bytes", "operations"):
        for row in blkio.list(kind):
            counts = found.setdefault((row["major"], row["minor"]), {})
            counts[kind + " " + row["op"].lower()] = row["value"]
    return tuple(
        DeviceUse(
            device="%d:%d" % device,
            read_bytes=counts.get("bytes read", 0),
            write_bytes=counts.get("bytes write", 0),
            reads=counts.get("operations read", 0),
            writes=counts.get("operations write", 0),
        )
        for device, counts in sorted(found.items())
    )


def _of_cgroup2(fields: Mapping[str, Any], read_at: str) -> Metrics:
    whole = _Part(fields)
    cpu, memory = whole.part("cpu"), whole.part("memory")
    return Metrics(
        cgroup=2,
        read_at=read_at,
        cpu=CpuUse(
            usage_ns=cpu["usage_usec"] * _NS_PER_US,
            user_ns=cpu["user_usec"] * _NS_PER_US,
            system_ns=cpu["system_usec"] * _NS_PER_US,
            periods=cpu["nr_periods"],
            throttled_periods=cpu["nr_throttled"],
            throttled_ns=cpu["throttled_usec"] * _NS_PER_US,
        ),
        memory=MemoryUse(
            usage=memory["usage"],
            limit=_limit(memory["usage_limit"]),
            max_usage=memory["max_usage"],
            working_set=max(0, memory["usage"] - memory["inactive_file"]),
            swap_usage=memory["swap_usage"],
            swap_limit=_limit(memory["swap_limit"], is_zero_real=True),
            anon=memory["anon"],
            file=memory["file"],
            mapped_file=memory["file_mapped"],
            dirty=memory["file_dirty"],
            writeback=memory["file_writeback"],
            page_faults=memory["pgfault"],
            major_page_faults=memory["pgmajfault"],
            oom_kills=whole.part("oom")["oom_kill"],
        ),
        pids=_pids(whole.part("pids")),
        io=tuple(
            DeviceUse(
                device="%d:%d" % (row["major"], row["minor"]),
                read_bytes=row["rbytes"],
                write_bytes=row["wbytes"],
                reads=row["rios"],
                writes=row["wios"],
            )
            for row in whole.part("io").list("usage")
        ),
    )


def _pids(part: _Part) -> PidsUse:
    return PidsUse(part["current"], _limit(part["limit"]))


def _limit(value: int, *, is_zero_real: bool = False) -> int | None:
    """A limit as told; None for none. A 0 means "not told", but for swap, where it means that there is no swap."""
    return None if value >= _UNLIMITED or not (value or is_zero_real) else value
