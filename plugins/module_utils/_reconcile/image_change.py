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


def read_more(verbs: ImageVerbs, desired: DesiredImages, current: CurrentImages) -> CurrentImages:
    """Who uses the images that are to go; what the registries have of those that are to come."""
    if desired.state == "absent":
        users = verbs.users([image.name for image in current.images if image.stored])
        images = [image.replace(users=tuple(users.get(image.name, ()))) for image in current.images]
    else:
        questions = [question for image in current.images for question in _questions(desired, image)]
        remotes = verbs.look_up(questions, current.extent, desired.access) if questions else {}
        images = [image.replace(remote=remotes.get(image.name)) for image in current.images]
    return current.replace(images=tuple(images))


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
    there = [image for image in current.images if image.stored is not None]
    for image in there:
        if image.users and not desired.force:
            raise Refused(
                "image %s is used by container %s" % (image.name, ", ".join(image.users)),
                "remove the container first, or set force=true",
            )
    after = tuple(image.replace(stored=None, users=()) for image in current.images)
    says = tuple("removed image %s" % image.name for image in there)
    step = Step("remove", (tuple(image.name for image in there), desired.sync), says)
    return Plan((step,), current.replace(images=after))


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
    return Plan(steps, current.replace(images=tuple(after)))
