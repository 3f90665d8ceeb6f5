# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a running container, through the root of its process: no program inside is needed, and no size is too large.

The kernel itself keeps every link inside that root, follows none of the magic ones of /proc (openat2(2)), and judges
by the rights of one of the container's users (setfsuid(2)). Knows system calls; never containerd.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from .._values.errors import Failure, NotFound, Refused, Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from .._values.container import Identity

CHUNK_BYTES = 1 << 20
PRIVATE = 0o600  # whoever sends a file sets its mode next; until then it is nobody else's

OPENAT2 = 437  # on every architecture
NO_MAGIC_LINKS, IN_ROOT = 0x02, 0x10  # linux/openat2.h: RESOLVE_*
ATTEMPTS = 32  # the kernel gives up when directories are renamed under a path with ".." in it
# setgroups(2) of the kernel is of one thread; that of the C library would be of the whole process.
SETGROUPS = {"x86_64": 116, "aarch64": 159, "riscv64": 159, "ppc64le": 81, "s390x": 206}

_T = TypeVar("_T")


class ContainerRoot:
    """The root directory of a process, held open: it stays the same one whatever becomes of the process."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        try:
            self._file = os.open("/proc/%d/root" % pid, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError as error:
            raise NotFound("process %d of the container has ended" % pid, "see its log") from error
        except OSError as error:
            raise _no_access(pid, error) from error

    def __enter__(self) -> ContainerRoot:
        return self

    def __exit__(self, *_exc: object) -> None:
        os.close(self._file)

    def write(self, path: str, source: IO[bytes], identity: Identity) -> None:
        """Put all of ``source`` into the file at ``path``, which that user makes or overwrites."""
        work = "write %s in the container" % path
        file = self._as(identity, lambda: self._open(work, path, os.O_WRONLY | os.O_CREAT, PRIVATE))
        with open(file, "wb", buffering=0) as sink:
            try:
                os.ftruncate(file, 0)
                shutil.copyfileobj(source, sink, CHUNK_BYTES)
            except OSError as error:
                with suppress(OSError):
                    os.ftruncate(file, 0)
                raise _refused(work, error.errno or 0) from error

    def read(self, path: str, sink: IO[bytes], identity: Identity) -> None:
        """Put all of the file at ``path`` into ``sink``, as far as that user may read it."""
        work = "read %s in the container" % path
        file = self._as(identity, lambda: self._open(work, path, os.O_RDONLY, 0))
        with open(file, "rb", buffering=0) as source:
            shutil.copyfileobj(source, sink, CHUNK_BYTES)

    def _open(self, work: str, path: str, flags: int, mode: int) -> int:
        libc, ctypes = _libc()
        # Nonblocking, since a fifo may lie there; never the terminal of this process.
        flags |= os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        how = struct.pack("=QQQ", flags, mode, NO_MAGIC_LINKS | IN_ROOT)
        number = errno.EAGAIN
        for _each in range(ATTEMPTS):
            file: int = libc.syscall(
                ctypes.c_long(OPENAT2), self._file, os.fsencode(path), how, ctypes.c_size_t(len(how))
            )
            if file >= 0:
                _check_regular(work, file)
                return file
            number = ctypes.get_errno()
            if number != errno.EAGAIN:
                break
        raise _refused(work, number)

    def _as(self, identity: Identity, work: Callable[[], _T]) -> _T:
        """Have a thread of its own do ``work`` with the rights of that user; it ends, and its rights with it."""
        uid = self._host_id("uid_map", identity.uid)
        gid = self._host_id("gid_map", identity.gid)
        groups = [self._host_id("gid_map", each) for each in identity.additional_gids]

        def do() -> _T:
            if uid or gid:
                _become(uid, gid, groups)
            return work()

        with ThreadPoolExecutor(1) as own_thread:
            return own_thread.submit(do).result()

    def _host_id(self, name: str, number: int) -> int:
        """What this host calls a user or group of the container, which may have a user namespace of its own."""
        try:
            with open("/proc/%d/%s" % (self._pid, name), encoding="ascii") as lines:
                ranges = [[int(word) for word in line.split()] for line in lines]
        except OSError as error:
            raise _no_access(self._pid, error) from error
        for inside, outside, count in ranges:
            if inside <= number < inside + count:
                return outside + number - inside
        raise Refused("the container has no user or group %d" % number, "name one that it has")


def _become(uid: int, gid: int, groups: list[int]) -> None:
    """Of this thread alone. Without root's user id the kernel takes root's rights over files away too."""
    libc, ctypes = _libc()
    machine = os.uname().machine
    if machine not in SETGROUPS:
        raise Unsupported("files of other users than root cannot be written on %s" % machine, "use root")
    numbers = (ctypes.c_uint32 * len(groups))(*groups)
    failed = libc.syscall(ctypes.c_long(SETGROUPS[machine]), ctypes.c_size_t(len(groups)), numbers)
    number = ctypes.get_errno()
    libc.setfsgid(ctypes.c_uint32(gid))
    libc.setfsuid(ctypes.c_uint32(uid))
    nobody = ctypes.c_uint32(0xFFFFFFFF)  # is refused, and so asks who it is now
    if failed or libc.setfsgid(nobody) != gid or libc.setfsuid(nobody) != uid:
        raise _refused("act as user %d" % uid, number or errno.EPERM)


def _libc() -> tuple[Any, Any]:
    import ctypes

    return ctypes.CDLL(None, use_errno=True), ctypes


def _check_regular(work: str, file: int) -> None:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Refused("cannot %s: it is not a regular file" % work, "name another path")


def _no_access(pid: int, error: OSError) -> Failure:
    said = "cannot reach the files of process %d: %s" % (pid, error.strerror)
    return Refused(said, "run Ansible as root on this host")


def _refused(work: str, number: int) -> Failure:
    said = "cannot %s: %s" % (work, os.strerror(number))
    code = errno.errorcode.get(number, str(number))
    if number == errno.ENOSYS:
        return Unsupported(said, "use Linux 5.6 or newer on the controller", code=code)
    if number == errno.ENOENT:
        return NotFound(said, "check the path, as the container sees it", code=code)
    if number in (errno.EACCES, errno.EPERM):
        return Refused(said, "set remote_user to one who may, or take another path", code=code)
    return Refused(said, "check the path and the space there, as the container sees them", code=code)
