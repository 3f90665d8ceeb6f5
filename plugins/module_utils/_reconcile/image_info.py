# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read about images: which there are, how complete, unpacked or not. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.image import Extent, Stored
from .._values.plan import Plan
from .._values.platform import host_platform, parse_platform
from .._values.reference import parse_reference
from .._values.value import Value
from .facts import image_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .verbs import ImageReadingVerbs


class DesiredReading(Value):
    names: tuple[str, ...] | None  # None: all
    extent: Extent
    snapshotter: str | None


def want(params: Mapping[str, Any]) -> DesiredReading:
    platforms = tuple(parse_platform(text) for text in params["platform"] or ()) or (host_platform(),)
    names = None if params["name"] is None else tuple(params["name"])
    return DesiredReading(names, Extent(platforms, True, ""), params["snapshotter"])


def read(verbs: ImageReadingVerbs, desired: DesiredReading) -> list[Stored]:
    """Those that the user named and that are there, in the user's order; without names all, sorted."""
    extent = desired.extent.replace(snapshotter=verbs.snapshotter(desired.snapshotter))
    if desired.names is None:
        images = sorted(verbs.all_records(), key=lambda image: image.name)
    else:
        pairs = [(text, _full(text)) for text in desired.names]
        records = verbs.records(list(dict.fromkeys(name for pair in pairs for name in pair)))
        found = [text if text in records else full for text, full in pairs]
        images = [records[name] for name in dict.fromkeys(found) if name in records]
    stored = verbs.inspect(images, extent)
    return [stored[image.name] for image in images]


def _full(text: str) -> str:
    """A name that no registry could serve can be that of a record all the same."""
    try:
        return str(parse_reference(text))
    except Refused:
        return text


def plan(desired: DesiredReading, current: list[Stored]) -> Plan:
    return Plan((), current)


def view(desired: DesiredReading, state: list[Stored]) -> Mapping[str, Any]:
    return {}


def report(desired: DesiredReading, state: list[Stored], results: Sequence[Any]) -> Mapping[str, Any]:
    return {"images": [image_facts(stored) for stored in state]}
