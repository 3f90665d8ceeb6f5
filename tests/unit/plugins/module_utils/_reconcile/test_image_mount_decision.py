# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounted means what the kernel shows; each way in which that can differ, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_mount
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import reconcile
from ansible_collections.community.containerd.plugins.module_utils._reconcile.mount_verbs import (
    ImageMountVerbs,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_mounts import (
    ImageMountRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused
from ansible_collections.community.containerd.plugins.module_utils._values.image import Image
from ansible_collections.community.containerd.plugins.module_utils._values.image_mount import (
    ImageMount,
    MountPoint,
)
from ansible_collections.community.containerd.plugins.module_utils._values.platform import Platform
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import Build

NAME = "docker.io/library/nginx:latest"
PATH = "/mnt/nginx"
MOUNTED = MountPoint(PATH, True, "overlayfs", "chain", True, mounts=1, has_lease=True, is_kept=True)
NOTHING = MountPoint(PATH, False)


class World:
    """One directory, and the images that could be mounted there."""

    def __init__(self, point: MountPoint, chain_id: str | None = "chain") -> None:
        self.point, self.chain = point, chain_id
        self.images = {NAME: Image(NAME, Build().target, {})}
        self.applied: list[str] = []

    def snapshotter(self, wish: str | None) -> str:
        return wish or "overlayfs"

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        return {name: self.images[name] for name in names if name in self.images}

    def chain_id(self, image: Image, platform: Platform, snapshotter: str) -> str | None:
        return self.chain

    def look(self, path: str, snapshotter: str) -> MountPoint:
        return self.point

    def mount(self, wanted: ImageMount) -> None:
        self.applied.append("mount")
        self.point = MountPoint(
            wanted.path, True, wanted.snapshotter, wanted.chain_id, wanted.read_only, 1, True, True
        )

    def replace(self, point: MountPoint, wanted: ImageMount) -> None:
        self.mount(wanted)
        self.applied[-1:] = ["replace"]

    def keep(self, path: str, snapshotter: str) -> None:
        self.applied.append("keep")
        self.point = self.point.replace(has_lease=True, is_kept=True)

    def give_up_abandoned(self) -> None:
        self.applied.append("give up")
        self.point = self.point.replace(is_abandoned=False)

    def unmount(self, point: MountPoint) -> None:
        self.applied.append("unmount")
        self.point = MountPoint(point.path, True)


def play(point: MountPoint, **said: Any) -> Played:
    return rehearse(
        image_mount,
        lambda: World(point),
        params("ctr_image_mount", **{"name": "nginx", "path": PATH, **said}),
        runtime=ImageMountRuntime,
        verbs=ImageMountVerbs,
    )


@pytest.mark.parametrize(
    ("point", "said", "steps"),
    [
        (NOTHING, {}, ["mount"]),
        (MOUNTED, {}, []),
        (MOUNTED.replace(mounts=3), {}, []),
        (MOUNTED.replace(mounts=0), {}, ["mount"]),
        (MOUNTED.replace(is_kept=False), {}, ["keep"]),
        (MOUNTED.replace(has_lease=False, is_kept=False), {}, ["keep"]),
        (MOUNTED.replace(mounts=0, has_lease=False, is_kept=False), {}, ["mount"]),
        (MOUNTED.replace(chain_id="other"), {}, ["replace"]),
        (MOUNTED.replace(chain_id="other", mounts=0), {}, ["replace"]),
        (MOUNTED, {"read_only": False}, ["replace"]),
        (MOUNTED.replace(read_only=False), {}, ["replace"]),
        (MOUNTED, {"snapshotter": "native"}, ["replace"]),
        (NOTHING.replace(has_lease=True), {}, ["replace"]),
        (NOTHING, {"state": "unmounted"}, []),
        (MOUNTED, {"state": "unmounted"}, ["unmount"]),
        (MOUNTED, {"state": "unmounted", "name": None}, ["unmount"]),
        (MOUNTED.replace(mounts=0), {"state": "unmounted"}, ["unmount"]),
        (NOTHING.replace(has_lease=True), {"state": "unmounted"}, ["unmount"]),
    ],
)
def test_each_difference_has_its_steps(point: MountPoint, said: dict[str, Any], steps: list[str]) -> None:
    played = play(point, **said)
    assert played.applied == steps
    assert played.real.changed is bool(steps)


@pytest.mark.parametrize(
    ("point", "state", "steps"),
    [
        (MOUNTED, "mounted", ["give up"]),
        (NOTHING, "unmounted", ["give up"]),
        (NOTHING, "mounted", ["mount"]),  # which gives it up by the way
        (MOUNTED, "unmounted", ["unmount"]),
    ],
)
def test_what_a_run_killed_as_its_very_last_act_has_left_is_given_up(
    point: MountPoint, state: str, steps: list[str]
) -> None:
    played = play(point.replace(is_abandoned=True), state=state)
    assert played.applied == steps
    assert played.real.changed is (steps != ["give up"])


def test_the_user_is_told_what_was_mounted() -> None:
    real = play(NOTHING).real
    digest = Build().target.digest
    assert real.actions == ("mounted image %s (%s) on %s, read-only" % (NAME, digest, PATH),)
    assert real.before == {PATH: {"state": "unmounted"}}
    assert real.values["mount"] == {
        "path": PATH,
        "state": "mounted",
        "name": NAME,
        "digest": digest,
        "chain_id": "chain",
        "read_only": True,
        "snapshotter": "overlayfs",
        "kept": True,
    }


def test_what_is_unmounted_is_told_of_without_an_image() -> None:
    real = play(MOUNTED, state="unmounted").real
    assert real.actions == ("unmounted layers chain from /mnt/nginx",)
    assert real.values == {"mount": {"path": PATH, "state": "unmounted"}}


@pytest.mark.parametrize("state", ["mounted", "unmounted"])
def test_what_is_not_ours_is_left_alone(state: str) -> None:
    world = World(NOTHING.replace(foreign="tmpfs (tmpfs)"))
    with pytest.raises(Refused, match=r"/mnt/nginx is where something else is mounted: tmpfs \(tmpfs\); "):
        reconcile(
            image_mount,
            world,
            params("ctr_image_mount", name="nginx", path=PATH, state=state),
            dry_run=False,
        )
    assert world.applied == []


def test_an_image_that_is_not_here_is_not_pulled() -> None:
    with pytest.raises(NotFound, match="image docker.io/library/alpine:latest is not here; run ctr_image"):
        reconcile(
            image_mount,
            World(NOTHING),
            params("ctr_image_mount", name="alpine", path=PATH),
            dry_run=True,
        )


def test_an_image_that_is_not_unpacked_cannot_be_mounted() -> None:
    world = World(MOUNTED, chain_id=None)
    with pytest.raises(
        Refused, match="not complete and unpacked for snapshotter native and platform linux/s390x"
    ):
        reconcile(
            image_mount,
            world,
            params("ctr_image_mount", name="nginx", path=PATH, platform="linux/s390x", snapshotter="native"),
            dry_run=False,
        )
    assert world.applied == []


def test_a_record_of_exactly_that_name_wins() -> None:
    world = World(NOTHING)
    world.images["nginx"] = Image("nginx", Build("2").target, {})
    outcome = reconcile(image_mount, world, params("ctr_image_mount", name="nginx", path=PATH), dry_run=True)
    assert outcome.values["mount"]["name"] == "nginx"


@pytest.mark.parametrize("path", ["", "/", "//", "relative", "/a\nb", "/a\udcff"])
def test_a_path_must_be_one_that_can_be_a_name(path: str) -> None:
    with pytest.raises(Refused, match="is no absolute path of a directory"):
        image_mount.want(params("ctr_image_mount", name="nginx", path=path))
