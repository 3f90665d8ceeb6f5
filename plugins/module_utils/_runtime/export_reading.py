# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to export an image: its documents, and the certainty that every blob of it is here.

Knows the content store; never how an archive is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .._services.content import Content
from .._values.archive import Exportable
from .._values.descriptor import CONFIG_TYPES
from .._values.errors import Damaged, NotFound
from .._values.manifest import parse_config
from .._values.platform import fitting, host_platform, normalise
from .graph import is_runnable, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._services.session import Session
    from .._values.descriptor import Descriptor
    from .._values.image import Graph, Image
    from .._values.manifest import Manifest
    from .._values.platform import Platform

    Read = Callable[[Descriptor], bytes]


class ExportReader:
    """Reads any number of images; what they share is asked for once."""

    def __init__(self, session: Session) -> None:
        self._content = Content(session)
        self._sizes: dict[str, int | None] = {}

    def read(self, image: Image, platforms: Sequence[Platform]) -> Exportable:
        """The image for these platforms, without any for all; NotFound names the platform that is not complete."""

        def document(of: Descriptor) -> bytes:
            try:
                return self._content.read(of.digest)
            except NotFound as exc:
                raise _incomplete(image, of, [of]) from exc

        graph = walk(image.target, platforms, image.name, document)
        for of, manifest in graph.manifests:
            lacking = [blob for blob in manifest.children if self._lacks(blob)]
            if lacking:
                raise _incomplete(image, of, lacking)
        return Exportable(image, graph, _for_docker(graph))

    def check_platform(self, exportable: Exportable, platforms: Sequence[Platform]) -> None:
        """An image that is no index is of one platform, which its config tells; NotFound when none of these fits."""
        (of, manifest), *more = exportable.graph.manifests
        if (
            more
            or of.digest != exportable.image.target.digest
            or manifest.config.media_type not in CONFIG_TYPES
        ):
            return
        config = parse_config(self._content.read(manifest.config.digest), manifest.config)
        own = normalise(*(str(config.get(key) or "") for key in ("os", "architecture", "variant")))
        for wanted in platforms:
            if own not in fitting(wanted):
                raise NotFound(
                    "image %s is for platform %s alone, not for %s" % (exportable.image.name, own, wanted),
                    "leave platform out, or pull an image that offers it",
                )

    def _lacks(self, blob: Descriptor) -> bool:
        if blob.digest not in self._sizes:
            found = self._content.find(blob.digest)
            self._sizes[blob.digest] = found.size if found else None
        size = self._sizes[blob.digest]
        if size is not None and size != blob.size:
            raise Damaged(
                "blob %s has %d bytes where its manifest promises %d" % (blob.digest, size, blob.size),
                "its image is damaged: remove it and pull it again",
            )
        return size is None


def _incomplete(image: Image, of: Descriptor, lacking: Sequence[Descriptor]) -> NotFound:
    of_platform = " for platform %s" % of.platform if of.platform else ""
    return NotFound(
        "image %s is not complete%s: blob %s is not here%s"
        % (
            image.name,
            of_platform,
            lacking[0].digest,
            ", nor are %d more" % (len(lacking) - 1) if lacking[1:] else "",
        ),
        "complete it with ctr_image%s, or set platform to what is here"
        % (" and platform: %s" % of.platform if of.platform else ""),
    )


def _for_docker(graph: Graph) -> Manifest | None:
    """Docker's format has room for one platform: the host's when it is among them, else the first."""
    images = [(of, manifest) for of, manifest in graph.manifests if _is_image(manifest)]
    for fit in fitting(host_platform()):
        for of, manifest in images:
            if of.platform == fit:
                return manifest
    return images[0][1] if images else None


def _is_image(manifest: Manifest) -> bool:
    """Whether docker could load it, which an attestation or a chart is not for."""
    return manifest.config.media_type in CONFIG_TYPES and is_runnable(manifest)
