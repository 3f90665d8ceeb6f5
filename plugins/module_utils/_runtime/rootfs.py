# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a snapshot's own files say about its users: mounts it read-only, reads, and leaves no trace.

The work is done by a thread with a mount namespace, a root and a working directory of its own. So nobody
else ever sees the mount, a killed process leaves at most an empty directory, and it is the kernel itself that
keeps every symbolic link of the image inside the image. Knows mount(2); never what the users mean.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._values.errors import Failure, Refused, Unsupported
from .kernel import (
    BIND,
    CLONE_NEWNS,
    DETACH,
    MAX_MOUNT_DATA_BYTES,
    NODEV,
    NOEXEC,
    NOSUID,
    PRIVATE,
    RDONLY,
    REC,
    REMOUNT,
    Kernel,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    from .._values.container import SnapshotMount

    _Seen = TypeVar("_Seen")

MAX_FILE_BYTES = 4 << 20  # a passwd file of 50,000 users; an image may hold anything under that name

_FLAGS = {"bind": BIND, "rbind": BIND | REC}
_HARMLESS = RDONLY | NOSUID | NODEV | NOEXEC
# Flags for which the above stands, and what is for clients only or has no place in a mount that is read.
_IGNORED = frozenset(("ro", "rw", "nosuid", "nodev", "noexec", "volatile", "loop"))
_IGNORED_KEYS = frozenset(("workdir", "uidmap", "gidmap"))
_NUMBERS = "write user as numbers, such as 1000:1000"
_REMEDIES = {
    errno.ENOENT: "run it where containerd's own mounts can be seen, or " + _NUMBERS,
}


def read_users(mounts: Sequence[SnapshotMount]) -> tuple[str, str]:
    """The texts of /etc/passwd and /etc/group in the snapshot of these mounts; "" for a file not there."""
    import tempfile
    from concurrent.futures import ThreadPoolExecutor

    try:
        target = tempfile.mkdtemp(prefix="containerd-users-")
        try:
            with ThreadPoolExecutor(1) as own_thread:
                return own_thread.submit(_read_mounted, mounts, target).result()
        finally:
            os.rmdir(target)  # never recursively: were the mount still there, it would empty the snapshot
    except OSError as error:
        raise _kernel().refused("look into a snapshot", error.errno or 0) from error


def read_users_of(directory: str) -> tuple[str, str]:
    """The same for a root file system that is a directory of the host. Its links too lead nowhere else."""
    try:
        return _below(directory, lambda: (_read("/etc/passwd"), _read("/etc/group")))
    except OSError as error:
        said = "cannot look into %s: %s" % (directory, error.strerror)
        raise Refused(said, "run with become, or correct rootfs") from error


def has_path(pid: int, pattern: str) -> bool:
    """Whether ``pattern``, an absolute path that may hold wildcards, names something in that process's root."""
    import glob

    try:
        return _below("/proc/%d/root" % pid, lambda: bool(glob.glob(pattern)))
    except OSError as error:
        said = "cannot look at the files of process %d: %s" % (pid, error.strerror)
        raise Refused(said, "run with become") from error


def _below(directory: str, look: Callable[[], _Seen]) -> _Seen:
    """What ``look`` sees in a thread of its own, to which ``directory`` is the root."""
    from concurrent.futures import ThreadPoolExecutor

    def confined() -> _Seen:
        _leave_shared_namespaces(_kernel())
        with _root_at(directory):
            return look()

    with ThreadPoolExecutor(1) as own_thread:
        return own_thread.submit(confined).result()


def mount_call(mount: SnapshotMount) -> tuple[int, str, str]:
    """Flags, options and the directory to call mount(2) from, for a mount that is only to be read."""
    flags = 0
    lower: list[str] = []
    data: list[str] = []
    for option in mount.options:
        key, _sign, value = option.partition("=")
        if key == "upperdir":
            lower.insert(0, value)  # an upper directory that is only read is one more lower one
        elif key == "lowerdir":
            lower += value.split(":")
        elif option in _FLAGS:
            flags |= _FLAGS[option]
        elif option not in _IGNORED and key not in _IGNORED_KEYS and not key.startswith("X-"):
            data.append(option)
    directory = ""
    if lower:
        if len(_joined(data, lower)) > MAX_MOUNT_DATA_BYTES:
            directory = os.path.commonpath(lower)
            lower = [os.path.relpath(path, directory) for path in lower]
        data.append("lowerdir=" + ":".join(lower))
    text = ",".join(data)
    if len(os.fsencode(text)) > MAX_MOUNT_DATA_BYTES:
        raise Unsupported("the snapshot has too many layers to be mounted", _NUMBERS)
    return flags, text, directory


def _joined(data: Sequence[str], lower: Sequence[str]) -> bytes:
    return os.fsencode(",".join((*data, "lowerdir=" + ":".join(lower))))


def _read_mounted(mounts: Sequence[SnapshotMount], target: str) -> tuple[str, str]:
    """To be run by a thread of its own: its mounts, root and working directory part from the process's."""
    kernel = _kernel()
    _leave_shared_namespaces(kernel)
    with _mounted(kernel, mounts, target), _root_at(target):
        return _read("/etc/passwd"), _read("/etc/group")


@contextmanager
def _mounted(kernel: Kernel, mounts: Sequence[SnapshotMount], target: str) -> Iterator[None]:
    done = 0
    try:
        for mount in mounts:
            _mount(kernel, mount, target)
            done += 1
        yield
    finally:
        for _each in range(done):
            _unmount(kernel, target)


@contextmanager
def _root_at(target: str) -> Iterator[None]:
    before = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.chroot(target)
        os.chdir("/")
        yield
    finally:
        os.fchdir(before)
        os.chroot(".")
        os.close(before)


def _read(path: str) -> str:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise _unreadable(path, error.strerror or "error %s" % error.errno) from error
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise _unreadable(path, "it is not a regular file")
        content = os.read(file, MAX_FILE_BYTES + 1)  # a regular file gives all it has at once
    finally:
        os.close(file)
    if len(content) > MAX_FILE_BYTES:
        raise _unreadable(path, "it is larger than %d bytes" % MAX_FILE_BYTES)
    return content.decode(errors="replace")


def _unreadable(path: str, reason: str) -> Failure:
    return Refused("cannot read %s of the image: %s" % (path, reason), _NUMBERS)


def _kernel() -> Kernel:
    return Kernel(_REMEDIES, _NUMBERS)


def _leave_shared_namespaces(kernel: Kernel) -> None:
    kernel.call("unshare", "isolate the mount of a snapshot", CLONE_NEWNS)
    try:
        kernel.mount("make mounts private", None, b"/", None, REC | PRIVATE, None)
    except Refused as refused:
        if refused.code != "EINVAL":  # "/" is no mount point: we are in a chroot, and unmounting must do
            raise


def _mount(kernel: Kernel, mount: SnapshotMount, target: str) -> None:
    if mount.target not in ("", "/"):
        raise Unsupported("the snapshot wants a mount at %s inside another" % mount.target, _NUMBERS)
    flags, data, directory = mount_call(mount)
    if directory:
        os.chdir(directory)
    where = (mount.source.encode(), target.encode(), mount.type.encode())
    work = "mount the snapshot's %s %s" % (mount.type, mount.source)
    kernel.mount(work, *where, flags or _HARMLESS, os.fsencode(data))
    if flags & BIND:  # a bind becomes read-only only when it is there (mount(2), "Remounting")
        try:
            kernel.mount(work, *where, REMOUNT | BIND | _HARMLESS, None)
        except Failure:
            _unmount(kernel, target)
            raise


def _unmount(kernel: Kernel, target: str) -> None:
    try:
        kernel.call("umount2", "unmount a snapshot", target.encode(), 0)
    except Refused:
        kernel.call("umount2", "unmount a snapshot", target.encode(), DETACH)
