# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single options read back from any container's spec, in the user's words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.container import Identity

if TYPE_CHECKING:
    from collections.abc import Mapping


def env_of(spec: Mapping[str, Any]) -> dict[str, str]:
    pairs = (entry.partition("=") for entry in _process(spec).get("env") or ())
    return {key: value for key, _equals, value in pairs}


def args_of(spec: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_process(spec).get("args") or ())


def working_dir_of(spec: Mapping[str, Any]) -> str:
    return "/" + "/".join(
        part for part in (_process(spec).get("cwd") or "").split("/") if part not in ("", ".")
    )


def user_of(spec: Mapping[str, Any]) -> Identity:
    """Groups as a set with the primary one in it: their order means nothing to the kernel."""
    user: Mapping[str, Any] = _process(spec).get("user") or {}
    gid = user.get("gid", 0)
    return Identity(user.get("uid", 0), gid, tuple(sorted({gid, *(user.get("additionalGids") or ())})))


def rootfs_of(spec: Mapping[str, Any]) -> str:
    """The directory of the host that is its root file system; '' for a snapshot."""
    path = (spec.get("root") or {}).get("path") or ""
    return path if path.startswith("/") else ""


def network_mode_of(spec: Mapping[str, Any]) -> str:
    """none, host or ns:PATH."""
    for item in (spec.get("linux") or {}).get("namespaces") or ():
        if item.get("type") == "network":
            return "ns:" + item["path"] if item.get("path") else "none"
    return "host"


def is_read_only(spec: Mapping[str, Any]) -> bool:
    return bool((spec.get("root") or {}).get("readonly"))


def has_terminal(spec: Mapping[str, Any]) -> bool:
    return bool(_process(spec).get("terminal"))


def is_privileged(spec: Mapping[str, Any]) -> bool:
    linux: Mapping[str, Any] = spec.get("linux") or {}
    capabilities: Mapping[str, Any] = _process(spec).get("capabilities") or {}
    is_masked = linux.get("maskedPaths") or linux.get("readonlyPaths")
    return not is_masked and "CAP_SYS_ADMIN" in (capabilities.get("bounding") or ())


def _process(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    return spec.get("process") or {}
