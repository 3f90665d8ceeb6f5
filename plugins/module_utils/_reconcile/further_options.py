# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rarer options of a container, each in its normal form. Loaded when one of them is said. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .._spec.capabilities import NAMES
from .._spec.resources import PERIOD_US, UNLIMITED, cpu_list, cpu_numbers
from .._spec.security import ALL, INFINITY
from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SIZE = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?) ?([bkmgtp]?)(?:i?b)?", re.IGNORECASE)
_POWERS = {unit: 1024**power for power, unit in enumerate(("b", "k", "m", "g", "t", "p"))}
_MAX = 2**63 - 1
_WEIGHTS = (10, 1000)
_SHARES = (2, 262144)
_RLIMITS = (
    "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack"
)
_SECURITY_VALUES = {
    "seccomp": "unconfined|builtin|/.+",
    "apparmor": ".+",
    "no-new-privileges": "|true|false",
    "systempaths": "unconfined|builtin",
}
_SECURITY = (
    "use seccomp=unconfined, seccomp=builtin, seccomp=/PATH, apparmor=PROFILE, no-new-privileges=true or =false, "
    "systempaths=unconfined"
)
_PERIODS_US = (1000, 1000000)


def want_further(said: Mapping[str, Any]) -> dict[str, Any]:
    """``said`` has no None. Refused for what no container can have."""
    if "cpus" in said and ("cpu_quota" in said or "cpu_period" in said):
        raise Refused("cpus is a quota and a period already", "leave out cpu_quota and cpu_period, or cpus")
    return {name: _WANT[name](name, value) for name, value in said.items()}


def parse_size(option: str, text: Any) -> int:
    """Bytes, as docker takes sizes: 512m, 1.5g, 1GiB, or a number of bytes; -1 for unlimited."""
    said = str(text).strip().lower()
    if said in ("unlimited", "-1", "0"):
        return UNLIMITED
    match = _SIZE.fullmatch(said)
    size = int(float(match[1]) * _POWERS[match[2] or "b"]) if match else 0
    if not 0 < size <= _MAX:
        raise Refused("%s %r is not a size" % (option, text), "write one such as 512m, 1.5g or unlimited")
    return size


def _between(lowest: int, highest: int) -> Callable[[str, int], int]:
    def check(option: str, number: int) -> int:
        if not lowest <= number <= highest:
            raise Refused(
                "%s %d is out of range" % (option, number), "take one from %d to %d" % (lowest, highest)
            )
        return number

    return check


def _count(option: str, number: int) -> int:
    if number < UNLIMITED:
        raise Refused("%s cannot be negative" % option, "write a number, or -1 for unlimited")
    return number or UNLIMITED


def _cpus(option: str, cpus: float) -> int:
    quota = round(cpus * PERIOD_US)
    if not (quota == 0 or quota >= 1000):  # the kernel's least
        raise Refused(
            "%s %g is not a share of time" % (option, cpus), "take 0.01 or more, or 0 for unlimited"
        )
    return quota or UNLIMITED


def _cpu_quota(option: str, quota: int) -> int:
    if quota > 0:
        return _between(1000, _MAX)(option, quota)
    return _count(option, quota)


def _cpu_list(option: str, text: str) -> str:
    if cpu_numbers(text) is None:
        raise Refused("%s %r is not a list of numbers" % (option, text), "write one such as 0-3,6")
    return cpu_list(text)


def _cgroup(option: str, text: str) -> str:
    parts = text.strip("/").split("/")
    if ":" in text or not all(parts) or set(parts) & {".", ".."}:
        raise Refused("%s %r is not the path of a control group" % (option, text), "write one such as /batch")
    return "/" + "/".join(parts)


def _capabilities(option: str, words: Sequence[str]) -> frozenset[str]:
    """With or without CAP_, in any case; ALL stands for itself."""
    names = frozenset(word.upper()[4:] if word.upper().startswith("CAP_") else word.upper() for word in words)
    known = {name[len("CAP_") :] for name in NAMES} | {ALL}
    unknown = sorted(names - known)
    if unknown:
        raise Refused("%s: %s is no capability" % (option, unknown[0]), "see capabilities(7) for their names")
    return frozenset(name if name == ALL else "CAP_" + name for name in names)


def _ulimits(option: str, lines: Sequence[str]) -> dict[str, tuple[int, int]]:
    """As docker takes them: nofile:1024:2048, or one number for both."""
    limits = {}
    for line in lines:
        name, _colon, rest = line.replace("=", ":", 1).partition(":")
        soft, colon, hard = rest.partition(":")
        numbers = [_ulimit(text) for text in (soft, hard if colon else soft)]
        if name.lower() not in _RLIMITS.split() or None in numbers:
            raise Refused(
                "%s %r is malformed" % (option, line), "write NAME:SOFT:HARD, such as nofile:1024:2048"
            )
        limits[name.lower()] = (numbers[0] or 0, numbers[1] or 0)
    return limits


def _ulimit(text: str) -> int | None:
    if text in ("-1", "unlimited"):
        return INFINITY
    return int(text) if text.isdecimal() and len(text) < 20 else None


def _sysctls(option: str, given: Mapping[str, Any]) -> dict[str, str]:
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise Refused("%s.%s is neither a number nor a string" % (option, key), "put the value in quotes")
    return {key: str(value) for key, value in given.items()}


def _security(option: str, lines: Sequence[str]) -> dict[str, Any]:
    """As docker takes them; what is a path is read later."""
    said: dict[str, Any] = {}
    for line in lines:
        name, _sign, value = line.partition("=" if "=" in line else ":")
        if not re.fullmatch(_SECURITY_VALUES.get(name, "(?!)"), value):
            raise Refused("%s %r is not known" % (option, line), _SECURITY)
        said[name] = value != "false" if name == "no-new-privileges" else value
    return said


def _devices(option: str, lines: Sequence[str]) -> dict[str, tuple[str, str]]:
    """As docker takes them, SOURCE:TARGET:rwm; by target. What is at the source, the host tells later."""
    devices = {}
    for line in lines:
        source, _colon, rest = line.partition(":")
        target, _colon, access = rest.partition(":")
        if not access and rest and set(rest) <= set("rwm"):
            target, access = "", rest
        target, access = target or source, access or "rwm"
        if not (source.startswith("/") and target.startswith("/")) or not set(access) <= set("rwm"):
            raise Refused("%s %r is malformed" % (option, line), "write /dev/SOURCE:/dev/TARGET:rwm")
        devices[target] = (source, "".join(letter for letter in "rwm" if letter in access))
    return devices


_WANT: dict[str, Callable[[str, Any], Any]] = {
    "devices": _devices,
    "cap_drop": _capabilities,
    "capabilities": _capabilities,
    "ulimits": _ulimits,
    "oom_score_adj": _between(-1000, 1000),
    "sysctls": _sysctls,
    "security_opts": _security,
    "memory": parse_size,
    "memory_reservation": parse_size,
    "memory_swap": parse_size,
    "cpu_shares": _between(*_SHARES),
    "cpu_period": _between(*_PERIODS_US),
    "cpu_quota": _cpu_quota,
    "cpus": _cpus,
    "cpuset_cpus": _cpu_list,
    "cpuset_mems": _cpu_list,
    "pids_limit": _count,
    "blkio_weight": _between(*_WEIGHTS),
    "cgroup_parent": _cgroup,
}
