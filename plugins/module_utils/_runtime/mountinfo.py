# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel says is mounted where (proc_pid_mountinfo(5)), and whether it is what a snapshot shows.

Looks only; knows nothing of containerd but how its overlays are written.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.container import SnapshotMount

_ESCAPED = re.compile(r"\\([0-7]{3})")


class Mounted(Value):
    """One line of mountinfo."""

    target: str
    type: str
    source: str
    device: int  # st_dev of what is mounted
    options: tuple[str, ...]  # of the file system; those of the mount are not told here


def read_mounts() -> list[Mounted]:
    """Every mount that this process sees, in the order of mounting."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        return [_parse(line) for line in lines]


def _parse(line: str) -> Mounted:
    mount, _dash, file_system = line.rstrip("\n").partition(" - ")
    _id, _parent, device, _root, target = mount.split(" ")[:5]
    kind, source, options = file_system.split(" ")
    major, _colon, minor = device.partition(":")
    return Mounted(
        _plain(target),
        kind,
        _plain(source),
        os.makedev(int(major), int(minor)),
        tuple(_plain(option) for option in options.split(",")),
    )


def _plain(text: str) -> str:
    """Without the octal escapes that mountinfo has for blanks and backslashes."""
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 8)), text)


def shows(mounted: Mounted, wanted: Sequence[SnapshotMount]) -> bool:
    """Whether ``mounted`` is what these mounts of a snapshot make when they are made there."""
    if len(wanted) != 1:
        return False  # a stack of several kinds, which is never mounted by us
    mount = wanted[0]
    if mount.type == "overlay":
        return mounted.type == "overlay" and _same_layers(_layers(mounted.options), _layers(mount.options))
    if "bind" in mount.options or "rbind" in mount.options:
        return _is_same_directory(mounted, mount.source)
    return (mounted.type, mounted.source) == (mount.type, mount.source)


def _layers(options: Sequence[str]) -> list[str]:
    """The upper directory of an overlay ('' without one), then the lower ones."""
    upper, lower = "", []
    for option in options:
        key, _sign, value = option.partition("=")
        if key == "upperdir":
            upper = value
        elif key in ("lowerdir", "lowerdir+"):
            lower += value.split(":")
    return [upper, *lower]


def _same_layers(mounted: Sequence[str], wanted: Sequence[str]) -> bool:
    """With many layers a mount names them from a directory that the kernel does not tell."""
    return len(mounted) == len(wanted) and all(
        full == part or (part and not part.startswith("/") and full.endswith("/" + part))
        for part, full in zip(mounted, wanted)
    )


def _is_same_directory(mounted: Mounted, source: str) -> bool:
    try:
        return os.path.samefile(mounted.target, source)
    except OSError:
        return False
