# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about pushes: a registry has, under a reference, the digest of an image that is here.

Knows what is compared and what cannot be pushed; never how anything moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound, Refused
from .._values.plan import Plan, Step
from .._values.platform import parse_platform
from .._values.reference import parse_reference
from .._values.value import Value
from .registry_access import want_access

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.descriptor import Descriptor
    from .._values.image import Image
    from .._values.platform import Platform
    from .._values.push import Shipment
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess
    from .push_verbs import PushVerbs


class DesiredPush(Value):
    names: tuple[str, ...]  # of the record: as written, then in full
    reference: Reference  # in the registry; the tag when there is one
    digest: str  # that the reference insists on, or ''
    platform: Platform | None
    access: RegistryAccess


class PushState(Value):
    name: str
    target: Descriptor
    offered: str  # digest in the registry; '' when there is none
    shipment: Shipment | None  # None: nothing has to move


def want(params: Mapping[str, Any]) -> DesiredPush:
    text = params["name"]
    if not text:
        raise Refused("name is empty", "name the image to push")
    own = _parse(text)
    reference = _reference(text, own, params["repository"])
    full = (str(own),) if own else ()
    return DesiredPush(
        names=tuple(dict.fromkeys((text, *full))),
        reference=reference.replace(digest="") if reference.tag else reference,
        digest=reference.digest,
        platform=parse_platform(params["platform"]) if params["platform"] else None,
        access=want_access(params),
    )


def _parse(text: str) -> Reference | None:
    """A record may have a name that no registry could serve."""
    try:
        return parse_reference(text)
    except Refused:
        return None


def _reference(text: str, own: Reference | None, repository: str | None) -> Reference:
    """Where to: as written, with the image's own tag when a repository stands there without one."""
    if repository is None:
        return own or parse_reference(text)
    reference = parse_reference(repository)
    says_tag = ":" in repository.partition("@")[0].rpartition("/")[2]
    if own and own.tag and not says_tag and not reference.digest:
        return reference.replace(tag=own.tag)
    return reference


def read(verbs: PushVerbs, desired: DesiredPush) -> PushState:
    image = _image(verbs, desired)
    target = verbs.choose(image, desired.platform)
    if desired.digest and desired.digest != target.digest:
        raise Refused(
            "image %s is %s, which cannot be pushed as %s" % (image.name, target.digest, desired.digest),
            "correct repository, or leave the digest out",
        )
    offered = verbs.offered(desired.reference, desired.access)
    if offered == target.digest:
        return PushState(image.name, target, offered, None)
    shipment = verbs.survey(image.name, target, desired.reference, desired.access)
    return PushState(image.name, target, offered, shipment)


def _image(verbs: PushVerbs, desired: DesiredPush) -> Image:
    """The literal name when there is such a record, else the full one."""
    records = verbs.records(desired.names)
    for name in desired.names:
        if name in records:
            return records[name]
    raise NotFound("image %s is not here" % desired.names[-1], "pull or import it first, or correct name")


def plan(desired: DesiredPush, current: PushState) -> Plan:
    if current.shipment is None:
        return Plan((), current)
    _check_whole(current.name, current.shipment)
    digest = current.target.digest
    if current.offered:
        says = "moved %s from %s to %s" % (desired.reference, current.offered, digest)
    else:
        says = "pushed image %s (%s) to %s" % (current.name, digest, desired.reference)
    step = Step("push", (current.shipment, desired.reference, desired.access), (says,))
    return Plan((step,), current.replace(offered=digest))


def _check_whole(name: str, shipment: Shipment) -> None:
    if not shipment.lacking:
        return
    remedy = "pull it with all_platforms=true first"
    if shipment.whole:
        remedy += ", or set platform to push one that is here: " + ", ".join(shipment.whole)
    raise NotFound(
        "image %s cannot be pushed whole, since it lacks here %s" % (name, ", ".join(shipment.lacking)),
        remedy,
    )


def view(desired: DesiredPush, state: PushState) -> Mapping[str, Any]:
    there = {"state": "present", "digest": state.offered} if state.offered else {"state": "absent"}
    return {str(desired.reference): there}


def report(desired: DesiredPush, state: PushState, results: Sequence[Any]) -> Mapping[str, Any]:
    """The bytes are those that moved, or, as long as nothing has, those that would."""
    sent = mounted = 0
    if results:
        sent, mounted = results[0].bytes_sent, results[0].bytes_mounted
    elif state.shipment is not None:
        sent, mounted = state.shipment.bytes_to_send, state.shipment.bytes_to_mount
    return {
        "image": {
            "name": state.name,
            "reference": str(desired.reference),
            "digest": state.offered,
            "media_type": state.target.media_type,
            "bytes_sent": sent,
            "bytes_mounted": mounted,
        }
    }
