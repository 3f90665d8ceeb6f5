# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container may use of its host (runtime-spec config-linux.md, "Control groups"). Pure.

Amounts are bytes, times are microseconds, and -1 is "as much as there is".
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .option import Option, child, look

if TYPE_CHECKING:
    from collections.abc import Mapping

UNLIMITED = -1
DEFAULT_SLICE = "system.slice"
SYSTEMD_PARTS = 3  # slice:prefix:name
PERIOD_US = 100000  # the kernel's own
MAX_CPU = 8191  # of Linux, on any machine
_UNITS = (("t", 1 << 40), ("g", 1 << 30), ("m", 1 << 20), ("k", 1 << 10))


def amount_in_words(amount: int) -> str:
    """A size as a user writes it: in the largest unit that leaves no rest."""
    if amount == UNLIMITED:
        return "unlimited"
    for unit, size in _UNITS:
        if amount and amount % size == 0:
            return "%d%s" % (amount // size, unit)
    return str(amount)


def number_in_words(number: int) -> int | str:
    return "unlimited" if number == UNLIMITED else number


def cpus_in_words(quota: int) -> float | str:
    return "unlimited" if quota == UNLIMITED else quota / PERIOD_US


def cpu_numbers(text: str) -> list[int] | None:
    """What a list of CPUs or memory nodes, such as 0-3,6, stands for; None when it is no such list."""
    numbers: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _dash, last = part.partition("-")
        last = last if _dash else first
        if not (first.isdecimal() and last.isdecimal()) or int(first) > int(last) or int(last) > MAX_CPU:
            return None
        numbers.update(range(int(first), int(last) + 1))
    return sorted(numbers)


def cpu_list(text: str) -> str:
    """The one spelling of such a list; what is none stays as it is."""
    numbers = cpu_numbers(text)
    if numbers is None:
        return text
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ",".join("-".join(map(str, run)) for run in runs)


def _limit(
    kind: str, name: str, absent: Any = UNLIMITED, show: Any = number_in_words, same: Any = None
) -> Option:
    """A field of linux.resources; ``absent`` is what its absence means, ``same`` makes spellings one."""

    def put(spec: dict[str, Any], value: Any) -> None:
        child(spec, "linux", "resources", kind)[name] = value

    def read(spec: Mapping[str, Any]) -> Any:
        value = look(spec, "linux", "resources", kind, name)
        if not value:
            return absent
        return same(value) if same else max(value, UNLIMITED)

    return Option(put, read, show, is_in_place=True)


def _put_cpus(spec: dict[str, Any], quota: int) -> None:
    child(spec, "linux", "resources", "cpu").update(quota=quota, period=PERIOD_US)


def _read_cpus(spec: Mapping[str, Any]) -> int:
    """The quota of a period of the usual length."""
    cpu = look(spec, "linux", "resources", "cpu") or {}
    quota, period = cpu.get("quota") or UNLIMITED, cpu.get("period") or PERIOD_US
    return round(quota * PERIOD_US / period) if quota > 0 else UNLIMITED


def _put_parent(spec: dict[str, Any], parent: str) -> None:
    """Below it the container has a group of its own, by its name."""
    linux = spec["linux"]
    linux["cgroupsPath"] = posixpath.join("/", parent, posixpath.basename(linux["cgroupsPath"]))


def _read_parent(spec: Mapping[str, Any]) -> str:
    path = look(spec, "linux", "cgroupsPath") or ""
    slice_name, *others = path.split(":")
    return posixpath.join("/", slice_name) if len(others) == SYSTEMD_PARTS - 1 else posixpath.dirname(path)


def hand_to_systemd(spec: dict[str, Any], namespace: str, parent: str | None) -> None:
    """A scope NAMESPACE-ID below the slice ``parent``, in runc's words (its docs/systemd.md): slice:prefix:name."""
    slice_name = (parent or DEFAULT_SLICE).strip("/")
    if "/" in slice_name or not slice_name.endswith(".slice"):
        raise Refused(
            "cgroup_parent %s is no slice, and systemd_cgroup leaves cgroups to systemd" % parent,
            "name a slice, such as system.slice",
        )
    name = posixpath.basename(spec["linux"]["cgroupsPath"])
    spec["linux"]["cgroupsPath"] = "%s:%s:%s" % (slice_name, namespace, name)


def check_memory(spec: Mapping[str, Any]) -> None:
    """Refused when the three limits of memory contradict each other."""
    memory = look(spec, "linux", "resources", "memory") or {}
    limit, swap, reservation = (memory.get(name) or 0 for name in ("limit", "swap", "reservation"))
    if swap > 0 and limit <= 0:
        raise Refused(
            "memory_swap limits memory and swap together, and memory has no limit", "set memory too"
        )
    if 0 < swap < limit:
        raise Refused(
            "memory_swap is memory and swap together, and less than memory", "raise it, or lower memory"
        )
    if 0 < limit < reservation:
        raise Refused("memory_reservation is above memory", "lower it, or raise memory")


OPTIONS = {
    "memory": _limit("memory", "limit", show=amount_in_words),
    "memory_reservation": _limit("memory", "reservation", show=amount_in_words),
    "memory_swap": _limit("memory", "swap", show=amount_in_words),
    "cpu_shares": _limit("cpu", "shares", 0),
    "cpu_period": _limit("cpu", "period", PERIOD_US),
    "cpu_quota": _limit("cpu", "quota"),
    "cpus": Option(_put_cpus, _read_cpus, cpus_in_words, is_in_place=True),
    "cpuset_cpus": _limit("cpu", "cpus", "", same=cpu_list),
    "cpuset_mems": _limit("cpu", "mems", "", same=cpu_list),
    "pids_limit": _limit("pids", "limit"),
    "blkio_weight": _limit("blockIO", "weight", 0),
    "cgroup_parent": Option(_put_parent, _read_parent),
}
