# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as containerd keeps them and as registries offer them. Knows neither how to ask."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .descriptor import Descriptor
    from .manifest import Manifest
    from .platform import Platform
    from .reference import Reference


class Image(Value):
    """An image record: a name, and the content it points to."""

    name: str
    target: Descriptor
    labels: Mapping[str, str]
    created_at: str = ""
    updated_at: str = ""


class Blob(Value):
    """A piece of content that a store holds."""

    digest: str
    size: int
    labels: Mapping[str, str]


class Extent(Value):
    """How much of an image is meant: which platforms (none named: all), and whether unpacked, by whom."""

    platforms: tuple[Platform, ...]
    unpack: bool
    snapshotter: str


class Graph(Value):
    """What an image consists of, for the wanted platforms."""

    documents: tuple[tuple[Descriptor, bytes], ...]  # indexes and manifests, parents first
    manifests: tuple[tuple[Descriptor, Manifest], ...]

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """Configs and layers, each once."""
        found = {blob.digest: blob for _of, manifest in self.manifests for blob in manifest.children}
        return tuple(found.values())


class Stored(Value):
    """What the store holds of an image record."""

    image: Image
    platforms: tuple[str, ...]
    size: int  # bytes of the documents, configs and layers that are there
    missing: tuple[Descriptor, ...]  # empty: complete
    is_unpacked: bool
    damaged: tuple[Descriptor, ...] = ()  # those of the missing of which other bytes are there

    @property
    def is_complete(self) -> bool:
        return not self.missing


class Remote(Value):
    """What a registry offers under a reference, and how much of it the store lacks."""

    target: Descriptor
    host: str  # that answered
    graph: Graph
    configs: Mapping[str, bytes]  # by digest, of the graph's manifests
    missing: tuple[Descriptor, ...]
    platforms: tuple[str, ...] = ()
    damaged: frozenset[str] = (
        frozenset()
    )  # digests of what is missing only since other bytes are in its place
    arrived: Mapping[str, int] = MappingProxyType(
        {}
    )  # by digest, bytes of what is missing that need not move

    @property
    def size(self) -> int:
        documents = sum(of.size for of, _bytes in self.graph.documents)
        return documents + sum(blob.size for blob in self.graph.blobs)


class LookUp(Value):
    """A question to a registry: what is behind this reference, seen from what is stored already."""

    name: str
    reference: Reference
    stored: Stored | None
    is_pinned: bool  # keep the stored digest: only what is missing of it is asked for


class Pull(Value):
    """One image to complete: fetch what ``remote`` has and the store lacks, unpack, point ``name`` at it."""

    name: str
    reference: Reference
    target: Descriptor
    remote: Remote | None  # None: every blob is here, only unpacking is left
    extent: Extent


class Naming(Value):
    """A name to point at a target, and labels to set on its record; an empty one is removed."""

    name: str
    target: Descriptor
    labels: Mapping[str, str]


class Pulled(Value):
    """What a pull moved."""

    name: str
    host: str
    bytes_fetched: int


class ImageState(Value):
    """One name: its record, what is stored of it, what the registry has."""

    name: str
    reference: Reference | None
    stored: Stored | None
    remote: Remote | None = None
    users: tuple[str, ...] = ()
    to_fetch: int = 0  # bytes, while they have not moved
