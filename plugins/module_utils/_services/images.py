# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image records of a namespace (containerd.services.images.v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.descriptor import Descriptor
from .._values.errors import NotFound
from .._values.image import Image
from .._values.timestamp import format_timestamp
from .messages import images as rpc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .session import Session


class Images:
    """Names, and the content that each of them points to."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, name: str) -> Image | None:
        """The record of exactly that name; None when there is none."""
        try:
            return _image(self._session.call(rpc.GET, {"name": name})["image"])
        except NotFound:
            return None

    def list(self, *filters: str) -> list[Image]:
        """All records that match any of ``filters`` (containerd's filter grammar); without any, all."""
        answer = self._session.call(rpc.LIST, {"filters": filters})
        return [_image(fields) for fields in answer["images"]]

    def create(self, name: str, target: Descriptor, labels: Mapping[str, str]) -> None:
        self._session.call(rpc.CREATE, {"image": _message(name, target, labels)})

    def update(self, name: str, target: Descriptor, labels: Mapping[str, str], mask: Sequence[str]) -> None:
        """Change what ``mask`` names (``target``, ``labels``, ``labels.KEY``) and nothing else."""
        request = {"image": _message(name, target, labels), "update_mask": {"paths": list(mask)}}
        self._session.call(rpc.UPDATE, request)

    def delete(self, name: str, *, sync: bool = False) -> None:
        """Remove the record; with ``sync``, return after garbage collection has run."""
        self._session.call(rpc.DELETE, {"name": name, "sync": sync})


def _image(fields: Mapping[str, Any]) -> Image:
    target = fields["target"] or {}
    return Image(
        name=fields["name"],
        target=Descriptor(
            target.get("media_type", ""),
            target.get("digest", ""),
            target.get("size", 0),
            target.get("annotations", {}),
        ),
        labels=fields["labels"],
        created_at=format_timestamp(fields["created_at"]),
        updated_at=format_timestamp(fields["updated_at"]),
    )


def _message(name: str, target: Descriptor, labels: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "target": descriptor_message(target), "labels": dict(labels)}


def descriptor_message(descriptor: Descriptor) -> dict[str, Any]:
    """A descriptor as containerd's services take it (containerd.types.Descriptor)."""
    return {
        "media_type": descriptor.media_type,
        "digest": descriptor.digest,
        "size": descriptor.size,
        "annotations": dict(descriptor.annotations),
    }
