# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file written aside, in the directory of the one that it shall replace, which stays whole until then.

While it is written it has no name, where the file system can do that: whatever kills us, nothing is left. Elsewhere
it is called ``.NAME.ctr-RANDOM`` and locked; one that nobody locks is what a killed module left, and the next one
that writes to the same place removes it. Knows nothing of archives.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

INFIX = ".ctr-"
MAX_NAME_CHARACTERS = 50  # of the replaced file's: four bytes each and all the rest stay below NAME_MAX
BUFFER_BYTES = 1 << 16
# What open(2) answers where O_TMPFILE is not to be had: by the file system, or by an old kernel.
_NO_NAMELESS = frozenset((errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL))


class Aside:
    """An open file beside ``path``; the file object is ``file``."""

    def __init__(self, path: str, *, is_nameless: bool = True) -> None:
        self._directory, name = os.path.split(path)
        self._prefix = ".%s%s" % (name[:MAX_NAME_CHARACTERS], INFIX)
        self.name = ""  # as long as it has none
        self._sweep()
        descriptor = self._open_nameless() if is_nameless else -1
        if descriptor < 0:
            descriptor = self._open_named()
        self.file: IO[bytes] = os.fdopen(descriptor, "wb", BUFFER_BYTES)

    def reserve(self, size: int) -> None:
        """Fail before the work begins where the file system has no room for so many bytes."""
        system = os.fstatvfs(self.file.fileno())
        if system.f_blocks and system.f_bavail * system.f_frsize < size:  # some tell no sizes at all
            raise OSError(errno.ENOSPC, "%s (%d bytes are needed)" % (os.strerror(errno.ENOSPC), size))

    def finish(self) -> str:
        """Everything is written: the name under which it can be renamed."""
        self.file.flush()
        if not self.name:
            name = self._new_name()
            with _open_directory("/proc/self/fd") as open_files:
                # linkat(2) with AT_SYMLINK_FOLLOW, as open(2) says under O_TMPFILE.
                os.link(str(self.file.fileno()), name, src_dir_fd=open_files, follow_symlinks=True)
            self.name = name
        return self.name

    def discard(self) -> None:
        """Leave nothing, unless it has been renamed."""
        if self.name:
            with suppress(FileNotFoundError):
                os.unlink(self.name)
        with suppress(OSError):  # what could not be written is not wanted any more
            self.file.close()

    def _open_nameless(self) -> int:
        try:
            return os.open(self._directory, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            if exc.errno in _NO_NAMELESS:
                return -1
            raise

    def _open_named(self) -> int:
        while True:
            name = self._new_name()
            descriptor = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            with suppress(OSError):  # some file systems know no locks; nobody can take this one for left then
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink:
                self.name = name
                return descriptor
            os.close(descriptor)  # swept away by somebody else before it was locked

    def _new_name(self) -> str:
        return os.path.join(self._directory, self._prefix + os.urandom(6).hex())

    def _sweep(self) -> None:
        """Remove what the killed have left."""
        for entry in os.listdir(self._directory):
            if entry.startswith(self._prefix):
                # Somebody writes it, or has just removed it; or there are no locks, and nobody can say.
                with suppress(OSError), open(os.path.join(self._directory, entry), "rb") as left:
                    fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    os.unlink(left.name)


@contextmanager
def written_aside(path: str) -> Iterator[Aside]:
    """What is written here is gone at the end of the ``with``, unless it was finished and renamed."""
    try:
        aside = Aside(path)
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    try:
        yield aside
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    finally:
        aside.discard()


def cannot_write(path: str, error: OSError) -> Refused:
    """What the system said, with what to do about it."""
    remedy = "choose another path, or make it writable"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "free some space there, or choose another path; a file that was there before is untouched"
    return Refused("cannot write %s: %s" % (path, error.strerror or error), remedy)


@contextmanager
def _open_directory(path: str) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
