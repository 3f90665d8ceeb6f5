# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the images of an archive are called once they are imported: as ``ctr images import`` calls them.

Where its versions differ, by what its options say they do. No name is made of the date, as ctr makes them: the
same task would import the image anew tomorrow. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._values.archive import IMAGE_NAME, REF_NAME
from .._values.errors import NotFound, Refused
from .._values.reference import parse_reference
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._values.descriptor import Descriptor
    from .._values.offer import Listing


class Naming(Value):
    """What the user says about names."""

    names: tuple[str, ...]  # of the images to import; none: all
    base_name: str
    index_name: str
    digests: bool


def named_images(listing: Listing, naming: Naming, path: str) -> dict[str, Descriptor]:
    """The targets by name; NotFound when the archive has none of that name, or none at all."""
    found: dict[str, Descriptor] = {}
    wanted = [_spellings(text) for text in naming.names]
    for image in listing.images:
        names = _own_names(image, naming)
        if naming.names:
            names = [name for name in names if any(name in spellings for spellings in wanted)]
            if not names:
                continue
        found.update({name: image for name in names})
        if naming.digests:
            found["%s@%s" % (naming.base_name, image.digest)] = image
    _check(listing, naming, path, found)
    if naming.index_name:
        found[naming.index_name] = listing.index
    if not found:
        raise _nothing(listing, naming, path)
    return found


def _own_names(image: Descriptor, naming: Naming) -> list[str]:
    name = _annotated(image)
    if not name:
        return []
    if not _is_full(name):
        return ["%s:%s" % (naming.base_name, name)] if naming.base_name else []
    return [name] if _begins_with(name, naming.base_name) else []


def _annotated(image: Descriptor) -> str:
    """Its full name, or a tag alone, or ''; some tools write the full name where the tag belongs."""
    return image.annotations.get(IMAGE_NAME) or image.annotations.get(REF_NAME, "")


def _is_full(name: str) -> bool:
    return any(character in name for character in "/:@")


def _begins_with(name: str, base: str) -> bool:
    """Whether a repository is the base, or below it."""
    return not base or name == base or (name.startswith(base) and name[len(base)] in "/:@")


def _spellings(text: str) -> tuple[str, ...]:
    """As written, and in full."""
    try:
        return (text, str(parse_reference(text)))
    except Refused:
        return (text,)


def _check(listing: Listing, naming: Naming, path: str, found: Mapping[str, Descriptor]) -> None:
    """Nothing that was asked for, and nothing that has a name of sorts, is passed over in silence."""
    for text in naming.names:
        if not any(name in found for name in _spellings(text)):
            raise NotFound(
                "archive %s holds no image named %s" % (path, text),
                "name one that it holds: %s" % _told(_annotated(image) for image in listing.images),
            )
    tags = [_annotated(image) for image in listing.images if not _is_full(_annotated(image))]
    if any(tags) and not (naming.base_name or naming.index_name or naming.names):
        raise Refused(
            "archive %s calls an image only by the tag %s" % (path, _told(tags)),
            "set base_name to what the tag is of, such as docker.io/library/nginx",
        )


def _nothing(listing: Listing, naming: Naming, path: str) -> NotFound:
    if not listing.images:
        return NotFound("archive %s holds no image" % path, "export one into it")
    names = [_annotated(image) for image in listing.images]
    if any(names):
        return NotFound(
            "archive %s holds no image below %s" % (path, naming.base_name),
            "set base_name to fit what it holds: %s" % _told(names),
        )
    return NotFound(
        "archive %s does not name its images" % path,
        "set index_name, or base_name with digests=true, to name them",
    )


def _told(names: Sequence[str] | Iterable[str]) -> str:
    """A few names for a message."""
    known = sorted({name for name in names if name})
    return ", ".join(known[:8]) + (" ..." if len(known) > 8 else "") if known else "none is named"
