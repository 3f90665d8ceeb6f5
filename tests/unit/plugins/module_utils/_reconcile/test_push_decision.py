# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is pushed where, and what that does to a registry that has it, has another one, or has nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_push as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.push_verbs import PushVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.push import PushRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused
from ansible_collections.community.containerd.plugins.module_utils._values.platform import parse_platform
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.push_world import PushWorld
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import Build

NAME = "docker.io/library/nginx:1"
THERE = "registry.example/team/nginx:1"
OLD, NEW = Build("1"), Build("2")


def world(there: Build | None = None) -> PushWorld:
    made = PushWorld()
    made.here[NAME] = NEW
    made.tags = {THERE: there.target.digest} if there else {}
    return made


def play(made: Any, **said: Any) -> Played:
    given = {"name": NAME, "repository": THERE, **said}
    return rehearse(decision, made, params("ctr_image_push", **given), runtime=PushRuntime, verbs=PushVerbs)


def entry(played: Played) -> dict[str, Any]:
    return dict(played.real.values["image"])


def test_a_registry_that_has_nothing_gets_all_of_it() -> None:
    played = play(world)
    assert played.real.before == {THERE: {"state": "absent"}}
    assert played.real.after == {THERE: {"state": "present", "digest": NEW.target.digest}}
    assert played.real.actions == ("pushed image %s (%s) to %s" % (NAME, NEW.target.digest, THERE),)
    assert entry(played) == {
        "name": NAME,
        "reference": THERE,
        "digest": NEW.target.digest,
        "media_type": NEW.target.media_type,
        "bytes_sent": sum(blob.size for blob in NEW.blobs),
        "bytes_mounted": 0,
    }


def test_a_tag_that_stands_for_another_image_is_moved() -> None:
    played = play(lambda: world(OLD))
    assert played.real.before[THERE]["digest"] == OLD.target.digest
    digests = OLD.target.digest, NEW.target.digest
    assert played.real.actions == ("moved %s from %s to %s" % (THERE, *digests),)


def test_a_registry_that_has_the_digest_is_asked_nothing_more() -> None:
    made = world(NEW)
    plan = plan_of(decision, made, params("ctr_image_push", name=NAME, repository=THERE))
    assert plan.steps == ()
    assert made.surveyed == 0


def test_check_mode_tells_the_bytes_that_move() -> None:
    config, first, second = NEW.graph.blobs

    def make() -> PushWorld:
        made = world()
        made.there, made.mountable = {config.digest}, {first.digest}
        return made

    played = play(make)
    assert entry(played)["bytes_sent"] == second.size + NEW.target.size
    assert entry(played)["bytes_mounted"] == first.size
    made = make()
    given = params("ctr_image_push", name=NAME, repository=THERE)
    desired = decision.want(given)
    state = decision.plan(desired, decision.read(made, desired)).after
    assert decision.report(desired, state, [])["image"] == entry(played)


@pytest.mark.parametrize(
    ("name", "repository", "reference"),
    [
        (NAME, None, NAME),
        ("nginx:1", None, NAME),
        ("nginx:1", "registry.example/team/nginx", "registry.example/team/nginx:1"),
        ("nginx:1", "registry.example:5000/nginx", "registry.example:5000/nginx:1"),
        ("nginx:1", "registry.example:5000/nginx:2", "registry.example:5000/nginx:2"),
        ("nginx:1", "team/nginx", "docker.io/team/nginx:1"),
        ("nginx:1@" + NEW.target.digest, "r.example/n", "r.example/n:1"),
        ("sha256:1", "r.example/n", "r.example/n:1"),
        ("not a name", "r.example/n", "r.example/n:latest"),
        ("nginx:1", "r.example/n@" + NEW.target.digest, "r.example/n@" + NEW.target.digest),
        ("nginx:1", "r.example/n:3@" + NEW.target.digest, "r.example/n:3"),
    ],
)
def test_where_to_follows_from_what_is_written(name: str, repository: str | None, reference: str) -> None:
    desired = decision.want(params("ctr_image_push", name=name, repository=repository))
    assert str(desired.reference) == reference


def test_a_name_that_no_registry_could_serve_needs_a_repository() -> None:
    with pytest.raises(Refused, match="malformed"):
        decision.want(params("ctr_image_push", name="not a name"))


def test_the_literal_name_wins() -> None:
    made = world()
    made.here["nginx:1"] = OLD
    desired = decision.want(params("ctr_image_push", name="nginx:1", repository=THERE))
    assert decision.read(made, desired).target == OLD.target


def test_a_platform_is_pushed_as_its_manifest() -> None:
    def make() -> PushWorld:
        made = world()
        made.platforms[parse_platform("arm64")] = OLD
        return made

    assert entry(play(make, platform="arm64"))["digest"] == OLD.target.digest


def test_a_digest_must_be_the_one_of_the_image() -> None:
    repository = "registry.example/team/nginx@" + OLD.target.digest
    with pytest.raises(Refused, match="cannot be pushed as " + OLD.target.digest):
        plan_of(decision, world(), params("ctr_image_push", name=NAME, repository=repository))


def test_an_image_that_is_not_here_cannot_be_pushed() -> None:
    with pytest.raises(NotFound, match="image docker.io/library/other:latest is not here; pull"):
        plan_of(decision, world(), params("ctr_image_push", name="other"))


@pytest.mark.parametrize("whole", [(), ("linux/amd64",)])
def test_what_is_lacking_is_named_with_what_could_be_pushed(whole: tuple[str, ...]) -> None:
    made = world()
    made.lacking, made.whole = ("platform linux/arm64", "manifest sha256:1"), whole
    with pytest.raises(NotFound, match="lacks here platform linux/arm64, manifest sha256:1; ") as caught:
        plan_of(decision, made, params("ctr_image_push", name=NAME, repository=THERE))
    assert "all_platforms=true" in caught.value.remedy
    assert caught.value.remedy.endswith("linux/amd64") == bool(whole)
