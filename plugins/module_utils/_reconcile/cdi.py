# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices by the names that CDI gives them (Container Device Interface, SPEC.md). Loaded when one is named.

Knows the files' format; never where they lie, and never what a spec does with them.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._values.container import SpecWish
    from .verbs import ContainerVerbs

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*/[A-Za-z][A-Za-z0-9_-]*=[A-Za-z0-9][A-Za-z0-9_.:-]*")
_HOOKS = ("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop")
_KNOWN = ("env", "deviceNodes", "mounts", "hooks", "additionalGids")
_NODE_KEYS = ("path", "type", "major", "minor", "fileMode", "uid", "gid", "permissions")


def want_cdi_devices(names: Iterable[str]) -> dict[str, None]:
    """In their order; what they stand for, the host tells later."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise Refused("cdi_devices: %r is no name of CDI" % name, "write VENDOR/CLASS=DEVICE")
    return dict.fromkeys(names)


def resolve_devices(verbs: ContainerVerbs, wish: SpecWish) -> dict[str, dict[str, Any]]:
    """What each device adds to a container: its own edits after those for all of its kind.

    Refused when it contradicts another device or what the task says, since only one of them could be had.
    """
    devices = _find(verbs, wish.cdi_devices)
    said = {("variable", name): ("the task", value) for name, value in (wish.env or {}).items()}
    for mount in (*(wish.mounts or ()), *(each for some in wish.extra_mounts.values() for each in some)):
        said["mount", mount.destination] = "the task", ""
    for name, edits in devices.items():
        for place, value in _places(edits):
            who, other = said.setdefault(place, (name, value))
            if other != value:
                raise Refused(
                    "%s %s is asked for by %s and, otherwise, by CDI device %s" % (*place, who, name),
                    "leave one of them out",
                )
    return devices


def _places(edits: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    """What of a container an edit takes for itself, and what it puts there."""
    for pair in edits["env"]:
        name, _sign, value = pair.partition("=")
        yield ("variable", name), value
    for mount in edits["mounts"]:
        yield ("mount", mount["containerPath"]), mount
    for node in edits["deviceNodes"]:
        yield ("device", node["path"]), node


def _find(verbs: ContainerVerbs, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    texts = verbs.cdi_files()
    for path, text in texts.items():
        if path.endswith(".json"):
            found.update(_devices(path, text))
    for name in names:
        if name not in found:
            yaml = sorted(path for path in texts if not path.endswith(".json"))
            raise NotFound(
                "no CDI specification on this host has device %s%s"
                % (name, "; %s is YAML, which is not read" % yaml[0] if yaml else ""),
                "have the vendor's tool write it as JSON to /etc/cdi or /var/run/cdi",
            )
    return {name: _complete(verbs, found[name]) for name in names}


def _devices(path: str, text: str) -> dict[str, dict[str, Any]]:
    try:
        document = json.loads(text)
        common = document.get("containerEdits") or {}
        return {
            "%s=%s" % (document["kind"], device["name"]): _joined(
                path, common, device.get("containerEdits") or {}
            )
            for device in document["devices"]
        }
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise Refused(
            "%s is no CDI specification: %s" % (path, exc), "correct the file, or remove it"
        ) from exc


def _joined(path: str, common: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted({*common, *own} - set(_KNOWN))
    if unknown:
        raise Refused("%s wants %s, which is not supported" % (path, unknown[0]), "take it out of the file")
    return {key: [*(common.get(key) or ()), *(own.get(key) or ())] for key in _KNOWN}


def _complete(verbs: ContainerVerbs, edits: Mapping[str, Any]) -> dict[str, Any]:
    """Device nodes with the numbers of the host's, where the file has none."""
    for hook in edits["hooks"]:
        if hook.get("hookName") not in _HOOKS or not hook.get("path"):
            raise Refused("a CDI hook %r is not known" % hook.get("hookName"), "correct the CDI file")
    for mount in edits["mounts"]:
        if not (mount.get("hostPath") and mount.get("containerPath")):
            raise Refused("a CDI mount has no hostPath or no containerPath", "correct the CDI file")
    nodes = []
    for node in edits["deviceNodes"]:
        if not node.get("path"):
            raise Refused("a CDI device node has no path", "correct the CDI file")
        node = {key: node[key] for key in (*_NODE_KEYS, "hostPath") if node.get(key) is not None}
        host_path = node.pop("hostPath", node["path"])
        if not {"type", "major", "minor"} <= set(node):
            node = {**verbs.device(host_path), **node}
        nodes.append(node)
    return {**edits, "deviceNodes": nodes}
