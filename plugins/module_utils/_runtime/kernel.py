# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system calls that Python does not have, with failures in words. Knows no mount and no snapshot."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_MOUNT_DATA_BYTES = 4095  # mount(2) takes one page of options, NUL included

# linux/mount.h and linux/sched.h
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC = 1, 2, 4, 8, 32, 4096, 16384
PRIVATE, CLONE_FS, CLONE_NEWNS, DETACH = 1 << 18, 0x200, 0x20000, 2

_FOR_ALL = {errno.EPERM: "run with become", errno.EACCES: "run with become"}


class Kernel:
    """Calls of one purpose: ``remedies`` by errno for what can be put right, ``otherwise`` for all else."""

    def __init__(self, remedies: Mapping[int, str], otherwise: str) -> None:
        import ctypes

        self._errno = ctypes.get_errno
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._flags = ctypes.c_ulong
        self._remedies = {**_FOR_ALL, **remedies}
        self._otherwise = otherwise

    def mount(
        self,
        work: str,
        source: bytes | None,
        target: bytes,
        kind: bytes | None,
        flags: int,
        data: bytes | None,
    ) -> None:
        """mount(2)."""
        self.call("mount", work, source, target, kind, self._flags(flags), data)

    def call(self, name: str, work: str, *arguments: object) -> None:
        """Refused, with errno's name for a code, when the call fails; ``work`` says what it was to do."""
        function: Callable[..., int] = getattr(self._libc, name)
        if function(*arguments) != 0:
            raise self.refused(work, self._errno())

    def refused(self, work: str, number: int) -> Refused:
        """The failure of ``work`` with errno ``number``."""
        code = errno.errorcode.get(number, str(number))
        remedy = self._remedies.get(number, self._otherwise)
        return Refused("cannot %s: %s" % (work, os.strerror(number)), remedy, code=code)
