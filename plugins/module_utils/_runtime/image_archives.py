# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for importing: what an archive holds, what the store lacks of it, and bringing that over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .archive_reading import ImageArchive
from .image_reading import ImageReading
from .survey import Survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._services.session import Session
    from .._values.descriptor import Descriptor
    from .._values.endpoint import Endpoint
    from .._values.image import Extent, Image
    from .._values.offer import Bringing, Listing, Offer


class ImportRuntime(ImageReading):
    """The verbs that a decision about an archive may use."""

    def __init__(self, endpoint: Endpoint, session: Session | None = None) -> None:
        super().__init__(endpoint, session)
        self._archives: dict[str, ImageArchive] = {}  # an archive is gone through once a task

    def listing(self, path: str) -> Listing:
        """What the archive says that it holds."""
        return self._archive(path).listing

    def survey(
        self,
        path: str,
        targets: Mapping[str, Descriptor],
        records: Mapping[str, Image],
        extent: Extent,
    ) -> list[Offer]:
        """What each image consists of, and what of that the store lacks. Writes nothing."""
        survey = Survey(self.session, self._archive(path), extent)
        return [survey.offer(name, target, records.get(name)) for name, target in targets.items()]

    def bring(self, path: str, jobs: Sequence[Bringing]) -> int:
        """Write, unpack and name the images; returns the bytes of the blobs that were not here."""
        from .importing import bring

        return bring(self.session, self._archive(path), jobs)

    def defer(self, path: str, jobs: Sequence[Bringing]) -> int:
        """Nothing: the archive is a catalogue, and what it lacks has still to be sent."""
        return 0

    def _archive(self, path: str) -> ImageArchive:
        if path not in self._archives:
            self._archives[path] = ImageArchive(path)
        return self._archives[path]
