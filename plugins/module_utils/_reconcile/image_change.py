# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide how images come to be what is wanted, once it is known that not all of them are.

Knows when a registry has to be asked, and what the work is; never how it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._values.errors import Refused
from .._values.image import ImageState, LookUp, Pull
from .._values.plan import Plan, Step
from .completion import check_never, completed, pull_of, sentence_of

if TYPE_CHECKING:
    from .image import CurrentImages, DesiredImages
    from .verbs import ImageVerbs

KUBERNETES = "k8s.io"  # the namespace in which the CRI keeps records of its own beside those of others


def read_more(verbs: ImageVerbs, desired: DesiredImages, current: CurrentImages) -> CurrentImages:
    """Who uses the images that are to go; what the registries have of those that are to come."""
    if desired.state == "absent":
        return _read_absent(verbs, desired, current)
    questions = [question for image in current.images for question in _questions(desired, image)]
    remotes = verbs.look_up(questions, current.extent, desired.access) if questions else {}
    images = [image.replace(remote=remotes.get(image.name)) for image in current.images]
    return current.replace(images=tuple(images))


def _read_absent(verbs: ImageVerbs, desired: DesiredImages, current: CurrentImages) -> CurrentImages:
    there = [image.stored.image for image in current.images if image.stored]
    siblings: tuple[ImageState, ...] = ()
    if desired.namespace == KUBERNETES:
        from .image_siblings import read_siblings

        siblings = read_siblings(verbs, there, is_forced=desired.force)
    users = verbs.users([image.name for image in there] + [image.name for image in siblings])
    images, siblings = (
        tuple(image.replace(users=tuple(users.get(image.name, ()))) for image in some)
        for some in (current.images, siblings)
    )
    return current.replace(images=images, siblings=siblings)


def _questions(desired: DesiredImages, image: ImageState) -> list[LookUp]:
    """A registry is asked about what is not whole, and under ``pull: always`` about every tag."""
    reference, stored = image.reference, image.stored
    if reference is None or desired.pull == "never":
        return []
    is_whole = stored is not None and stored.is_complete
    moves = desired.pull == "always" and not (is_whole and reference.digest)
    if is_whole and not moves:
        return []
    return [LookUp(image.name, reference, stored, is_pinned=stored is not None and not moves)]


def plan_change(desired: DesiredImages, current: CurrentImages) -> Plan:
    return _plan_absent(desired, current) if desired.state == "absent" else _plan_present(desired, current)


def _plan_absent(desired: DesiredImages, current: CurrentImages) -> Plan:
    named = [image for image in current.images if image.stored is not None]
    going = [*named, *current.siblings]
    for image in going:
        if image.users and not desired.force:
            raise Refused(
                "image %s is used by container %s" % (image.name, ", ".join(image.users)),
                "remove the container first, or set force=true",
            )
    left = dict(
        (text if reference is None else str(reference), reference) for text, reference in desired.names
    )
    after = tuple(ImageState(name, reference, None) for name, reference in left.items())
    says = ["removed image %s" % image.name for image in named]
    says += ["removed image %s, which the CRI keeps beside it" % image.name for image in current.siblings]
    step = Step("remove", (tuple(image.name for image in going), desired.sync), tuple(says))
    return Plan((step,), current.replace(images=after, siblings=()))


def _plan_present(desired: DesiredImages, current: CurrentImages) -> Plan:
    pulls: list[Pull] = []
    says: list[str] = []
    after: list[ImageState] = []
    claimed: set[str] = set()
    for image in current.images:
        if desired.pull == "never":
            check_never(image)
        sentence = sentence_of(image, current.extent)
        after.append(completed(image, current.extent, claimed) if sentence else image)
        if sentence:
            says.append(sentence)
            pulls.append(pull_of(image, current.extent))
    steps = (Step("pull", (tuple(pulls), desired.access), tuple(says)),) if pulls else ()
    plan = Plan(steps, current.replace(images=tuple(after)))
    if desired.records is None:
        return plan
    from .image_records import plan_records

    named = plan_records(desired.records, plan.after)
    return Plan(plan.steps + named.steps, named.after)
