# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process may do beyond what its user may: limits, capabilities, profiles, kernel settings. Pure.

runtime-spec config.md, "POSIX process", and config-linux.md, "Seccomp", "Masked Paths", "Sysctl".
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from .._values.platform import host_platform
from .capabilities import NAMES
from .defaults import MASKED_PATHS, READONLY_PATHS, capability_sets
from .option import Option, child, look
from .seccomp import default_profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ALL = "ALL"
INFINITY = 2**64 - 1


def _capabilities(spec: Mapping[str, Any]) -> list[str]:
    return list(look(spec, "process", "capabilities", "bounding") or ())


def _drop(spec: dict[str, Any], dropped: frozenset[str]) -> None:
    kept = [name for name in _capabilities(spec) if name not in dropped and ALL not in dropped]
    child(spec, "process")["capabilities"] = capability_sets(tuple(kept))


def _add(spec: dict[str, Any], added: frozenset[str]) -> None:
    there = _capabilities(spec)
    names = NAMES if ALL in added else sorted(added - set(there))
    child(spec, "process")["capabilities"] = capability_sets(tuple(dict.fromkeys((*there, *names))))


def _added(spec: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_capabilities(spec))


def _dropped(spec: Mapping[str, Any]) -> frozenset[str]:
    there = frozenset(_capabilities(spec))
    return frozenset(NAMES) - there | (frozenset() if there else frozenset((ALL,)))


def _put_ulimits(spec: dict[str, Any], limits: Mapping[str, tuple[int, int]]) -> None:
    process = child(spec, "process")
    kinds = {"RLIMIT_" + name.upper(): limit for name, limit in limits.items()}
    kept = [limit for limit in process.get("rlimits") or () if limit["type"] not in kinds]
    process["rlimits"] = kept + [
        {"type": kind, "soft": soft, "hard": hard} for kind, (soft, hard) in kinds.items()
    ]


def _read_ulimits(spec: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    return {
        limit["type"][len("RLIMIT_") :].lower(): (limit["soft"], limit["hard"])
        for limit in look(spec, "process", "rlimits") or ()
    }


def _ulimit_words(limits: Mapping[str, tuple[int, int]]) -> list[str]:
    return [
        ":".join((name, *("unlimited" if part == INFINITY else str(part) for part in limits[name])))
        for name in sorted(limits)
    ]


def _put_score(spec: dict[str, Any], score: int) -> None:
    child(spec, "process")["oomScoreAdj"] = score


def _put_sysctls(spec: dict[str, Any], sysctls: Mapping[str, str]) -> None:
    child(spec, "linux", "sysctl").update(sysctls)


def _profile(spec: Mapping[str, Any]) -> dict[str, Any]:
    return default_profile(_capabilities(spec), host_platform().architecture)


def _put_security(spec: dict[str, Any], said: Mapping[str, Any]) -> None:
    process, linux = child(spec, "process"), child(spec, "linux")
    process["noNewPrivileges"] = said.get("no-new-privileges", process.get("noNewPrivileges"))
    if not process["noNewPrivileges"]:
        del process["noNewPrivileges"]
    if "apparmor" in said:
        process["apparmorProfile"] = said["apparmor"]
    if said.get("systempaths") == "unconfined":
        linux["maskedPaths"], linux["readonlyPaths"] = [], []
    elif "systempaths" in said:
        linux["maskedPaths"], linux["readonlyPaths"] = list(MASKED_PATHS), list(READONLY_PATHS)
    seccomp = said.get("seccomp")
    if seccomp == "unconfined":
        linux.pop("seccomp", None)
    elif seccomp:
        linux["seccomp"] = _profile(spec) if seccomp == "builtin" else seccomp


def _read_security(spec: Mapping[str, Any]) -> dict[str, Any]:
    seccomp = look(spec, "linux", "seccomp") or "unconfined"
    is_masked = look(spec, "linux", "maskedPaths") or look(spec, "linux", "readonlyPaths")
    return {
        "no-new-privileges": bool(look(spec, "process", "noNewPrivileges")),
        "apparmor": look(spec, "process", "apparmorProfile") or "unconfined",
        "systempaths": "builtin" if is_masked else "unconfined",
        "seccomp": "builtin" if seccomp == _profile(spec) else seccomp,
    }


def _security_words(said: Mapping[str, Any]) -> list[str]:
    return ["%s=%s" % (name, _word(said[name])) for name in sorted(said)]


def _word(value: Any) -> str:
    """A profile is known by its digest: nobody reads its hundreds of names in a diff."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    document = json.dumps(value, sort_keys=True).encode()
    return "profile sha256:" + hashlib.sha256(document).hexdigest()[:12]


def _put_devices(spec: dict[str, Any], devices: Mapping[str, Mapping[str, Any]]) -> None:
    """``devices`` by path in the container: entries of linux.devices, each with what may be done as ``access``."""
    linux = child(spec, "linux")
    kept = [node for node in linux.get("devices") or () if node["path"] not in devices]
    nodes = [{key: value for key, value in node.items() if key != "access"} for node in devices.values()]
    linux["devices"] = kept + nodes
    rules = child(linux, "resources").setdefault("devices", [])
    rules += [
        {"allow": True, **{key: node[key] for key in ("type", "major", "minor", "access")}}
        for node in devices.values()
    ]


def _read_devices(spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    rules = look(spec, "linux", "resources", "devices") or ()
    return {
        node["path"]: {**node, "access": _access(rules, node)}
        for node in look(spec, "linux", "devices") or ()
    }


def _access(rules: Sequence[Mapping[str, Any]], node: Mapping[str, Any]) -> str:
    """What the last rule about this device grants; a rule without numbers is about all."""
    access = ""
    for rule in rules:
        is_about_it = all(
            rule.get(key) in (None, -1, "a", node.get(key)) for key in ("type", "major", "minor")
        )
        if is_about_it:
            access = rule.get("access") or "rwm" if rule.get("allow") else ""
    return access


def _device_words(devices: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        "%s (%s %d:%d, %s)" % (path, d.get("type"), d.get("major", 0), d.get("minor", 0), d.get("access"))
        for path, d in sorted(devices.items())
    ]


OPTIONS = {
    "devices": Option(_put_devices, _read_devices, _device_words),
    "cap_drop": Option(_drop, _dropped),  # before what is added, which wins
    "capabilities": Option(_add, _added),
    "ulimits": Option(_put_ulimits, _read_ulimits, _ulimit_words),
    "oom_score_adj": Option(_put_score, lambda spec: look(spec, "process", "oomScoreAdj")),
    "sysctls": Option(_put_sysctls, lambda spec: look(spec, "linux", "sysctl") or {}),
    "security_opts": Option(_put_security, _read_security, _security_words),
}


def confine(spec: dict[str, Any]) -> None:
    """Give a new container the usual profile, for the capabilities that it has by now."""
    spec["linux"]["seccomp"] = _profile(spec)
