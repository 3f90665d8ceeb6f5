# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of an image is here: documents, configs, layers, and the unpacked snapshot chain."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.snapshots import Snapshots
from .._values import labels
from .._values.digest import chain_ids, is_genuine
from .._values.errors import NotFound
from .._values.image import Blob, Extent, Graph, Image, Stored
from .._values.manifest import Manifest, chain_of
from .graph import is_runnable, walk

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from .._services.session import Session
    from .._values.descriptor import Descriptor


MANY = 32  # images: from here on, listing the whole store is cheaper than a question about each blob


class Inspector:
    """Looks at any number of images; what they share is asked for once."""

    def __init__(self, session: Session, extent: Extent) -> None:
        self._content = Content(session)
        self._snapshots = Snapshots(session, extent.snapshotter)
        self._extent = extent
        # Of a blob that is here: the top of the chain, which a config names, and the diff id, which a layer does.
        self._blobs: dict[str, tuple[str, str] | None] = {}
        self._chains: dict[str, bool] = {}  # whether there is a snapshot of that name
        self._knows_all = False
        self._seen: dict[str, Stored] = {}

    def prepare(self, images: Sequence[Image]) -> None:
        """List the store when that is cheaper for so many images; a few words are kept of each blob."""
        if len({image.target.digest for image in images}) >= MANY:
            self._blobs.update((blob.digest, self._held(blob)) for blob in self._content.iterate())
            self._chains.update((name, True) for name in self._snapshots.parents())
            self._knows_all = True

    def inspect(self, image: Image) -> Stored:
        """How much of it is here. Damaged or Unsupported when what is here is no image."""
        target = image.target.digest
        if target not in self._seen:
            self._seen[target] = self.look(image)[0]
        return self._seen[target].replace(image=image)

    def look(self, image: Image) -> tuple[Stored, Graph]:
        """How much of it is here, and what that is."""
        missing: dict[str, Descriptor] = {}
        damaged: list[Descriptor] = []
        graph = self._walk(image, missing, damaged)
        is_known = not missing
        missing.update({blob.digest: blob for blob in graph.blobs if self._find(blob.digest) is None})
        size = sum(of.size for of, _bytes in graph.documents)
        size += sum(blob.size for blob in graph.blobs if blob.digest not in missing)
        is_unpacked = is_known and all(self.is_unpacked(manifest) for _of, manifest in graph.manifests)
        stored = Stored(
            image, platforms_of(graph, missing), size, tuple(missing.values()), is_unpacked, tuple(damaged)
        )
        return stored, graph

    def _walk(self, image: Image, missing: dict[str, Descriptor], damaged: list[Descriptor]) -> Graph:
        """All documents that are here; those that are not are added to ``missing``, those with wrong bytes to both."""

        def read(document: Descriptor) -> bytes | None:
            if not self._knows_all or document.digest in self._blobs:
                with suppress(NotFound):
                    content = self._content.read(document.digest)
                    if is_genuine(content, document.digest):
                        return content
                    if document.digest not in missing:
                        damaged.append(document)
            missing[document.digest] = document
            return None

        target, platforms = image.target, self._extent.platforms
        try:
            return walk(target, platforms, image.name, read)
        except NotFound:  # an index does not offer all that is wanted: each on its own, then
            missing[target.digest] = target
        parts = []
        for platform in platforms:
            with suppress(NotFound):
                parts.append(walk(target, (platform,), image.name, read))
        documents = {of.digest: (of, data) for part in parts for of, data in part.documents}
        manifests = {of.digest: (of, manifest) for part in parts for of, manifest in part.manifests}
        return Graph(tuple(documents.values()), tuple(manifests.values()))

    def holds(self, digest: str) -> bool:
        """Whether the store has a blob; it is asked once."""
        return self._find(digest) is not None

    def _find(self, digest: str) -> tuple[str, str] | None:
        if digest not in self._blobs and not self._knows_all:
            blob = self._content.find(digest)
            self._blobs[digest] = None if blob is None else self._held(blob)
        return self._blobs.get(digest)

    def _held(self, blob: Blob) -> tuple[str, str]:
        top = blob.labels.get(labels.GC_SNAPSHOT + self._extent.snapshotter, "")
        return top, blob.labels.get(labels.UNCOMPRESSED, "")

    def is_unpacked(self, manifest: Manifest) -> bool:
        """The top of the chain is there, and the config holds it against the garbage collector."""
        if not is_runnable(manifest) or not manifest.layers:
            return True
        config = self._find(manifest.config.digest)
        top = config[0] if config else ""
        if not top or not self._has_snapshot(top):
            return False
        # What each layer unpacked to is on its label, as a rule, which saves reading the config.
        if top == self._top_of(manifest):
            return True
        return top == chain_of(self._content.read(manifest.config.digest), manifest.config)[-1]

    def _has_snapshot(self, name: str) -> bool:
        if name not in self._chains and not self._knows_all:
            self._chains[name] = self._snapshots.exists(name)
        return self._chains.get(name, False)

    def _top_of(self, manifest: Manifest) -> str:
        """The chain id of all layers by their labels; '' when one has none."""
        held = [self._find(layer.digest) for layer in manifest.layers]
        diff_ids = [layer[1] for layer in held if layer and layer[1]]
        return chain_ids(diff_ids)[-1] if len(diff_ids) == len(held) else ""


def platforms_of(graph: Graph, missing: Container[str] = ()) -> tuple[str, ...]:
    """The platforms that an index names for the manifests that lack nothing; none for a manifest that stands alone."""
    return tuple(
        str(of.platform)
        for of, manifest in graph.manifests
        if of.platform is not None and not any(blob.digest in missing for blob in manifest.children)
    )
