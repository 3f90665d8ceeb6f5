# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of many images are meant. Pure."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from .._values import labels as known
from .._values.digest import is_digest
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._values.image import Image
    from .._values.image_details import Details


class Filters(Value):
    """All must hold; None and () say nothing."""

    reference: tuple[str, ...]  # patterns, of which one must match
    label: tuple[str, ...]  # KEY or KEY=VALUE, all of which the record must have
    dangling: bool | None
    pinned: bool | None
    complete: bool | None
    unpacked: bool | None
    expression: tuple[str, ...]  # for containerd to judge


def want_filters(said: Mapping[str, Any]) -> Filters:
    return Filters(
        reference=tuple(said.get("reference") or ()),
        label=tuple(said.get("label") or ()),
        dangling=said.get("dangling"),
        pinned=said.get("pinned"),
        complete=said.get("complete"),
        unpacked=said.get("unpacked"),
        expression=tuple(said.get("expression") or ()),
    )


def chosen(filters: Filters, images: Iterable[Image], everything: Sequence[Image]) -> list[Image]:
    """Those of ``images`` whose records pass; whether one dangles, ``everything`` in the namespace tells."""
    named = {image.target.digest for image in everything if not is_digest(image.name)}
    return [image for image in images if _passes(filters, image, named)]


def _passes(filters: Filters, image: Image, named: set[str]) -> bool:
    return (
        (not filters.reference or any(fnmatchcase(image.name, each) for each in filters.reference))
        and all(_has(image.labels, each) for each in filters.label)
        and _is_as(filters.dangling, is_digest(image.name) and image.target.digest not in named)
        and _is_as(filters.pinned, image.labels.get(known.PINNED) == known.IS_PINNED)
    )


def _has(labels: Mapping[str, str], wanted: str) -> bool:
    key, equals, value = wanted.partition("=")
    return labels.get(key) == value if equals else key in labels


def _is_as(wanted: bool | None, found: bool) -> bool:
    return wanted is None or wanted is found


def passes(filters: Filters, details: Details) -> bool:
    """Whether what is here of an image passes."""
    is_complete = details.stored.is_complete and not details.problem
    return _is_as(filters.complete, is_complete) and _is_as(filters.unpacked, details.stored.is_unpacked)
