# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read about images: which there are, how complete, unpacked or not, and what they say. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.image import Extent
from .._values.plan import Plan
from .._values.platform import host_platform, parse_platform
from .._values.reference import parse_reference
from .._values.value import Value
from .facts import image_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.image import Image
    from .._values.image_details import Details
    from .image_filters import Filters
    from .verbs import ImageListingVerbs


class DesiredReading(Value):
    names: tuple[str, ...] | None  # None: all
    extent: Extent
    snapshotter: str | None
    filters: Filters | None
    config: bool
    usage: bool


def want(params: Mapping[str, Any]) -> DesiredReading:
    platforms = tuple(parse_platform(text) for text in params["platform"] or ()) or (host_platform(),)
    return DesiredReading(
        names=None if params["name"] is None else tuple(params["name"]),
        extent=Extent(platforms, True, ""),
        snapshotter=params["snapshotter"],
        filters=_want_filters(params["filters"]),
        config=params["config"],
        usage=params["usage"],
    )


def _want_filters(said: Mapping[str, Any] | None) -> Filters | None:
    if not said:
        return None
    from .image_filters import want_filters

    return want_filters(said)


def read(verbs: ImageListingVerbs, desired: DesiredReading) -> list[Details]:
    """Those that the user named and that are there, in the user's order; without names all, sorted."""
    extent = desired.extent.replace(snapshotter=verbs.snapshotter(desired.snapshotter))
    if desired.filters is None:
        images = _records(verbs, desired, ())
        details = verbs.describe(images, extent, desired.config, desired.usage)
        return [details[image.name] for image in images]
    from .image_filters import passes

    images = _filtered(verbs, desired, desired.filters)
    details = verbs.describe(images, extent, desired.config, desired.usage)
    return [details[image.name] for image in images if passes(desired.filters, details[image.name])]


def _records(verbs: ImageListingVerbs, desired: DesiredReading, expression: Sequence[str]) -> list[Image]:
    if desired.names is None:
        return sorted(verbs.all_records(expression), key=lambda image: image.name)
    pairs = [(text, _full(text)) for text in desired.names]
    if expression:
        records = {image.name: image for image in verbs.all_records(expression)}
    else:
        records = verbs.records(list(dict.fromkeys(name for pair in pairs for name in pair)))
    found = [text if text in records else full for text, full in pairs]
    return [records[name] for name in dict.fromkeys(found) if name in records]


def _filtered(verbs: ImageListingVerbs, desired: DesiredReading, filters: Filters) -> list[Image]:
    from .image_filters import chosen

    images = _records(verbs, desired, filters.expression)
    return chosen(filters, images, () if filters.dangling is None else verbs.all_records())


def _full(text: str) -> str:
    """A name that no registry could serve can be that of a record all the same."""
    try:
        return str(parse_reference(text))
    except Refused:
        return text


def plan(desired: DesiredReading, current: list[Details]) -> Plan:
    return Plan((), current)


def view(desired: DesiredReading, state: list[Details]) -> Mapping[str, Any]:
    return {}


def report(desired: DesiredReading, state: list[Details], results: Sequence[Any]) -> Mapping[str, Any]:
    return {"images": [_entry(desired, details) for details in state]}


def _entry(desired: DesiredReading, details: Details) -> dict[str, Any]:
    entry = {**image_facts(details.stored), "offered": list(details.offered), "problem": details.problem}
    if details.problem:
        entry["complete"] = False
    if desired.config:
        entry["config"] = _config_facts(details.config)
    if desired.usage:
        entry["usage"] = dict(details.usage)
    return entry


def _config_facts(document: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was built into an image, in the words of the modules' options; empty when its config is not here."""
    if document is None:
        return {}
    config = document["config"] if isinstance(document["config"], dict) else {}
    return {
        "digest": document["digest"],
        "created": document["created"] or "",
        "author": document["author"] or "",
        "os": document["os"] or "",
        "architecture": document["architecture"] or "",
        "variant": document["variant"] or "",
        "entrypoint": config.get("Entrypoint") or [],
        "command": config.get("Cmd") or [],
        "env": config.get("Env") or [],
        "user": config.get("User") or "",
        "working_dir": config.get("WorkingDir") or "",
        "labels": config.get("Labels") or {},
        "exposed_ports": sorted(config.get("ExposedPorts") or {}),
        "volumes": sorted(config.get("Volumes") or {}),
        "stop_signal": config.get("StopSignal") or "",
    }
