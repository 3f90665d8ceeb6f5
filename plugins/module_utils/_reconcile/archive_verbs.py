# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about importing. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .verbs import ImageReadingVerbs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.descriptor import Descriptor
    from .._values.image import Extent, Image
    from .._values.offer import Bringing, Listing, Offer


class ImportVerbs(ImageReadingVerbs, Protocol):
    """For the decision about importing."""

    def listing(self, path: str) -> Listing:
        """What the archive says that it holds."""

    def survey(
        self,
        path: str,
        targets: Mapping[str, Descriptor],
        records: Mapping[str, Image],
        extent: Extent,
    ) -> list[Offer]:
        """What each image consists of, and what of that the store lacks. Writes nothing."""

    def bring(self, path: str, jobs: Sequence[Bringing]) -> int:
        """Write, unpack and name the images; all of them or, on failure, nothing that was not there."""

    def defer(self, path: str, jobs: Sequence[Bringing]) -> int:
        """Nothing: the archive is a catalogue, and what it lacks has still to be sent."""
