# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts of a snapshot on a directory that everybody sees, made and undone by system calls.

Knows mount(2) and umount2(2); never why something is mounted.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from .._values.errors import Refused, Unsupported
from .kernel import BIND, CLONE_FS, MAX_MOUNT_DATA_BYTES, NODEV, NOEXEC, NOSUID, RDONLY, REC, REMOUNT, Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._values.container import SnapshotMount

MAX_USERS = 3  # of a busy mount that are named

_FLAGS = {
    "ro": RDONLY,
    "rw": 0,
    "nosuid": NOSUID,
    "nodev": NODEV,
    "noexec": NOEXEC,
    "sync": 16,
    "noatime": 1024,
    "nodiratime": 2048,
    "bind": BIND,
    "rbind": BIND | REC,
    "relatime": 1 << 21,
    "strictatime": 1 << 24,
}
_FOR_CLIENTS = ("X-containerd.", "x-containerd.")
_NEEDS_MORE = frozenset(("loop", "uidmap", "gidmap"))
_OTHER_SNAPSHOTTER = "set snapshotter to one whose snapshots the kernel mounts by itself, such as overlayfs"
_REMEDIES = {
    errno.ENOENT: "run the task where containerd's own directories can be seen",
    errno.ENODEV: _OTHER_SNAPSHOTTER,
}


def mount_snapshot(mounts: Sequence[SnapshotMount], target: str) -> None:
    """Make the mounts of a snapshot visible on ``target``; on failure none of them stays."""
    from concurrent.futures import ThreadPoolExecutor

    if len(mounts) != 1 or mounts[0].target not in ("", "/"):
        raise Unsupported("the snapshot wants %d mounts at once" % len(mounts), _OTHER_SNAPSHOTTER)
    with ThreadPoolExecutor(1) as own_thread:  # its working directory parts from the process's
        own_thread.submit(_mount, mounts[0], target).result()


def unmount(target: str) -> None:
    """Take the topmost mount off ``target``; Refused while something uses it."""
    try:
        _kernel().call("umount2", "unmount " + target, os.fsencode(target), 0)
    except Refused as refused:
        if refused.code != "EBUSY":
            raise
        raise Refused(
            "cannot unmount %s: it is in use%s" % (target, _by_whom(target)),
            "end what uses it and run the task again",
            code="EBUSY",
        ) from refused


def mount_call(mount: SnapshotMount) -> tuple[int, str, str]:
    """Flags, options and the directory to call mount(2) from."""
    flags, data = 0, []
    for option in mount.options:
        key = option.partition("=")[0]
        if option in _FLAGS:
            flags |= _FLAGS[option]
        elif key in _NEEDS_MORE:
            raise Unsupported("the snapshot is to be mounted with option %s" % option, _OTHER_SNAPSHOTTER)
        elif not key.startswith(_FOR_CLIENTS):
            data.append(option)
    directory = ""
    text = ",".join(data)
    if len(os.fsencode(text)) > MAX_MOUNT_DATA_BYTES:
        text, directory = _from_common_directory(data)
        if len(os.fsencode(text)) > MAX_MOUNT_DATA_BYTES:
            raise Unsupported(
                "the snapshot has more layers than fit into one mount", "use an image of fewer layers"
            )
    return flags, text, directory


def _from_common_directory(data: Sequence[str]) -> tuple[str, str]:
    """The lower directories of an overlay written from the directory that they share, as containerd does it."""
    lower = [path for option in data if option.startswith("lowerdir=") for path in option[9:].split(":")]
    directory = os.path.commonpath(lower) if lower else ""
    shorter = ":".join(os.path.relpath(path, directory) for path in lower)
    rest = [option for option in data if not option.startswith("lowerdir=")]
    return ",".join((*rest, "lowerdir=" + shorter)), directory


def _kernel() -> Kernel:
    return Kernel(_REMEDIES, "see the kernel's log (dmesg)")


def _mount(mount: SnapshotMount, target: str) -> None:
    """To be run by a thread of its own."""
    kernel = _kernel()
    flags, data, directory = mount_call(mount)
    work = "mount %s on %s" % (mount.type, target)
    if directory:
        kernel.call("unshare", work, CLONE_FS)
        os.chdir(directory)
    where = (os.fsencode(mount.source), os.fsencode(target), os.fsencode(mount.type))
    kernel.mount(work, *where, flags, os.fsencode(data))
    if flags & BIND and flags & RDONLY:  # a bind becomes read-only only when it is there (mount(2))
        try:
            kernel.mount(work, *where, flags & ~REC | REMOUNT, None)
        except Refused:
            unmount(target)
            raise


def _by_whom(target: str) -> str:
    """Mounts below, and processes that have a file open there, as far as they can be found."""
    from .mountinfo import read_mounts

    below = [each.target for each in read_mounts() if each.target.startswith(target + "/")]
    users = ["the mount on " + path for path in below]
    users += ["process %s" % user for user in _processes(target, MAX_USERS)]
    return " by " + ", ".join(users[:MAX_USERS]) if users else ""


def _processes(target: str, limit: int) -> list[str]:
    found: list[str] = []
    for pid in sorted(filter(str.isdecimal, os.listdir("/proc")), key=int):
        if len(found) == limit:
            break
        if any(path == target or path.startswith(target + "/") for path in _open_paths("/proc/" + pid)):
            found.append("%s (%s)" % (pid, _command(pid)))
    return found


def _command(pid: str) -> str:
    try:
        with open("/proc/%s/comm" % pid, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return "which has ended meanwhile"


def _open_paths(process: str) -> Iterator[str]:
    links = [process + "/cwd", process + "/root", process + "/exe"]
    try:
        links += ["%s/fd/%s" % (process, number) for number in os.listdir(process + "/fd")]
    except OSError:  # it has ended, or is not ours to see
        return
    for link in links:
        try:
            yield os.readlink(link)
        except OSError:
            continue
