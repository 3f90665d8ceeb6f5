# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about importing: an image of an archive is present when its name points to it, and all of it is here.

Knows what is wanted of an archive; never its format, nor how blobs are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound, Refused
from .._values.image import Extent, Image, Stored
from .._values.labels import MAX_BYTES, fits
from .._values.offer import Bringing, Offer
from .._values.plan import Plan, Step
from .._values.value import Value
from .archive_names import Naming, named_images
from .extent import want_extent
from .facts import image_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .archive_verbs import ImportVerbs


class DesiredImport(Value):
    path: str
    naming: Naming
    labels: Mapping[str, str]
    extent: Extent  # its snapshotter is '' until the namespace's default is read
    snapshotter: str | None


class CurrentImport(Value):
    offers: tuple[Offer, ...]
    extent: Extent
    is_catalogue: bool
    to_write: int = 0  # bytes, while they have not been written


def want(params: Mapping[str, Any]) -> DesiredImport:
    base_name = params["base_name"] or ""
    if params["digests"] and not base_name:
        raise Refused("digests needs base_name", "set base_name to the repository that the digests are of")
    if params["src"] and not params["remote_src"]:
        raise Refused(
            "src is on the controller, where only the action plugin of this module can read it",
            "call the module as community.containerd.ctr_image_import, or set path or remote_src=true",
        )
    return DesiredImport(
        path=params["path"] or params["src"],
        naming=Naming(
            tuple(params["name"] or ()), base_name, params["index_name"] or "", bool(params["digests"])
        ),
        labels=_want_labels(params),
        extent=want_extent(params, ""),
        snapshotter=params["snapshotter"],
    )


def _want_labels(params: Mapping[str, Any]) -> dict[str, str]:
    """'' means that there must be none of that name."""
    labels = {key: "" if text is None else text for key, text in (params["labels"] or {}).items()}
    for key, text in labels.items():
        if not isinstance(text, str):
            raise Refused("label %s is %r, which is no string" % (key, text), "put it into quotes")
        if not fits(key, text):
            raise Refused(
                "label %r with its value is longer than %d bytes, or has no name" % (key[:64], MAX_BYTES),
                "shorten it",
            )
    return labels


def read(verbs: ImportVerbs, desired: DesiredImport) -> CurrentImport:
    extent = desired.extent.replace(snapshotter=verbs.snapshotter(desired.snapshotter))
    listing = verbs.listing(desired.path)
    targets = named_images(listing, desired.naming, desired.path)
    records = verbs.records(list(targets))
    offers = verbs.survey(desired.path, targets, records, extent)
    return CurrentImport(tuple(offers), extent, listing.is_catalogue)


def plan(desired: DesiredImport, current: CurrentImport) -> Plan:
    says: list[str] = []
    jobs: list[Bringing] = []
    for offer in current.offers:
        if offer.absent and not current.is_catalogue:
            raise NotFound(
                "image %s is incomplete: neither archive %s nor the store of this host holds blob %s"
                % (offer.name, desired.path, offer.absent[0]),
                "export it with all of this platform, or set platform to one that is in the archive",
            )
        sentence = _sentence(desired, offer, current.extent)
        if sentence:
            says.append(sentence)
            jobs.append(Bringing(offer.name, offer.target, desired.labels, current.extent))
    if not jobs:
        return Plan((), current)
    verb = "defer" if any(offer.absent for offer in current.offers) else "bring"
    after = tuple(_brought(offer, desired, current.extent) for offer in current.offers)
    missing = {blob.digest: blob.size for offer in current.offers for blob in offer.missing}
    step = Step(verb, (desired.path, tuple(jobs)), tuple(says))
    return Plan((step,), current.replace(offers=after, to_write=sum(missing.values())))


def _sentence(desired: DesiredImport, offer: Offer, extent: Extent) -> str:
    """What has to be done about one image; '' when nothing."""
    found = offer.found
    if found is None:
        return "imported image %s (%s)" % (offer.name, offer.target.digest)
    if found.target.digest != offer.target.digest:
        return "moved image %s from %s to %s" % (offer.name, found.target.digest, offer.target.digest)
    if offer.missing:
        return "repaired image %s: wrote %d missing blobs" % (offer.name, len(offer.missing))
    if extent.unpack and not offer.is_unpacked:
        return "unpacked image %s for snapshotter %s" % (offer.name, extent.snapshotter)
    unlike = [key for key, text in desired.labels.items() if found.labels.get(key, "") != text]
    return "labelled image %s: %s" % (offer.name, ", ".join(unlike)) if unlike else ""


def _brought(offer: Offer, desired: DesiredImport, extent: Extent) -> Offer:
    """The state that the work will leave."""
    found = offer.found
    if found is None:
        found = Image(offer.name, offer.target, {})
    labels = {key: text for key, text in {**found.labels, **desired.labels}.items() if text}
    is_moved = found.target.digest != offer.target.digest
    record = found.replace(target=offer.target if is_moved else found.target, labels=labels)
    is_unpacked = offer.is_unpacked or extent.unpack
    return offer.replace(found=record, missing=(), absent=(), is_unpacked=is_unpacked)


def view(desired: DesiredImport, state: CurrentImport) -> Mapping[str, Any]:
    return {offer.name: _view(desired, offer) for offer in state.offers}


def _view(desired: DesiredImport, offer: Offer) -> Mapping[str, Any]:
    if offer.found is None:
        return {"state": "absent"}
    digest = offer.found.target.digest
    if digest != offer.target.digest:
        return {"state": "present", "digest": digest}
    unpacked = {"unpacked": offer.is_unpacked} if desired.extent.unpack else {}
    labels = {key: offer.found.labels[key] for key in desired.labels if key in offer.found.labels}
    shown = {"labels": labels} if desired.labels else {}
    return {"state": "present", "digest": digest, "complete": not offer.missing, **unpacked, **shown}


def report(desired: DesiredImport, state: CurrentImport, results: Sequence[Any]) -> Mapping[str, Any]:
    lacking = {digest: None for offer in state.offers for digest in offer.absent}
    return {
        "images": [image_facts(_stored(offer)) for offer in state.offers if offer.found],
        "bytes_written": results[0] if results else state.to_write,
        **({"lacking": list(lacking)} if state.is_catalogue else {}),
    }


def _stored(offer: Offer) -> Stored:
    """An image as any module tells of it."""
    record = offer.found or Image(offer.name, offer.target, {})
    here = offer.size - sum(blob.size for blob in offer.missing)
    platforms = () if offer.missing else offer.platforms
    return Stored(record, platforms, here, offer.missing, is_unpacked=offer.is_unpacked)
