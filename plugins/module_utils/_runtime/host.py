# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this host lends to a container that is privileged or shares its network: name, capabilities, devices.

As ctr gathers it. Knows /proc and /dev; never what a spec does with it.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from .._spec.capabilities import named
from .._values.container import Host
from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE_BYTES = 4 << 20
_NOT_DEVICES = frozenset(("pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev"))


def read_host() -> Host:
    return Host(os.uname().nodename, _own_capabilities(), tuple(_devices("/dev")))


def read_device(path: str) -> dict[str, Any]:
    """The device node that ``path`` names or links to, as an entry of the OCI spec's linux.devices."""
    try:
        status = os.stat(path)
    except OSError as exc:
        raise Refused("cannot look at device %s: %s" % (path, exc.strerror), "name one of this host") from exc
    kind = _kind(status)
    if not kind:
        raise Refused("%s is not a device" % path, "name a device node, or use mounts for files")
    return _node(path, kind, status)


def check_directory(path: str) -> None:
    """Refused when a container cannot have ``path`` for its root file system."""
    try:
        is_directory = stat.S_ISDIR(os.stat(path).st_mode)
        reason = "it is not one"
    except OSError as exc:
        is_directory, reason = False, exc.strerror or str(exc)
    if not is_directory:
        raise Refused(
            "cannot use %s as a directory: %s" % (path, reason), "make it on this host, or correct rootfs"
        )


def read_file(path: str) -> str:
    """The text of a file that the user named; Refused when it cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(MAX_FILE_BYTES)
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or str(exc)
        raise Refused(
            "cannot read %s: %s" % (path, reason), "put a readable file there on this host"
        ) from exc


def _own_capabilities() -> tuple[str, ...]:
    """What we may do ourselves: a runtime cannot give a container more than its daemon has."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as lines:
        masks = [int(line.split()[1], 16) for line in lines if line.startswith("CapEff:")]
    return named(masks[0]) if masks else ()


def _devices(directory: str) -> Iterator[dict[str, Any]]:
    for entry in sorted(os.scandir(directory), key=lambda found: found.name):
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _NOT_DEVICES:
                yield from _devices(entry.path)
        elif entry.name != "console":
            status = entry.stat(follow_symlinks=False)
            if _kind(status):
                yield _node(entry.path, _kind(status), status)


def _kind(status: os.stat_result) -> str:
    return "c" if stat.S_ISCHR(status.st_mode) else "b" if stat.S_ISBLK(status.st_mode) else ""


def _node(path: str, kind: str, status: os.stat_result) -> dict[str, Any]:
    return {
        "path": path,
        "type": kind,
        "major": os.major(status.st_rdev),
        "minor": os.minor(status.st_rdev),
        "fileMode": stat.S_IMODE(status.st_mode),
        "uid": status.st_uid,
        "gid": status.st_gid,
    }
