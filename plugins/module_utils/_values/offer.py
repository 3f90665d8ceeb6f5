# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an archive of images offers, and what a host lacks of it. Knows no format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .descriptor import Descriptor
    from .image import Extent, Image


class Member(Value):
    """A file of a tar archive, or with ``link`` a symbolic link to another."""

    name: str
    offset: int  # of its first byte, in the uncompressed archive
    size: int
    link: str = ""


class Entry(Value):
    """Where the bytes of a file lie in an archive, and how they begin."""

    offset: int
    size: int
    head: bytes = b""  # enough to tell what they are compressed with


class Listing(Value):
    """What an archive says that it holds."""

    index: Descriptor
    images: tuple[Descriptor, ...]  # with the annotations that name them
    is_catalogue: bool  # of another archive, whose layers may still have to be sent


class Offer(Value):
    """One image of an archive under one name: what it consists of, and what of that is in the store."""

    name: str
    target: Descriptor
    found: Image | None  # the record that has the name, whatever it points to
    platforms: tuple[str, ...]
    size: int  # bytes of its documents, configs and layers
    missing: tuple[Descriptor, ...]  # from the store
    absent: tuple[str, ...]  # of these, the digests that the archive does not hold either
    is_unpacked: bool


class Bringing(Value):
    """One image to bring from an archive into the store."""

    name: str
    target: Descriptor
    labels: Mapping[str, str]
    extent: Extent
