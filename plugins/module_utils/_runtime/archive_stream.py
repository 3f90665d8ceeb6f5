# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive as one stream of bytes, forwards only, whatever it is compressed with.

Knows gzip, and where zstd comes from; never what is in the archive. Memory does not grow with the archive.
"""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Any

from .._values.errors import Damaged, Missing, NotFound, Refused, Unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_BYTES = 1 << 20
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_FOREIGN = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip"}


class ArchiveStream:
    """Bytes from the start on. ``position`` counts those of the uncompressed archive."""

    def __init__(self, path: str, file: Any, size: int | None) -> None:
        self._path = path
        self._file = file
        self._size = size  # None: known only at its end
        self.position = 0

    def read_up_to(self, count: int) -> bytes:
        """The next bytes, fewer than ``count`` only where the archive ends."""
        parts = [self._read(count)]
        while parts[-1] and sum(map(len, parts)) < count:
            parts.append(self._read(count - sum(map(len, parts))))
        return b"".join(parts)

    def read(self, count: int) -> bytes:
        """The next ``count`` bytes; Damaged when there are not that many."""
        found = self.read_up_to(count)
        if len(found) < count:
            raise self.truncated()
        return found

    def chunks(self, count: int) -> Iterator[bytes]:
        """The next ``count`` bytes, in pieces of at most a MiB."""
        while count:
            chunk = self.read(min(count, CHUNK_BYTES))
            count -= len(chunk)
            yield chunk

    def skip_to(self, position: int) -> None:
        """Go on from ``position``, which is not before the present one."""
        if self._size is None:
            for _chunk in self.chunks(position - self.position):
                pass
            return
        if position > self._size:
            raise self.truncated()
        self._file.seek(position)
        self.position = position

    def truncated(self) -> Damaged:
        return Damaged(
            "archive %s ends in the middle of a file, at byte %d" % (self._path, self.position),
            "copy or make the archive again",
        )

    def _read(self, count: int) -> bytes:
        import zlib

        try:
            found: bytes = self._file.read(count)
        except (EOFError, zlib.error, OSError) as exc:
            said = "ends too early" if isinstance(exc, EOFError) else str(exc)
            raise Damaged(
                "archive %s cannot be read on from byte %d: %s" % (self._path, self.position, said),
                "copy or make the archive again",
            ) from exc
        self.position += len(found)
        return found


@contextmanager
def open_archive(path: str) -> Iterator[ArchiveStream]:
    """The archive at ``path``; NotFound or Refused when there is none that can be read."""
    with _opened(path) as file, ExitStack() as stack:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise Refused("archive %s is no regular file" % path, "name the file itself")
        start = file.read(6)
        file.seek(0)
        if start.startswith(GZIP):
            import gzip

            yield ArchiveStream(path, stack.enter_context(gzip.GzipFile(fileobj=file)), None)
        elif start.startswith(ZSTD):
            yield ArchiveStream(path, stack.enter_context(_unpacked_zstd(path, file)), None)
        else:
            for magic, name in _FOREIGN.items():
                if start.startswith(magic):
                    raise Unsupported(
                        "archive %s is compressed with %s, which no image tool writes" % (path, name),
                        "unpack it first, or compress it with gzip or zstd",
                    )
            yield ArchiveStream(path, file, status.st_size)


def _opened(path: str) -> IO[bytes]:
    try:
        return open(path, "rb", opener=_opener)
    except FileNotFoundError as exc:
        raise NotFound("there is no archive %s" % path, "check the path and the host") from exc
    except OSError as exc:
        remedy = "name the file itself" if isinstance(exc, IsADirectoryError) else "run with become"
        raise Refused("archive %s cannot be opened: %s" % (path, exc.strerror), remedy) from exc


def _opener(path: str, flags: int) -> int:
    """A named pipe without a writer must not hang the task."""
    return os.open(path, flags | os.O_NONBLOCK)


@contextmanager
def _unpacked_zstd(path: str, file: Any) -> Iterator[Any]:
    """By Python's own library from 3.14 on, before that by the host's libzstd."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from .zstd import ZstdFile

        try:
            unpacked = ZstdFile(file)
        except OSError as exc:
            raise Missing(
                "archive %s is compressed with zstd, and this host has no libzstd" % path,
                "install the package libzstd1 (libzstd), or compress the archive with gzip",
            ) from exc
        with unpacked:
            yield unpacked
    else:
        with zstd.open(file) as output:
            yield _Translated(output, zstd.ZstdError)


class _Translated:
    """A reader whose library has an error of its own for bytes that are wrong."""

    def __init__(self, file: Any, error: type[Exception]) -> None:
        self._file = file
        self._error = error

    def read(self, count: int) -> bytes:
        try:
            found: bytes = self._file.read(count)
        except self._error as exc:
            raise OSError(str(exc)) from exc
        return found
