# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about an image on a directory: mounted means that this image is what the kernel shows there.

Knows when that is so and what has to go before; never how anything is mounted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound, Refused
from .._values.image_mount import ImageMount, MountPoint
from .._values.plan import Plan, Step
from .._values.platform import host_platform, parse_platform
from .._values.reference import parse_reference
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.image import Image
    from .._values.platform import Platform
    from .mount_verbs import ImageMountVerbs

_PULL_IT = "run ctr_image for it first"
_ABANDONED = Step("give_up_abandoned", (), ("gave up the lease of a run that was killed",))


class DesiredMount(Value):
    state: str
    path: str
    names: tuple[str, ...]  # that the image's record may have, the likelier one first; none for unmounted
    platform: Platform
    read_only: bool
    snapshotter: str | None


class CurrentMount(Value):
    point: MountPoint
    image: Image | None = None  # to be mounted; None when nothing is to be
    chain_id: str | None = None  # of that image
    snapshotter: str = ""


def want(params: Mapping[str, Any]) -> DesiredMount:
    is_mounted = params["state"] == "mounted"
    name = params["name"]
    if is_mounted and not name:
        raise Refused("name is empty", "name the image to be mounted")
    return DesiredMount(
        state=params["state"],
        path=_path(params["path"]),
        names=_names(name) if is_mounted else (),
        platform=parse_platform(params["platform"]) if params["platform"] else host_platform(),
        read_only=params["read_only"],
        snapshotter=params["snapshotter"],
    )


def _path(text: str) -> str:
    is_text = text.isprintable() and not any("\ud800" <= letter <= "\udfff" for letter in text)
    if not text.startswith("/") or not text.strip("/") or not is_text:
        raise Refused("path %r is no absolute path of a directory" % text, "write it from / on")
    return text


def _names(text: str) -> tuple[str, ...]:
    """A record that is called literally so wins over the one that Docker would mean."""
    return tuple(dict.fromkeys((text, str(parse_reference(text)))))


def read(verbs: ImageMountVerbs, desired: DesiredMount) -> CurrentMount:
    snapshotter = verbs.snapshotter(desired.snapshotter)
    point = verbs.look(desired.path, snapshotter)
    if desired.state == "unmounted":
        return CurrentMount(point)
    records = verbs.records(desired.names)
    found = [records[name] for name in desired.names if name in records]
    if not found:
        raise NotFound("image %s is not here" % desired.names[-1], _PULL_IT)
    image = found[0]
    return CurrentMount(point, image, verbs.chain_id(image, desired.platform, snapshotter), snapshotter)


def plan(desired: DesiredMount, current: CurrentMount) -> Plan:
    point = current.point
    if point.foreign:
        raise Refused(
            "%s is where something else is mounted: %s" % (point.path, point.foreign),
            "unmount that yourself, or choose another path",
        )
    plan = _plan_unmounted(current) if desired.state == "unmounted" else _plan_mounted(desired, current)
    if plan.steps or not point.is_abandoned:  # every other step gives it up as well
        return plan
    return Plan((_ABANDONED,), current.replace(point=point.replace(is_abandoned=False)))


def _plan_unmounted(current: CurrentMount) -> Plan:
    point = current.point
    if not (point.mounts or point.has_snapshot or point.has_lease):
        return Plan((), current)
    step = Step("unmount", (point,), (_unmounted(point),))
    return Plan((step,), current.replace(point=_bare(point)))


def _unmounted(point: MountPoint) -> str:
    if not point.mounts:
        return "removed what was left of a mount on %s" % point.path
    return "unmounted layers %s from %s" % (point.chain_id, point.path)


def _bare(point: MountPoint) -> MountPoint:
    return MountPoint(point.path, point.is_directory)


def _plan_mounted(desired: DesiredMount, current: CurrentMount) -> Plan:
    point, image = current.point, current.image
    if image is None or current.chain_id is None:
        raise Refused(
            "image %s is not complete and unpacked for snapshotter %s and platform %s"
            % (image.name if image else "", current.snapshotter, desired.platform),
            _PULL_IT,
        )
    wanted = ImageMount(point.path, current.chain_id, desired.read_only, current.snapshotter)
    fits = (point.chain_id, point.read_only, point.snapshotter) == (
        wanted.chain_id,
        wanted.read_only,
        wanted.snapshotter,
    )
    after = current.replace(point=_mounted(wanted, point.mounts if fits else 0))
    if fits and point.mounts and point.is_kept:
        return Plan((), current)
    if fits and point.mounts:
        says = "kept the snapshot of %s for as long as it is mounted" % point.path
        return Plan((Step("keep", (point.path, point.snapshotter), (says,)),), after)
    how = "read-only" if desired.read_only else "to be written"
    says = "mounted image %s (%s) on %s, %s" % (image.name, image.target.digest, point.path, how)
    if fits or not (point.mounts or point.has_snapshot or point.has_lease):
        return Plan((Step("mount", (wanted,), (says,)),), after)
    return Plan((Step("replace", (point, wanted), (_unmounted(point), says)),), after)


def _mounted(wanted: ImageMount, mounts: int) -> MountPoint:
    return MountPoint(
        path=wanted.path,
        is_directory=True,
        snapshotter=wanted.snapshotter,
        chain_id=wanted.chain_id,
        read_only=wanted.read_only,
        mounts=mounts or 1,
        has_lease=True,
        is_kept=True,
    )


def view(desired: DesiredMount, state: CurrentMount) -> Mapping[str, Any]:
    return {state.point.path: _facts(state.point)}


def _facts(point: MountPoint) -> dict[str, Any]:
    facts: dict[str, Any] = {"state": "mounted" if point.mounts else "unmounted"}
    if point.has_snapshot:
        facts["chain_id"] = point.chain_id
        facts["read_only"] = point.read_only
        facts["snapshotter"] = point.snapshotter
    if point.has_snapshot or point.has_lease:
        facts["kept"] = point.is_kept
    return facts


def report(desired: DesiredMount, state: CurrentMount, results: Sequence[Any]) -> Mapping[str, Any]:
    image, facts = state.image, _facts(state.point)
    if image is not None:
        facts.update(name=image.name, digest=image.target.digest)
    return {"mount": {"path": state.point.path, **facts}}
