# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive as a tar file: which entries, in which order, of how many bytes; and its writing.

The same contents give the same bytes: fixed times, modes and owners, a fixed order. What names the rest comes first
and layers come last, so that a reader knows early what it may skip. Knows where layers come from; never where the
archive goes.
"""

from __future__ import annotations

import hashlib
import tarfile
from typing import IO, TYPE_CHECKING

from .._services.content import Content
from .._values.archive import DOCKER_PATH, INDEX_PATH, LAYOUT, LAYOUT_PATH, blob_path
from .._values.errors import Damaged, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._services.session import Session
    from .._values.archive import Archive
    from .._values.descriptor import Descriptor

BLOCK_BYTES = 512  # of a tar file (POSIX pax, "ustar Interchange Format")
END = bytes(2 * BLOCK_BYTES)
MODE, DIRECTORY_MODE = 0o644, 0o755


def size_of(archive: Archive) -> int:
    """How many bytes the tar file will have."""
    sizes = [len(head) + padded(size) for head, size in _heads(archive)]
    return sum(sizes) + len(END)


def write(archive: Archive, session: Session, out: IO[bytes]) -> None:
    """Write the tar file; every blob is held against its digest on the way."""
    content = Content(session)
    for directory in _directories(archive):
        out.write(head_of(directory, 0, tarfile.DIRTYPE))
    for path, document in _named(archive):
        out.write(head_of(path, len(document)) + document + _padding(len(document)))
    for blob in archive.blobs:
        out.write(head_of(blob_path(blob.digest), blob.size))
        _copy(content, blob, out)
        out.write(_padding(blob.size))
    out.write(END)


def _heads(archive: Archive) -> Iterator[tuple[bytes, int]]:
    for directory in _directories(archive):
        yield head_of(directory, 0, tarfile.DIRTYPE), 0
    for path, document in _named(archive):
        yield head_of(path, len(document)), len(document)
    for blob in archive.blobs:
        yield head_of(blob_path(blob.digest), blob.size), blob.size


def _directories(archive: Archive) -> Sequence[str]:
    algorithms = sorted({blob.digest.partition(":")[0] for blob in archive.blobs})
    return ["blobs", *("blobs/" + algorithm for algorithm in algorithms)]


def _named(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """The files that name the blobs."""
    if archive.index:
        yield LAYOUT_PATH, LAYOUT
        yield INDEX_PATH, archive.index
    if archive.docker:
        yield DOCKER_PATH, archive.docker


def head_of(path: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """The header of an entry; more than one block only where ustar cannot say it."""
    entry = tarfile.TarInfo(path)
    entry.size, entry.type = size, kind
    entry.mode = DIRECTORY_MODE if kind == tarfile.DIRTYPE else MODE
    return entry.tobuf(tarfile.PAX_FORMAT)


def padded(size: int) -> int:
    return size + len(_padding(size))


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK_BYTES)


def _copy(content: Content, blob: Descriptor, out: IO[bytes]) -> None:
    seen = 0
    found = hashlib.new(blob.digest.partition(":")[0])
    try:
        for piece in content.stream(blob.digest):
            seen += len(piece)
            if seen > blob.size:
                break
            found.update(piece)
            out.write(piece)
    except NotFound as exc:
        raise exc.advise("its image was removed meanwhile; run the task again") from exc
    if seen != blob.size or found.hexdigest() != blob.digest.partition(":")[2]:
        raise Damaged(
            "containerd gave other bytes for blob %s than its digest promises" % blob.digest,
            "its store is damaged: remove the images that use it and pull them again",
        )
