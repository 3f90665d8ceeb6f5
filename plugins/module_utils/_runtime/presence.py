# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of an image is here: documents, configs, layers, and the unpacked snapshot chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.snapshots import Snapshots
from .._values import labels
from .._values.errors import NotFound
from .._values.image import Blob, Extent, Graph, Image, Stored
from .._values.manifest import Manifest, chain_of
from .graph import is_runnable, walk

if TYPE_CHECKING:
    from collections.abc import Container

    from .._services.session import Session
    from .._values.descriptor import Descriptor


class Inspector:
    """Looks at any number of images; what they share is asked for once."""

    def __init__(self, session: Session, extent: Extent) -> None:
        self._content = Content(session)
        self._snapshots = Snapshots(session, extent.snapshotter)
        self._extent = extent
        self._blobs: dict[str, Blob | None] = {}

    def inspect(self, image: Image) -> Stored:
        missing: dict[str, Descriptor] = {}

        def read(document: Descriptor) -> bytes:
            try:
                return self._content.read(document.digest)
            except NotFound:
                missing[document.digest] = document
                raise

        try:
            graph = walk(image.target, self._extent.platforms, image.name, read)
        except NotFound:
            return Stored(image, (), 0, tuple(missing.values()) or (image.target,), is_unpacked=False)
        missing.update({blob.digest: blob for blob in graph.blobs if self._find(blob) is None})
        size = sum(of.size for of, _bytes in graph.documents)
        size += sum(blob.size for blob in graph.blobs if blob.digest not in missing)
        is_unpacked = all(self._is_unpacked(manifest) for _of, manifest in graph.manifests)
        return Stored(image, platforms_of(graph, missing), size, tuple(missing.values()), is_unpacked)

    def _find(self, blob: Descriptor) -> Blob | None:
        if blob.digest not in self._blobs:
            self._blobs[blob.digest] = self._content.find(blob.digest)
        return self._blobs[blob.digest]

    def _is_unpacked(self, manifest: Manifest) -> bool:
        """The top of the chain is there, and the config holds it against the garbage collector."""
        if not is_runnable(manifest) or not manifest.layers:
            return True
        config = self._find(manifest.config)
        if config is None:
            return False
        top = config.labels.get(labels.GC_SNAPSHOT + self._extent.snapshotter)
        if not top or not self._snapshots.exists(top):
            return False
        return top == chain_of(self._content.read(config.digest), manifest.config)[-1]


def platforms_of(graph: Graph, missing: Container[str] = ()) -> tuple[str, ...]:
    """The platforms that an index names for the manifests that lack nothing; none for a manifest that stands alone."""
    return tuple(
        str(of.platform)
        for of, manifest in graph.manifests
        if of.platform is not None and not any(blob.digest in missing for blob in manifest.children)
    )
