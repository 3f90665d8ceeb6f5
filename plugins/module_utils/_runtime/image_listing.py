# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for reading all about images, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._services.content import Content
from .._values.errors import Damaged, NotFound, Unsupported
from .._values.image import Stored
from .._values.image_details import Details
from .._values.manifest import parse_config, parse_index
from .graph import is_runnable
from .image_reading import ImageReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.image import Extent, Graph, Image
    from .._values.manifest import Manifest
    from .presence import Inspector
    from .snapshot_usage import Usages

TOLD = ("architecture", "os", "variant", "created", "author", "config")  # of an image config
ATTESTATION = "unknown/unknown"  # how builders mark what is no platform


class ImageListing(ImageReading):
    """The verbs that a decision which only reads all about images may use."""

    def describe(
        self, images: Sequence[Image], extent: Extent, config: bool, usage: bool
    ) -> dict[str, Details]:
        """All about each image, by name; its config and what its layers take on the disk when asked for."""
        from .presence import Inspector

        inspector = Inspector(self.session, extent)
        inspector.prepare(images)
        usages = self._usages() if usage else None
        seen: dict[str, Details] = {}  # by digest: many names may point to one image
        found: dict[str, Details] = {}
        for image in images:
            if image.target.digest not in seen:
                seen[image.target.digest] = self._describe(inspector, image, config, usages)
            details = seen[image.target.digest]
            found[image.name] = details.replace(stored=details.stored.replace(image=image))
        return found

    def _usages(self) -> Usages:
        from .snapshot_usage import Usages

        return Usages(self.session)

    def _describe(
        self, inspector: Inspector, image: Image, with_config: bool, usages: Usages | None
    ) -> Details:
        try:
            stored, graph = inspector.look(image)
            manifests = [manifest for _of, manifest in graph.manifests if is_runnable(manifest)]
            config = self._config(manifests) if with_config else None
            problem = "".join("blob %s is damaged" % blob.digest for blob in stored.damaged[:1])
            return Details(stored, _offered(graph), config, usages.of(manifests) if usages else {}, problem)
        except (Damaged, Unsupported) as exc:
            return Details(Stored(image, (), 0, (), is_unpacked=False), (), None, {}, exc.message)

    def _config(self, manifests: Sequence[Manifest]) -> Mapping[str, Any] | None:
        """That of the first platform of which it is here."""
        for manifest in manifests:
            try:
                document = Content(self.session).read(manifest.config.digest)
            except NotFound:
                continue
            fields = parse_config(document, manifest.config)
            return {"digest": manifest.config.digest, **{key: fields.get(key) for key in TOLD}}
        return None


def _offered(graph: Graph) -> tuple[str, ...]:
    listed = [each for of, data in graph.documents if of.is_index for each in parse_index(data, of)]
    names = dict.fromkeys(str(each.platform) for each in listed if each.platform is not None)
    return tuple(name for name in names if name != ATTESTATION)
