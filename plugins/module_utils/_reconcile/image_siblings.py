# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide which of the CRI's own records go with the images that are removed from its namespace. Pure but for reading.

To every image of its namespace the CRI adds a record that is named by the digest of the config. It stays when
the image's names go, and with it all of the content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._values.digest import is_digest
from .._values.errors import Refused
from .._values.image import ImageState, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.image import Image
    from .verbs import ImageVerbs


def read_siblings(verbs: ImageVerbs, going: Sequence[Image], *, is_forced: bool) -> tuple[ImageState, ...]:
    """The records without a name of their own, to whose targets no name leads once ``going`` are gone.

    Refused when one of ``going`` is itself such a record and a name of its image stays, unless that is forced.
    """
    names = {image.name for image in going}
    targets = {image.target.digest for image in going}
    beside = [
        image for image in verbs.all_records() if image.name not in names and image.target.digest in targets
    ]
    named = {image.target.digest: image.name for image in beside if not is_digest(image.name)}
    for image in going:
        if is_digest(image.name) and image.target.digest in named and not is_forced:
            raise Refused(
                "image %s is the CRI's own record of %s" % (image.name, named[image.target.digest]),
                "remove that name, and this record goes with it, or set force=true",
            )
    return tuple(
        ImageState(image.name, None, Stored(image, (), 0, (), is_unpacked=False))
        for image in beside
        if is_digest(image.name) and image.target.digest not in named
    )
