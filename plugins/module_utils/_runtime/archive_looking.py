# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an archive that is there holds, found without reading its layers.

The headers of a tar file tell the digests and sizes of the blobs; only what names them is read, and those blobs that
the caller wants to be sure of. Knows what an export writes; never what should be there.
"""

from __future__ import annotations

import os
import stat
import tarfile
from typing import IO, TYPE_CHECKING

from .._values.archive import (
    DOCKER_PATH,
    INDEX_PATH,
    INDEX_TYPE,
    ArchiveFile,
    Contents,
    digest_at,
    parse_docker,
    parse_names,
)
from .._values.descriptor import MAX_DOCUMENT_BYTES, Descriptor
from .._values.digest import is_genuine
from .._values.errors import Damaged, Refused

if TYPE_CHECKING:
    from collections.abc import Container

MAX_ENTRIES = 100_000  # a header of each is read


def look_at(path: str, documents: Container[str]) -> ArchiveFile:
    """What lies at ``path``; the blobs of these digests are hashed, the others trusted by name and size."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode) or not stat.S_ISREG(status.st_mode):
            raise Refused("%s is not a file" % path, "name the file to write the archive to")
        with open(path, "rb") as file:
            return _look_into(file, status.st_size, documents)
    except FileNotFoundError:
        return ArchiveFile(None)
    except OSError as exc:
        raise Refused(
            "cannot read %s: %s" % (path, exc.strerror or exc), "make it readable, or remove it"
        ) from exc


def _look_into(file: IO[bytes], size: int, documents: Container[str]) -> ArchiveFile:
    try:
        return ArchiveFile(size, _contents(file, documents))
    except (Damaged, tarfile.TarError) as exc:
        return ArchiveFile(size, complaint=exc.message if isinstance(exc, Damaged) else str(exc))


def _contents(file: IO[bytes], documents: Container[str]) -> Contents:
    blobs: dict[str, int] = {}
    named: dict[str, bytes] = {}
    with tarfile.open(fileobj=file, mode="r:") as tar:
        for count, entry in enumerate(tar):
            tar.members = []  # type: ignore[attr-defined]  # it would keep them all
            if count >= MAX_ENTRIES:
                raise Damaged("more than %d entries" % MAX_ENTRIES)
            if not entry.isreg():
                continue
            digest = digest_at(entry.name)
            if digest:
                if digest in documents and not is_genuine(_read(tar, entry), digest):
                    raise Damaged("blob %s is not what its name says" % digest)
                blobs[digest] = entry.size
            elif entry.name in (INDEX_PATH, DOCKER_PATH):
                named[entry.name] = _read(tar, entry)
        if file.seek(0, os.SEEK_END) < tar.offset:
            raise Damaged("it ends in the middle")
    index, docker = named.get(INDEX_PATH), named.get(DOCKER_PATH)
    return Contents(
        parse_names(index, Descriptor(INDEX_TYPE, INDEX_PATH, len(index))) if index is not None else {},
        frozenset(parse_docker(docker) if docker is not None else ()),
        blobs,
    )


def _read(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    if entry.size > MAX_DOCUMENT_BYTES:
        raise Damaged("%s is too large" % entry.name)
    data = tar.extractfile(entry)
    content = data.read() if data else b""
    if len(content) != entry.size:
        raise Damaged("it ends in the middle")
    return content
