# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers on a directory of the host: declared, left alone, and to and from an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import container as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import ContainerVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import Build, ContainerWorld, ImageWorld

NAME = "docker.io/library/nginx:1"
ROOTED: dict[str, Any] = {"rootfs": "/srv/root", "command": ["serve"]}
IMAGE: dict[str, Any] = {"image": NAME}


def said_of(**said: Any) -> dict[str, Any]:
    return params("ctr_container", name="web", **{"state": "present", **said})


def world(made: dict[str, Any] | None = None) -> Callable[[], ContainerWorld]:
    """The image is here, and the container, if it was made so."""

    def make() -> ContainerWorld:
        images = ImageWorld(Build("1"))
        images.put(NAME, Build("1"))
        there = ContainerWorld(images)
        if made is not None:
            there.create(*plan_of(decision, there, said_of(**made)).steps[-1].args)
            there.applied.clear()
        return there

    return make


def play(made: dict[str, Any] | None = None, **said: Any) -> Played:
    return rehearse(decision, world(made), said_of(**said), runtime=ContainerRuntime, verbs=ContainerVerbs)


def test_a_container_is_made_on_a_directory_without_an_image_or_a_snapshot() -> None:
    played = play(**ROOTED)
    assert played.applied == ["create"]
    assert played.real.actions == ("created container web on directory /srv/root",)
    record = played.world.containers["web"]
    assert (record.image, record.snapshotter, record.snapshot_key) == ("", "", "")
    assert record.spec["root"]["path"] == "/srv/root"


@pytest.mark.parametrize("path", ["/srv/root/", "//srv/./root"])
def test_a_directory_is_the_same_however_it_is_written(path: str) -> None:
    assert not play(ROOTED, rootfs=path).real.changed


def test_what_is_not_said_any_more_is_left_alone() -> None:
    assert not play(ROOTED, command=["serve"]).real.changed


@pytest.mark.parametrize(
    ("made", "said", "option", "before", "after"),
    [
        (ROOTED, {**ROOTED, "rootfs": "/srv/other"}, "rootfs", "/srv/root", "/srv/other"),
        (IMAGE, ROOTED, "rootfs", "", "/srv/root"),
        (ROOTED, IMAGE, "image", "", NAME),
    ],
)
def test_another_root_makes_it_anew(
    made: dict[str, Any], said: dict[str, Any], option: str, before: str, after: str
) -> None:
    played = play(made, **said)
    assert played.applied == ["replace 15 10"]
    assert (played.real.before[option], played.real.after[option]) == (before, after)


def test_a_snapshotter_has_nothing_to_do_with_a_directory() -> None:
    assert not play(ROOTED, snapshotter="native", **ROOTED).real.changed


def test_it_can_be_compared_as_a_whole() -> None:
    made = {**ROOTED, "env": {"A": "1", "B": "2"}}
    strict = {"comparisons": {"env": "strict"}}
    assert not play(made, **made, **strict).real.changed
    assert play(made, **{**made, "env": {"A": "1"}}, **strict).real.changed


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({**ROOTED, **IMAGE}, "image and rootfs exclude each other; set one of them"),
        ({"rootfs": "srv/root"}, "'srv/root' is no directory to be the root of a container"),
        ({"rootfs": "/"}, "'/' is no directory to be the root of a container"),
        ({"rootfs": "/srv/none"}, "no directory /srv/none"),
        ({}, "no image is named; set image, or rootfs"),
        ({"rootfs": "/srv/root"}, "command"),
    ],
)
def test_what_cannot_be_a_root_is_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        play(**said)


def test_without_a_root_a_container_is_not_made_anew() -> None:
    with pytest.raises(Refused, match="no image is named; set image, or rootfs"):
        play(ROOTED, command=["other"])
