# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CDI specification adds to an OCI runtime spec ("containerEdits"). Loaded when a device is named. Pure."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from .arguments import merge_env
from .mounts import normalise_mount, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOOK_KEYS = ("path", "args", "env", "timeout")


def put_edits(spec: dict[str, Any], edits: Mapping[str, Any]) -> None:
    """Add what is not there yet, so that a spec that has it all stays as it is. Device nodes have their numbers."""
    process, linux = spec.setdefault("process", {}), spec.setdefault("linux", {})
    if edits.get("env"):
        pairs = (each.partition("=") for each in edits["env"])
        wanted = {name: value for name, _sign, value in pairs}
        process["env"] = merge_env(process.get("env") or [], wanted)
    for node in edits.get("deviceNodes") or ():
        _put_node(linux, node)
    for mount in edits.get("mounts") or ():
        _put_mount(spec, mount)
    for hook in edits.get("hooks") or ():
        entry = {key: hook[key] for key in _HOOK_KEYS if hook.get(key)}
        hooks = spec.setdefault("hooks", {}).setdefault(hook["hookName"], [])
        if entry not in hooks:
            hooks.append(entry)
    gids = edits.get("additionalGids") or ()
    if gids:
        user = process.setdefault("user", {})
        user["additionalGids"] = sorted({*(user.get("additionalGids") or ()), *gids})


def has_edits(spec: Mapping[str, Any], edits: Mapping[str, Any]) -> bool:
    """Whether there would be nothing to add."""
    edited = copy.deepcopy(dict(spec))
    put_edits(edited, edits)
    return edited == spec


def _put_node(linux: dict[str, Any], node: Mapping[str, Any]) -> None:
    entry = {key: value for key, value in node.items() if key != "permissions"}
    devices = linux.setdefault("devices", [])
    if entry not in devices:
        devices[:] = [*(each for each in devices if each.get("path") != entry["path"]), entry]
    rule = {"allow": True, **{key: node[key] for key in ("type", "major", "minor")}}
    rule["access"] = node.get("permissions") or "rwm"
    rules = linux.setdefault("resources", {}).setdefault("devices", [])
    if rule not in rules and {"allow": True, "access": "rwm"} not in rules:
        rules.append(rule)


def _put_mount(spec: dict[str, Any], mount: Mapping[str, Any]) -> None:
    entry = {
        "destination": mount["containerPath"],
        "type": mount.get("type") or "bind",
        "source": mount["hostPath"],
        "options": mount.get("options") or ["ro", "nosuid", "nodev", "rbind"],
    }
    mounts = spec.setdefault("mounts", [])
    if normalise_mount(entry) not in map(normalise_mount, mounts):
        mounts[:] = [*(each for each in mounts if place_of(each) != place_of(entry)), entry]
