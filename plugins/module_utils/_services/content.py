# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The content store of a namespace (containerd.services.content.v1): blobs by digest, ingests by ref."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .._values.descriptor import MAX_DOCUMENT_BYTES
from .._values.errors import Damaged, NotFound
from .._values.image import Blob
from .messages import content as rpc

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .session import Session


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
        return [*self.iterate(*filters)]

    def iterate(self, *filters: str) -> Iterator[Blob]:
        """Every blob that matches any of ``filters``, as they come in; without any, all."""
        for part in self._session.stream(rpc.LIST, {"filters": filters}):
            for info in part["info"]:
                yield Blob(info["digest"], info["size"], info["labels"])

    def read(self, digest: str) -> bytes:
        """The whole of a small blob, such as a manifest or a config."""
        parts: list[bytes] = []
        size = 0
        for part in self.stream(digest):
            size += len(part)
            if size > MAX_DOCUMENT_BYTES:
                raise Damaged(
                    "blob %s is too large for a document" % digest, "remove the image and pull again"
                )
            parts.append(part)
        return b"".join(parts)

    def stream(self, digest: str, offset: int = 0) -> Iterator[bytes]:
        """The bytes of a blob from ``offset`` on, in parts of at most a MiB or so."""
        for answer in self._session.stream(rpc.READ, {"digest": digest, "offset": offset}):
            yield answer["data"]

    def delete(self, digest: str) -> None:
        """Remove a blob from this namespace, and leave its bytes to the garbage collector. None there is as good."""
        with suppress(NotFound):
            self._session.call(rpc.DELETE, {"digest": digest})

    def set_labels(self, digest: str, labels: Mapping[str, str]) -> None:
        """Set these labels of a blob and leave its others alone; an empty value removes one."""
        request = {
            "info": {"digest": digest, "labels": dict(labels)},
            "update_mask": {"paths": ["labels." + key for key in labels]},
        }
        self._session.call(rpc.UPDATE, request)
