# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is here of an image to all of it: what has to be done, and what will be there then. Pure."""

from __future__ import annotations

from .._values.errors import NotFound
from .._values.image import Extent, Image, ImageState, Pull, Stored
from .._values.reference import parse_reference


def sentence_of(image: ImageState, extent: Extent) -> str:
    """What has to be done about one image; '' when nothing."""
    stored, remote = image.stored, image.remote
    if remote is not None and stored is None:
        return "pulled image %s (%s) from %s" % (image.name, remote.target.digest, remote.host)
    if stored is None:
        return ""
    digest = stored.image.target.digest
    if remote is not None and remote.target.digest != digest:
        return "moved image %s from %s to %s" % (image.name, digest, remote.target.digest)
    if not stored.is_complete:
        damaged = " and %d damaged" % len(stored.damaged) if stored.damaged else ""
        count = len(stored.missing) - len(stored.damaged)
        return "repaired image %s: fetched %d missing%s blobs" % (image.name, count, damaged)
    if extent.unpack and not stored.is_unpacked:
        return "unpacked image %s for snapshotter %s" % (image.name, extent.snapshotter)
    return ""


def pull_of(image: ImageState, extent: Extent) -> Pull:
    """The work that the sentence tells of."""
    reference = image.reference or parse_reference(image.name)
    if image.remote is not None and image.remote.graph.documents:
        return Pull(image.name, reference, image.remote.target, image.remote, extent)
    if image.stored is None:
        raise NotFound("image %s is neither here nor in a registry" % image.name, "check the name")
    return Pull(image.name, reference, image.stored.image.target, None, extent)


def completed(image: ImageState, extent: Extent, claimed: set[str]) -> ImageState:
    """The state that the work will leave. What an image has ``claimed`` moves for it, and not for those after it."""
    stored, remote = image.stored, image.remote
    if remote is not None and remote.graph.documents:
        record = Image(image.name, remote.target, stored.image.labels if stored else {})
        stays = (
            stored is not None and stored.image.target.digest == remote.target.digest and stored.is_unpacked
        )
        whole = Stored(record, remote.platforms, remote.size, (), is_unpacked=extent.unpack or stays)
        moving = {blob.digest: blob.size for blob in remote.missing if blob.digest not in claimed}
        claimed.update(moving)
        to_fetch = sum(size - remote.arrived.get(digest, 0) for digest, size in moving.items())
        return ImageState(image.name, image.reference, whole, remote, to_fetch=to_fetch)
    if stored is None:
        return image
    return image.replace(stored=stored.replace(missing=(), is_unpacked=True))


def check_never(image: ImageState) -> None:
    """NotFound when all that is needed would have to be fetched, and must not be."""
    if image.stored is None or not image.stored.is_complete:
        raise NotFound(
            "image %s is %s here and pull is never" % (image.name, "incomplete" if image.stored else "not"),
            "set pull=missing, or import it first",
        )
