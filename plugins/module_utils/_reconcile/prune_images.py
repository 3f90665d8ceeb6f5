# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide which images are no longer needed. Pure.

What a container or a lease uses stays, in whatever name, and so does what is pinned: a record is never looked
at alone, but with all records of its target.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from .._values.digest import is_digest
from .._values.labels import IS_PINNED, PINNED
from .._values.value import Value
from .garbage import Graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.holdings import Holdings
    from .._values.image import Image


class ImageRule(Value):
    """Which images may go."""

    dangling_only: bool
    before: str  # records that last changed before this time; '' for any
    labels: tuple[tuple[str, str | None], ...]  # that a record must carry; None: with any value
    keep_newest: int  # of each repository
    keep_names: tuple[str, ...]  # patterns


def images_to_go(rule: ImageRule, holdings: Holdings) -> list[Image]:
    """The records that may go, in the order of their names."""
    used = _used_targets(holdings)
    free = [image for image in holdings.images if image.target.digest not in used]
    if rule.dangling_only:
        free = [image for image in free if is_nameless(image)]
    newest = _newest(free, rule.keep_newest)
    going = {
        image.name
        for image in free
        if _is_meant(rule, image) and image.name not in newest and not is_nameless(image)
    }
    named = {i.target.digest for i in holdings.images if not is_nameless(i) and i.name not in going}
    going |= {
        image.name
        for image in free
        if is_nameless(image) and image.target.digest not in named and _may_follow(rule, image, going, free)
    }
    return sorted((image for image in free if image.name in going), key=lambda image: image.name)


def is_nameless(image: Image) -> bool:
    """Whether no user gave this name: the CRI's record of an image id, or what a tool calls an untagged image."""
    repository, at, _digest = image.name.partition("@")
    return is_digest(image.name) or (bool(at) and "/" not in repository)


def _may_follow(rule: ImageRule, image: Image, going: set[str], free: Sequence[Image]) -> bool:
    """A nameless record goes with the last name of its image; one that stands alone goes by the rule."""
    names = [
        each.name for each in free if each.target.digest == image.target.digest and not is_nameless(each)
    ]
    if names:
        return all(name in going for name in names)
    return _is_meant(rule, image)


def _is_meant(rule: ImageRule, image: Image) -> bool:
    changed_at = image.updated_at or image.created_at
    if rule.before and not (changed_at and changed_at < rule.before):
        return False
    if any(fnmatchcase(image.name, pattern) for pattern in rule.keep_names):
        return False
    return all(key in image.labels and value in (None, image.labels[key]) for key, value in rule.labels)


def _newest(images: Sequence[Image], count: int) -> set[str]:
    """The names of the ``count`` records of each repository that changed last."""
    repositories: dict[str, list[Image]] = {}
    for image in images if count else ():
        if not is_nameless(image):
            repositories.setdefault(_repository(image.name), []).append(image)
    kept: set[str] = set()
    for members in repositories.values():
        members.sort(key=lambda image: (image.updated_at or image.created_at, image.name), reverse=True)
        kept.update(image.name for image in members[:count])
    return kept


def _repository(name: str) -> str:
    path, slash, last = name.partition("@")[0].rpartition("/")
    return path + slash + last.partition(":")[0]


def _used_targets(holdings: Holdings) -> set[str]:
    """The targets of images that a container names or stands on, that a lease keeps, and that are pinned."""
    named = {use.image for use in holdings.uses}
    used = {
        image.target.digest
        for image in holdings.images
        if image.name in named or image.labels.get(PINNED) == IS_PINNED
    }
    graph = Graph(holdings)
    in_use = graph.in_use()
    for image in holdings.images:
        if image.target.digest in in_use or graph.tops_of(image) & in_use:
            used.add(image.target.digest)
    return used
