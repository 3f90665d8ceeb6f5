# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content store of a namespace (containerd.services.content.v1): blobs by digest, ingests by ref."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Callable

from .._values.descriptor import MAX_DOCUMENT_BYTES, Descriptor
from .._values.errors import AlreadyExists, Damaged, NotFound
from .._values.image import Blob
from .messages import content as rpc
from .session import Session, Stream

# Opens the bytes of a blob from an offset on; the chunks are at most a few MiB each.
Source = Callable[[int], "AbstractContextManager[Iterable[bytes]]"]


class Content:
    """What is stored, and how to add to it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, digest: str) -> Blob | None:
        """Size and labels of a blob; None when this namespace has none of that digest."""
        try:
            info = self._session.call(rpc.GET_INFO, {"digest": digest})["info"]
        except NotFound:
            return None
        return Blob(info["digest"], info["size"], info["labels"])

    def list(self, *filters: str) -> list[Blob]:
        found = self._session.stream(rpc.LIST, {"filters": filters})
        return [Blob(i["digest"], i["size"], i["labels"]) for part in found for i in part["info"]]

    def read(self, digest: str) -> bytes:
        """The whole of a small blob, such as a manifest or a config."""
        parts: list[bytes] = []
        size = 0
        for answer in self._session.stream(rpc.READ, {"digest": digest}):
            size += len(answer["data"])
            if size > MAX_DOCUMENT_BYTES:
                raise Damaged(
                    "blob %s is too large for a document" % digest, "remove the image and pull again"
                )
            parts.append(answer["data"])
        return b"".join(parts)

    def set_labels(self, digest: str, labels: Mapping[str, str]) -> None:
        """Set these labels of a blob and leave its others alone; an empty value removes one."""
        request = {
            "info": {"digest": digest, "labels": dict(labels)},
            "update_mask": {"paths": ["labels." + key for key in labels]},
        }
        self._session.call(rpc.UPDATE, request)

    def write(self, ref: str, wanted: Descriptor, labels: Mapping[str, str], source: Source) -> int:
        """Ingest a blob under ``ref``, going on where an earlier try ended; returns the bytes moved.

        Nothing moves when the store has the blob already, in this namespace or another. containerd hashes
        what arrives and refuses a digest other than ``wanted``. On failure the ingest stays: ``abort`` it.
        """
        with self._session.open(rpc.WRITE) as stream:
            try:
                offset = _offset(stream, ref, wanted)
                moved = _send(stream, ref, wanted, offset, source)
                stream.send(
                    {
                        "action": rpc.COMMIT,
                        "ref": ref,
                        "total": wanted.size,
                        "expected": wanted.digest,
                        "offset": wanted.size,
                        "labels": dict(labels),
                    }
                )
                stream.finish_sending()
                while stream.receive() is not None:
                    pass
            except AlreadyExists:
                return 0
        return moved

    def ingested(self, ref: str) -> int:
        """How many bytes of an ingest have arrived, ours or another client's; none when there is none."""
        try:
            return int(self._session.call(rpc.GET_STATUS, {"ref": ref})["status"]["offset"])
        except NotFound:
            return 0

    def abort(self, ref: str) -> None:
        """Forget an ingest; one that is not there is as good."""
        try:
            self._session.call(rpc.ABORT, {"ref": ref})
        except NotFound:
            return


def _offset(stream: Stream, ref: str, wanted: Descriptor) -> int:
    """How many bytes the store holds already; taking the ref's lock on the way."""
    stream.send({"action": rpc.STAT, "ref": ref, "total": wanted.size, "expected": wanted.digest})
    answer = stream.receive()
    offset = answer["offset"] if answer else 0
    if offset > wanted.size:
        raise Damaged("ingest %s holds more bytes than the blob has" % ref, "run the task again")
    return int(offset)


def _send(stream: Stream, ref: str, wanted: Descriptor, offset: int, source: Source) -> int:
    """The rest of the blob, without waiting for the answer to each part."""
    start = offset
    if offset < wanted.size:
        with source(offset) as chunks:
            for chunk in chunks:
                stream.send({"action": rpc.WRITING, "ref": ref, "offset": offset, "data": chunk})
                offset += len(chunk)
    return offset - start
