# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about images: present means record, every blob and the unpacked chain; absent means no record.

Knows what the options mean together; never how anything is fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.image import Extent, Image, LookUp, Pull, Pulled, Remote, Stored
from .._values.plan import Plan, Step
from .._values.platform import host_platform, parse_platform
from .._values.reference import Reference, parse_reference
from .._values.value import Value
from .completion import ImageState, check_never, completed, pull_of, sentence_of
from .facts import image_facts
from .registry_access import want_access, want_pull

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.registry import RegistryAccess
    from .verbs import ImageVerbs


class DesiredImages(Value):
    names: tuple[tuple[str, Reference | None], ...]  # as written; parsed, or None when only a literal name
    state: str
    pull: str
    extent: Extent  # its snapshotter is '' until the namespace's default is read
    snapshotter: str | None
    access: RegistryAccess
    force: bool
    sync: bool


class CurrentImages(Value):
    images: tuple[ImageState, ...]
    extent: Extent


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
    )


def want_extent(params: Mapping[str, Any], snapshotter: str) -> Extent:
    """The platforms that count: the named ones, all, or by default the host's."""
    if params["all_platforms"] and params["platform"]:
        raise Refused("platform and all_platforms exclude each other", "set one of them")
    named = tuple(parse_platform(text) for text in params["platform"] or ())
    platforms = () if params["all_platforms"] else named or (host_platform(),)
    return Extent(platforms, params["unpack"], snapshotter)


def _reference(text: str, is_absent: bool) -> Reference | None:
    """Removing takes any name that a record can have; pulling needs one that a registry can serve."""
    try:
        return parse_reference(text)
    except Refused:
        if is_absent and text:
            return None
        raise


def read(verbs: ImageVerbs, desired: DesiredImages) -> CurrentImages:
    extent = desired.extent
    if desired.state == "present":
        snapshotter = verbs.snapshotter(desired.snapshotter)
        extent = Extent(extent.platforms, extent.unpack, snapshotter)
    names = [text for text, _reference in desired.names]
    full = [str(reference) for _text, reference in desired.names if reference]
    records = verbs.records(list(dict.fromkeys(names + full)))
    found = [(_existing(records, text, reference), reference) for text, reference in desired.names]
    if desired.state == "absent":
        return _read_users(verbs, found, extent)
    stored = verbs.inspect([records[name] for name, _reference in found if name in records], extent)
    remotes = _look_up(verbs, desired, found, stored, extent)
    images = tuple(
        ImageState(name, reference, stored.get(name), remotes.get(name)) for name, reference in found
    )
    return CurrentImages(images, extent)


def _existing(records: Mapping[str, Image], text: str, reference: Reference | None) -> str:
    """The literal name when there is such a record, else the full one."""
    return text if text in records or reference is None else str(reference)


def _read_users(
    verbs: ImageVerbs, found: Sequence[tuple[str, Reference | None]], extent: Extent
) -> CurrentImages:
    records = verbs.records([name for name, _reference in found])
    users = verbs.users(list(records)) if records else {}
    images = []
    for name, reference in found:
        record = records.get(name)
        stored = Stored(record, (), 0, (), is_unpacked=False) if record else None
        images.append(ImageState(name, reference, stored, users=tuple(users.get(name, ()))))
    return CurrentImages(tuple(images), extent)


def _look_up(
    verbs: ImageVerbs,
    desired: DesiredImages,
    found: Sequence[tuple[str, Reference | None]],
    stored: Mapping[str, Stored],
    extent: Extent,
) -> dict[str, Remote]:
    """Ask the registries about what is not whole, and under ``pull: always`` about every tag."""
    questions = []
    for name, reference in found:
        here = stored.get(name)
        is_whole = here is not None and here.is_complete
        moves = desired.pull == "always" and reference is not None and not (is_whole and reference.digest)
        if (moves or not is_whole) and reference is not None and desired.pull != "never":
            questions.append(LookUp(name, reference, here, is_pinned=here is not None and not moves))
    return verbs.look_up(questions, extent, desired.access) if questions else {}


def plan(desired: DesiredImages, current: CurrentImages) -> Plan:
    return _plan_absent(desired, current) if desired.state == "absent" else _plan_present(desired, current)


def _plan_absent(desired: DesiredImages, current: CurrentImages) -> Plan:
    there = [image for image in current.images if image.stored is not None]
    for image in there:
        if image.users and not desired.force:
            raise Refused(
                "image %s is used by container %s" % (image.name, ", ".join(image.users)),
                "remove the container first, or set force=true",
            )
    after = CurrentImages(
        tuple(ImageState(image.name, image.reference, None) for image in current.images), current.extent
    )
    if not there:
        return Plan((), after)
    says = tuple("removed image %s" % image.name for image in there)
    return Plan((Step("remove", (tuple(image.name for image in there), desired.sync), says),), after)


def _plan_present(desired: DesiredImages, current: CurrentImages) -> Plan:
    pulls: list[Pull] = []
    says: list[str] = []
    after: list[ImageState] = []
    for image in current.images:
        if desired.pull == "never":
            check_never(image)
        sentence = sentence_of(image, current.extent)
        after.append(completed(image, current.extent) if sentence else image)
        if sentence:
            says.append(sentence)
            pulls.append(pull_of(image, current.extent))
    steps = (Step("pull", (tuple(pulls), desired.access), tuple(says)),) if pulls else ()
    return Plan(steps, CurrentImages(tuple(after), current.extent))


def view(desired: DesiredImages, state: CurrentImages) -> Mapping[str, Any]:
    return {image.name: _view(desired, image.stored) for image in state.images}


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
    return {"images": [_entry(image, pulled.get(image.name)) for image in state.images]}


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
