# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about images: present means record, every blob and the unpacked chain; absent means no record.

Knows when everything is as wanted; what to do when it is not, ``image_change`` knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.digest import is_digest
from .._values.errors import Refused
from .._values.image import Extent, ImageState, Stored
from .._values.plan import Plan, Step
from .._values.reference import parse_reference
from .._values.value import Value
from .extent import want_extent
from .facts import image_facts
from .registry_access import want_access, want_pull

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.image import Image, Pulled
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess
    from .image_records import WantedRecords
    from .verbs import ImageVerbs


ABANDONED = (Step("give_up_abandoned", (), ("gave up the lease of a pull that was killed",)),)


class DesiredImages(Value):
    names: tuple[tuple[str, Reference | None], ...]  # as written; parsed, or None when only a literal name
    state: str
    pull: str
    extent: Extent  # its snapshotter is '' until the namespace's default is read
    snapshotter: str | None
    access: RegistryAccess
    force: bool
    sync: bool
    namespace: str
    records: WantedRecords | None  # None: all that counts is what the names point to


class CurrentImages(Value):
    images: tuple[ImageState, ...]
    extent: Extent
    further: tuple[tuple[str, Image | None], ...] = ()  # references that must point to the same target
    siblings: tuple[ImageState, ...] = ()  # records beside the images that go with the last of them
    is_abandoned: bool = False  # there is a lease of a pull that died, maybe as its very last act


def want(params: Mapping[str, Any]) -> DesiredImages:
    if not params["name"]:
        raise Refused("name is empty", "name at least one image")
    is_absent = params["state"] == "absent"
    return DesiredImages(
        names=tuple(dict((text, _reference(text, is_absent)) for text in params["name"]).items()),
        state=params["state"],
        pull=want_pull(params),
        extent=want_extent(params, ""),
        snapshotter=params["snapshotter"],
        access=want_access(params),
        force=params["force"],
        sync=params["sync"],
        namespace=params["namespace"],
        records=_want_records(params),
    )


def _want_records(params: Mapping[str, Any]) -> WantedRecords | None:
    if not params["repository"] and not params["labels"] and params["pinned"] is None:
        return None
    from .image_records import want_records

    return want_records(params)


def _reference(text: str, is_absent: bool) -> Reference | None:
    """Removing takes any name that a record can have; pulling needs one that a registry can serve."""
    if is_absent and is_digest(text):  # a record of the CRI, no tag named sha256
        return None
    try:
        return parse_reference(text)
    except Refused:
        if is_absent and text:
            return None
        raise


def read(verbs: ImageVerbs, desired: DesiredImages) -> CurrentImages:
    extent = desired.extent
    if desired.state == "present":
        extent = extent.replace(snapshotter=verbs.snapshotter(desired.snapshotter))
    names = [text for text, _reference in desired.names]
    full = [str(reference) for _text, reference in desired.names if reference]
    records = verbs.records(list(dict.fromkeys(names + full)))
    found = {
        name: reference
        for text, reference in desired.names
        for name in _existing(records, text, reference, desired.state)
    }
    here = [records[name] for name in found if name in records]
    if desired.state == "absent":
        stored = {image.name: Stored(image, (), 0, (), is_unpacked=False) for image in here}
    else:
        stored = verbs.inspect(here, extent)
    current = CurrentImages(
        tuple(ImageState(name, reference, stored.get(name)) for name, reference in found.items()), extent
    )
    if desired.records is not None:
        from .image_records import read_further

        current = read_further(verbs, desired.records, current)
    if desired.pull == "always" or not _is_settled(desired, current):
        from .image_change import read_more

        current = read_more(verbs, desired, current)
    return current.replace(is_abandoned=desired.state == "present" and verbs.are_pulls_abandoned(here))


def _existing(
    records: Mapping[str, Image], text: str, reference: Reference | None, state: str
) -> Sequence[str]:
    """The literal name when there is such a record, else the full one; to be absent means: under neither."""
    full = text if reference is None else str(reference)
    if state == "absent":
        return [name for name in (text, full) if name in records] or [full]
    return [text if text in records else full]


def plan(desired: DesiredImages, current: CurrentImages) -> Plan:
    if _is_settled(desired, current):
        return Plan(ABANDONED if current.is_abandoned else (), current)
    from .image_change import plan_change

    return plan_change(desired, current)


def _is_settled(desired: DesiredImages, current: CurrentImages) -> bool:
    if desired.state == "absent":
        return all(image.stored is None for image in current.images)
    if not all(_is_whole(image, current.extent) for image in current.images):
        return False
    if desired.records is None:
        return True
    from .image_records import plan_records

    return not plan_records(desired.records, current).steps


def _is_whole(image: ImageState, extent: Extent) -> bool:
    """Complete, unpacked if that is wanted, and where the registry, if it was asked, has the tag."""
    stored, remote = image.stored, image.remote
    if stored is None or not stored.is_complete or (extent.unpack and not stored.is_unpacked):
        return False
    return remote is None or remote.target.digest == stored.image.target.digest


def view(desired: DesiredImages, state: CurrentImages) -> Mapping[str, Any]:
    seen = {image.name: _view(desired, image.stored) for image in (*state.images, *state.siblings)}
    if desired.records is None:
        return seen
    from .image_records import view_records

    return view_records(desired.records, state, seen)


def _view(desired: DesiredImages, stored: Stored | None) -> Mapping[str, Any]:
    if stored is None:
        return {"state": "absent"}
    if desired.state == "absent":
        return {"state": "present", "digest": stored.image.target.digest}
    unpacked = {"unpacked": stored.is_unpacked} if desired.extent.unpack else {}
    digest = stored.image.target.digest
    return {"state": "present", "digest": digest, "complete": stored.is_complete, **unpacked}


def report(desired: DesiredImages, state: CurrentImages, results: Sequence[Any]) -> Mapping[str, Any]:
    pulled = {one.name: one for result in results for one in result or ()}
    images = {"images": [_entry(image, pulled.get(image.name)) for image in state.images]}
    if not state.further:
        return images
    from .image_records import report_further

    return {**images, "references": report_further(state)}


def _entry(image: ImageState, pulled: Pulled | None) -> Mapping[str, Any]:
    if image.stored is None:
        return {"name": image.name, "state": "absent"}
    fetched = pulled.bytes_fetched if pulled else image.to_fetch
    source = pulled.host if pulled else image.remote.host if image.remote else ""
    return {
        **image_facts(image.stored),
        "state": "present",
        "source": source,
        "bytes_fetched": fetched,
    }
