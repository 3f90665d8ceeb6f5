# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of the OCI spec's ``mounts``: when two that are written differently mean the same. Pure."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .._values.container import Mount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SOURCELESS = frozenset(("proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"))
_SAID_ANYWAY = frozenset(("rw", "suid", "dev", "exec", "async", "defaults"))  # the kernel's defaults
_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def place_of(entry: Mapping[str, Any]) -> str:
    return posixpath.normpath("/" + (entry.get("destination") or "").lstrip("/"))  # "//a" is kept by normpath


def is_bind(options: Iterable[str]) -> bool:
    return any(option in ("bind", "rbind") for option in options)


def normalise_mount(entry: Mapping[str, Any]) -> Mount:
    """The one spelling of a mount: clean paths, sorted options without the defaults, sizes in bytes."""
    options = set(entry.get("options") or ())
    kind = "bind" if is_bind(options) else entry.get("type") or "none"
    source = entry.get("source") or ""
    if kind == "bind":
        source = posixpath.normpath(source)
        if {"bind", "rec"} <= options:
            options.add("rbind")
        if "rbind" in options:
            options -= {"bind", "rec"}
    elif kind in _SOURCELESS:
        source = kind  # there it is only a name
    return Mount(place_of(entry), kind, source, tuple(sorted(map(_option, options - _SAID_ANYWAY))))


def _option(option: str) -> str:
    key, _sign, value = option.partition("=")
    number, unit = (value[:-1], value[-1:].lower()) if value[-1:].lower() in _UNITS else (value, "")
    if key in ("mode", "ptmxmode") and value.isdecimal():
        return key + "=" + (value.lstrip("0") or "0")
    if key == "size" and number.isdecimal() and len(number) < 20:
        return "size=%d" % (int(number) * _UNITS.get(unit, 1))
    return option
