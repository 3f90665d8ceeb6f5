# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for looking at images. A module that only looks ships nothing that pulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.images import Images
from .._services.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.endpoint import Endpoint
    from .._values.image import Extent, Image, Stored

FEW = 4  # names: below, ask for each; above, one listing is cheaper


class ImageReading:
    """The verbs that a decision which only reads about images may use."""

    def __init__(self, endpoint: Endpoint, session: Session | None = None) -> None:
        self.session = session or Session(endpoint)
        self.images = Images(self.session)

    def snapshotter(self, wish: str | None) -> str:
        """The snapshotter to use; Refused when the daemon does not have the one that is wished for."""
        from .snapshotter import choose_snapshotter

        return choose_snapshotter(self.session, wish)

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        """The records of these exact names, as far as there are any."""
        if len(names) <= FEW:
            found = [self.images.find(name) for name in names]
            return {image.name: image for image in found if image is not None}
        wanted = set(names)
        return {image.name: image for image in self.images.list() if image.name in wanted}

    def all_records(self, filters: Sequence[str] = ()) -> list[Image]:
        """Every record that matches any of ``filters`` (containerd's filter grammar); without any, all."""
        return self.images.list(*filters)

    def inspect(self, images: Sequence[Image], extent: Extent) -> dict[str, Stored]:
        """How complete each image is, by name."""
        from .presence import Inspector

        inspector = Inspector(self.session, extent)
        inspector.prepare(images)
        return {image.name: inspector.inspect(image) for image in images}
