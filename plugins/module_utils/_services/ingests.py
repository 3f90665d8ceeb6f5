# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ingests of the content store (containerd.services.content.v1): blobs on their way in, by ref."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .._values.errors import AlreadyExists, Damaged, NotFound
from .messages import content as rpc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from .._values.descriptor import Descriptor
    from .session import Session, Stream

# Opens the bytes of a blob from an offset on; the chunks are at most a few MiB each.
Source = Callable[[int], "AbstractContextManager[Iterable[bytes]]"]


class Ingests:
    """What is being written to the store of a namespace."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
                    },
                    is_last=True,
                )
                while stream.receive() is not None:
                    pass
            except AlreadyExists:
                return 0
        return moved

    def progress(self, ref: str) -> int:
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
