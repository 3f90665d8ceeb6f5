# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading image archives: what ``ctr images export``, ``docker save``, skopeo, podman and buildah write.

An archive is gone through once to learn where its files are; small documents are kept on the way, so that a
compressed archive need not be unpacked twice before anything is written. Knows files and digests; never a store.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._values.archive import DOCKER_PATH, INDEX_PATH, INDEX_TYPE, LAYOUT_PATH, digest_at
from .._values.descriptor import MAX_DOCUMENT_BYTES, Descriptor
from .._values.digest import digest_of, is_genuine
from .._values.errors import Damaged, NotFound, Unsupported
from .._values.manifest import parse_index
from .._values.offer import Entry, Listing
from .archive_stream import open_archive
from .docker_archive import convert
from .tar_reading import members

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .archive_stream import ArchiveStream

CATALOGUE_PATH = (
    "catalogue"  # of an archive that holds documents, and layers only as far as they were asked for
)
KEPT_BYTES = 256 << 10  # a document up to this size is kept when it is passed; the rest is read when needed
ALL_KEPT_BYTES = 64 << 20
HEAD_BYTES = 4


class ImageArchive:
    """The images of one archive; what it holds is known by digest."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._files: dict[str, Entry] = {}
        self._kept: dict[int, bytes] = {}  # by offset
        self._entries: dict[str, Entry] = {}  # by digest, as the names of the files or a config promise
        self._documents: dict[
            str, bytes
        ] = {}  # by digest: those that this archive's format does not write down
        links = self._scan()
        if LAYOUT_PATH in self._files:
            index = self._read_layout()
        elif DOCKER_PATH in self._files:
            index = self._read_docker(links)
        else:
            raise Damaged(
                "%s is no image archive: it holds neither an OCI layout nor docker's manifest.json" % path,
                "write one with ctr images export, docker save, skopeo or podman save",
            )
        of = Descriptor(INDEX_TYPE, digest_of(index), len(index))
        self._documents[of.digest] = index
        self.listing = Listing(of, _listed(index, of), CATALOGUE_PATH in self._files)

    def holds(self, digest: str) -> bool:
        return digest in self._entries or digest in self._documents

    def document(self, of: Descriptor) -> bytes:
        """An index, manifest or config; NotFound when the archive has none of that digest."""
        if of.digest in self._documents:
            return self._documents[of.digest]
        if of.digest not in self._entries:
            raise NotFound("archive %s does not hold %s" % (self.path, of.digest), "export the image anew")
        content = self._read(self._entries[of.digest], of.digest)
        if not is_genuine(content, of.digest):
            raise Damaged(
                "archive %s holds something else than its name says as blob %s" % (self.path, of.digest),
                "copy or make the archive again",
            )
        self._documents[of.digest] = content
        return content

    def entries(self, digests: Iterable[str]) -> list[tuple[str, Entry]]:
        """Where the blobs lie, in the order of the archive; those that it does not hold are left out."""
        found = [(digest, self._entries[digest]) for digest in digests if digest in self._entries]
        return sorted(found, key=lambda item: item[1].offset)

    @contextmanager
    def open(self) -> Iterator[ArchiveStream]:
        """Its bytes from the start, to read entries in their order."""
        with open_archive(self.path) as stream:
            yield stream

    def _scan(self) -> dict[str, str]:
        """Learn where the files are; returns the symbolic links. As with tar, a later file replaces an earlier."""
        links: dict[str, str] = {}
        kept = 0
        with self.open() as stream:
            for member in members(stream, self.path):
                if member.link:
                    links[member.name] = member.link
                    continue
                head = stream.read(min(HEAD_BYTES, member.size))
                self._files[member.name] = Entry(member.offset, member.size, head)
                if head[:1] in (b"{", b"[") and member.size <= KEPT_BYTES and kept <= ALL_KEPT_BYTES:
                    self._kept[member.offset] = head + stream.read(member.size - len(head))
                    kept += member.size
        return links

    def _read(self, entry: Entry, name: str) -> bytes:
        """A small file as a whole."""
        if entry.size > MAX_DOCUMENT_BYTES:
            raise Damaged(
                "%s in archive %s has %d bytes, too many for a document" % (name, self.path, entry.size),
                "distrust its source",
            )
        if entry.offset in self._kept:
            return self._kept[entry.offset]
        with self.open() as stream:
            stream.skip_to(entry.offset)
            return stream.read(entry.size)

    def _read_layout(self) -> bytes:
        """The index of an OCI image layout (image-spec image-layout.md); its blobs are named by digest."""
        _check_layout(self._read(self._files[LAYOUT_PATH], LAYOUT_PATH), self.path)
        for name, entry in self._files.items():
            if digest_at(name):
                self._entries[digest_at(name)] = entry
        if INDEX_PATH not in self._files:
            raise Damaged(
                "archive %s has an oci-layout but no index.json" % self.path, "make the archive again"
            )
        return self._read(self._files[INDEX_PATH], INDEX_PATH)

    def _read_docker(self, links: dict[str, str]) -> bytes:
        """The index that containerd makes of what ``docker save`` writes."""
        files = dict(self._files)
        files.update({name: files[link] for name, link in links.items() if link in files})
        made = convert(
            self._read(self._files[DOCKER_PATH], DOCKER_PATH),
            self.path,
            files,
            lambda name: self._read(files[name], name),
            self._hash,
        )
        self._entries.update(made.entries)
        self._documents.update(made.documents)
        return made.index

    def _hash(self, names: list[str], files: dict[str, Entry]) -> dict[str, str]:
        """The digests of files whose names do not tell them, in one pass."""
        found = {}
        with self.open() as stream:
            for name in sorted(names, key=lambda name: files[name].offset):
                stream.skip_to(files[name].offset)
                digest = hashlib.sha256()
                for chunk in stream.chunks(files[name].size):
                    digest.update(chunk)
                found[name] = "sha256:" + digest.hexdigest()
        return found


def _check_layout(document: bytes, path: str) -> None:
    """The marker of an OCI image layout (image-spec image-layout.md, "oci-layout file")."""
    try:
        fields = json.loads(document)
    except (ValueError, RecursionError):
        fields = None
    version = fields.get("imageLayoutVersion") if isinstance(fields, dict) else None
    if version != "1.0.0":
        raise Unsupported(
            "archive %s has an OCI layout of version %r" % (path, version), "write it as version 1.0.0"
        )


def _listed(index: bytes, of: Descriptor) -> tuple[Descriptor, ...]:
    listed = parse_index(index, of)
    for image in listed:
        if not all(isinstance(value, str) for value in image.annotations.values()):
            raise Damaged(
                "index.json has an annotation of image %s that is no text" % image.digest,
                "make the archive again",
            )
    return listed
