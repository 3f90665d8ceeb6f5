# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the images of an archive consist of, and how much of that is in the store already. Writes nothing.

Knows that a blob may come from either side; never what is to be done about one that is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.content import Content
from .._values.errors import Damaged, NotFound
from .._values.image import Graph
from .._values.manifest import config_platform, parse_config, parse_manifest
from .._values.offer import Offer
from .._values.platform import fitting
from .graph import is_runnable, walk
from .presence import Inspector, platforms_of

if TYPE_CHECKING:
    from .._services.session import Session
    from .._values.descriptor import Descriptor
    from .._values.image import Extent, Image
    from .._values.platform import Platform
    from .archive_reading import ImageArchive


class Survey:
    """Looks at any number of images of one archive; what they share is asked for once."""

    def __init__(self, session: Session, archive: ImageArchive, extent: Extent) -> None:
        self._content = Content(session)
        self._archive = archive
        self._extent = extent
        self._inspector = Inspector(session, extent)

    def offer(self, name: str, target: Descriptor, found: Image | None) -> Offer:
        """One image under one name; Damaged when the archive contradicts itself."""
        graph = self.graph(name, target)
        parts = {of.digest: of for of, _bytes in graph.documents}
        parts.update({blob.digest: blob for blob in graph.blobs})
        missing = tuple(part for part in parts.values() if not self._inspector.holds(part.digest))
        self._check_sizes(missing)
        return Offer(
            name=name,
            target=target,
            found=found,
            platforms=platforms_of(graph),
            size=sum(part.size for part in parts.values()),
            missing=missing,
            absent=tuple(part.digest for part in missing if not self._archive.holds(part.digest)),
            is_unpacked=all(self._inspector.is_unpacked(manifest) for _of, manifest in graph.manifests),
        )

    def graph(self, name: str, target: Descriptor) -> Graph:
        """All that the image consists of for the wanted platforms; of the archive's own index, of all it lists."""
        is_own = target.digest == self._archive.listing.index.digest
        graph = self._of_all(name, target) if is_own else self._of_one(name, target)
        if not graph.manifests:
            raise NotFound(
                "archive %s holds no platform of image %s as a whole" % (self._archive.path, name),
                "export it with all of at least one platform",
            )
        return graph

    def read(self, of: Descriptor) -> bytes:
        """A document, from wherever it is."""
        if self._archive.holds(of.digest):
            return self._archive.document(of)
        try:
            return self._content.read(of.digest)
        except NotFound as exc:
            raise NotFound(
                "neither archive %s nor the store of this host holds document %s (%s)"
                % (self._archive.path, of.digest, of.media_type),
                "export the image with all of this platform, or set platform to one that is in the archive",
            ) from exc

    def _of_one(self, name: str, target: Descriptor) -> Graph:
        graph = self._walk(name, target)
        if not target.is_index and not self._fits(graph):
            raise NotFound(
                "image %s of archive %s is not for platform %s"
                % (name, self._archive.path, ", ".join(map(str, self._extent.platforms))),
                "set platform to what it is for (%s), or all_platforms=true" % self._platform_of(graph),
            )
        return graph

    def _of_all(self, name: str, index: Descriptor) -> Graph:
        """As containerd does it, an image of another platform is no part of what the index has for this host."""
        documents = {index.digest: (index, self._archive.document(index))}
        manifests = {}
        for target in self._archive.listing.images:
            graph = self._walk(name, target)
            if target.is_index or self._fits(graph):
                documents.update({of.digest: (of, content) for of, content in graph.documents})
                manifests.update({of.digest: (of, manifest) for of, manifest in graph.manifests})
        return Graph(tuple(documents.values()), tuple(manifests.values()))

    def _walk(self, name: str, target: Descriptor) -> Graph:
        """Where all platforms are wanted, those that are not there as a whole are left out."""

        def read(of: Descriptor) -> bytes | None:
            is_left_out = not self._extent.platforms and of.digest != target.digest and not self._is_whole(of)
            return None if is_left_out else self.read(of)

        return walk(target, self._extent.platforms, name, read)

    def _fits(self, graph: Graph) -> bool:
        """Whether an image that stands alone is for a wanted platform, as far as its config tells.

        The variant is no matter: builders write there what they were built on.
        """
        own = self._platform_of(graph)
        wanted = [fit for platform in self._extent.platforms for fit in fitting(platform)]
        known = {(fit.os, fit.architecture) for fit in wanted}
        return own is None or not known or (own.os, own.architecture) in known

    def _platform_of(self, graph: Graph) -> Platform | None:
        manifest = graph.manifests[0][1]
        if not is_runnable(manifest):
            return None
        return config_platform(parse_config(self.read(manifest.config), manifest.config))

    def _is_whole(self, listed: Descriptor) -> bool:
        """Whether a manifest of an index, and all that hangs on it, is in the archive or in the store."""
        if not self._is_somewhere(listed):
            return False
        if not listed.is_manifest:
            return True
        return all(map(self._is_somewhere, parse_manifest(self.read(listed), listed).children))

    def _is_somewhere(self, blob: Descriptor) -> bool:
        return self._archive.holds(blob.digest) or self._inspector.holds(blob.digest)

    def _check_sizes(self, missing: tuple[Descriptor, ...]) -> None:
        """A manifest and the archive must tell the same sizes before a byte is written."""
        sizes = {digest: entry.size for digest, entry in self._archive.entries(of.digest for of in missing)}
        for blob in missing:
            if sizes.get(blob.digest, blob.size) != blob.size:
                raise Damaged(
                    "archive %s holds %d bytes as blob %s, whose descriptor promises %d"
                    % (self._archive.path, sizes[blob.digest], blob.digest, blob.size),
                    "copy or make the archive again",
                )
