# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of an image archive, for a host that has the rest: every document, and only those layers that it lacks.

Used on the controller; no module ships it. What docker saved becomes an OCI layout on the way, with the same digests.
"""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from .._values.archive import INDEX_PATH, LAYOUT, LAYOUT_PATH, blob_path
from .._values.manifest import parse_index, parse_manifest
from .archive_reading import CATALOGUE_PATH

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .._values.descriptor import Descriptor
    from .archive_reading import ImageArchive

BLOCK_BYTES = 512


def write_catalogue(archive: ImageArchive, path: str) -> None:
    """All documents and no layer, marked so that the layers are not missed yet."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        _add(tar, CATALOGUE_PATH, b"")
        _add_documents(tar, archive)


def write_part(archive: ImageArchive, digests: Sequence[str], path: str) -> None:
    """All documents, and the blobs with these digests."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        _add_documents(tar, archive)
        with archive.open() as stream:
            for digest, entry in archive.entries(digests):
                stream.skip_to(entry.offset)
                header = tarfile.TarInfo(blob_path(digest))
                header.size = entry.size
                tar.addfile(header, stream)  # type: ignore[arg-type]  # it only reads


def part_bytes(archive: ImageArchive, digests: Collection[str]) -> int:
    """About how long a part with these blobs is, its documents not counted."""
    return sum(entry.size + BLOCK_BYTES for _digest, entry in archive.entries(digests))


def _add_documents(tar: tarfile.TarFile, archive: ImageArchive) -> None:
    _add(tar, LAYOUT_PATH, LAYOUT)
    _add(tar, INDEX_PATH, archive.document(archive.listing.index))
    for digest, document in _documents(archive).items():
        _add(tar, blob_path(digest), document)


def _documents(archive: ImageArchive) -> dict[str, bytes]:
    """Indexes, manifests and configs, as far as the archive holds them."""
    found: dict[str, bytes] = {}
    waiting: list[Descriptor] = list(archive.listing.images)
    while waiting:
        of = waiting.pop()
        if of.digest in found or not archive.holds(of.digest):
            continue
        found[of.digest] = document = archive.document(of)
        if of.is_index:
            waiting += parse_index(document, of)
        elif of.is_manifest:
            waiting.append(parse_manifest(document, of).config)
    return found


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    header = tarfile.TarInfo(name)
    header.size = len(content)
    tar.addfile(header, io.BytesIO(content))
