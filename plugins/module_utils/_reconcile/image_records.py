# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about the records of images: further references to the same target, labels, the pin. Pure but for reading.

Labels of others, such as the kubelet's, are left alone: only those that are wished for are compared and set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values import labels as known
from .._values.errors import Refused
from .._values.image import Image, Naming
from .._values.plan import Plan, Step
from .._values.reference import parse_reference
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._values.image import ImageState
    from .image import CurrentImages
    from .verbs import ImageReadingVerbs


class WantedRecords(Value):
    references: tuple[str, ...]
    is_kept: bool  # a reference that points elsewhere stays there
    labels: Mapping[str, str]  # '' means that there must be none


def want_records(params: Mapping[str, Any]) -> WantedRecords | None:
    """Refused for what cannot be; None when images are to go, whose labels no longer matter."""
    if params["state"] == "absent":
        if params["repository"]:
            raise Refused("repository is for state=present", "list in name what is to be removed")
        return None
    references = tuple(dict.fromkeys(_reference(text) for text in params["repository"] or ()))
    count = len(set(params["name"]))
    if references and count > 1:
        raise Refused(
            "repository must point to one image, and name lists %d" % count, "write a task for each image"
        )
    return WantedRecords(references, params["existing_images"] == "keep", _labels(params))


def _reference(text: str) -> str:
    reference = parse_reference(text)
    if reference.digest:
        raise Refused(
            "repository %r has a digest, which no other image can have" % text, "write repository[:tag]"
        )
    return str(reference)


def _labels(params: Mapping[str, Any]) -> dict[str, str]:
    labels = {key: "" if text is None else text for key, text in (params["labels"] or {}).items()}
    for key, text in labels.items():
        if not isinstance(text, str):
            raise Refused("label %s is %r, which is no string" % (key, text), "put it into quotes")
        if not known.fits(key, text):
            raise Refused(
                "label %r with its value is longer than %d bytes, or has no name"
                % (key[:64], known.MAX_BYTES),
                "shorten it",
            )
    if params["pinned"] is None:
        return labels
    if known.PINNED in labels:
        raise Refused("pinned and the label %s say the same thing" % known.PINNED, "set pinned alone")
    return {**labels, known.PINNED: known.IS_PINNED if params["pinned"] else ""}


def read_further(verbs: ImageReadingVerbs, wanted: WantedRecords, current: CurrentImages) -> CurrentImages:
    """The records of the further references, the image's own name left out."""
    own = {image.name for image in current.images}
    names = [name for name in wanted.references if name not in own]
    found = verbs.records(names) if names else {}
    return current.replace(further=tuple((name, found.get(name)) for name in names))


def plan_records(wanted: WantedRecords, current: CurrentImages) -> Plan:
    """From images that are all there to names and labels as they are wanted."""
    labels: dict[str, dict[str, str]] = {}
    images = []
    for state in current.images:
        unmet = _unmet(wanted, state.stored.image if state.stored else None)
        if unmet:
            labels[state.name] = unmet
        images.append(_labelled(state, unmet))
    namings: list[Naming] = []
    says: list[str] = []
    further: list[tuple[str, Image | None]] = []
    for name, record, naming in _namings(wanted, current):
        if naming is not None and (record is None or record.target.digest != naming.target.digest):
            namings.append(naming)
            says.append(_named(current.images[0].name, record, naming))
        elif naming is not None and naming.labels:
            labels[name] = dict(naming.labels)
        further.append((name, _after(name, record, naming)))
    steps: tuple[Step, ...] = (Step("name", (tuple(namings),), tuple(says)),) if namings else ()
    if labels:
        told = tuple("labelled image %s: %s" % (name, _told(unmet)) for name, unmet in labels.items())
        steps += (Step("label", (labels,), told),)
    return Plan(steps, current.replace(images=tuple(images), further=tuple(further)))


def _namings(
    wanted: WantedRecords, current: CurrentImages
) -> Iterator[tuple[str, Image | None, Naming | None]]:
    """Each further reference, its record, and how it should be; None for one that may stay elsewhere."""
    for name, record in current.further:
        stored = current.images[0].stored
        if stored is None:
            continue
        elsewhere = record is not None and record.target.digest != stored.image.target.digest
        if elsewhere and wanted.is_kept:
            yield name, record, None
        else:
            yield name, record, Naming(name, stored.image.target, _unmet(wanted, record))


def _unmet(wanted: WantedRecords, record: Image | None) -> dict[str, str]:
    there = record.labels if record else {}
    return {key: text for key, text in wanted.labels.items() if there.get(key, "") != text}


def _merged(labels: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in {**labels, **new}.items() if text}


def _labelled(state: ImageState, unmet: Mapping[str, str]) -> ImageState:
    if state.stored is None:
        return state
    image = state.stored.image
    record = image.replace(labels=_merged(image.labels, unmet))
    return state.replace(stored=state.stored.replace(image=record))


def _after(name: str, record: Image | None, naming: Naming | None) -> Image | None:
    if naming is None:
        return record
    before = record or Image(name, naming.target, {})
    return before.replace(target=naming.target, labels=_merged(before.labels, naming.labels))


def _named(source: str, record: Image | None, naming: Naming) -> str:
    if record is None:
        return "tagged image %s as %s (%s)" % (source, naming.name, naming.target.digest)
    return "moved reference %s from %s to %s" % (naming.name, record.target.digest, naming.target.digest)


def _told(labels: Mapping[str, str]) -> str:
    return ", ".join("%s=%s" % (key, text) if text else "no %s" % key for key, text in sorted(labels.items()))


def view_records(
    wanted: WantedRecords, state: CurrentImages, seen: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """What is seen of the images, and of their further references, with the labels that are wished for."""
    found = dict(seen)
    for image in state.images:
        if image.stored is not None:
            found[image.name] = {**found[image.name], **_view_labels(wanted, image.stored.image)}
    for name, record in state.further:
        found[name] = {"state": "absent"}
        if record is not None:
            digest = {"state": "present", "digest": record.target.digest}
            found[name] = {**digest, **_view_labels(wanted, record)}
    return found


def _view_labels(wanted: WantedRecords, record: Image) -> dict[str, Any]:
    if not wanted.labels:
        return {}
    return {"labels": {key: record.labels[key] for key in wanted.labels if key in record.labels}}


def report_further(state: CurrentImages) -> list[Mapping[str, Any]]:
    """The further references as the user reads them."""
    return [
        {
            "name": record.name,
            "digest": record.target.digest,
            "media_type": record.target.media_type,
            "labels": dict(record.labels),
            "created_at": record.created_at,
            "updated_at": record.updated_at,
        }
        for _name, record in state.further
        if record is not None
    ]
