# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Further references, labels and the pin: what is missing is set, and nothing else is touched."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import ImageVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import Build, ImageWorld

NAME, FURTHER = "docker.io/library/nginx:1", "docker.io/library/web:stable"
ONE, TWO = Build("1"), Build("2")
PIN = {"io.cri-containerd.pinned": "pinned"}
MANAGED = {"io.cri-containerd.image": "managed"}


def world(
    labels: dict[str, str] | None = None,
    further: tuple[Build, dict[str, str]] | None = None,
    offered: Build | None = None,
) -> ImageWorld:
    made = ImageWorld(ONE, TWO)
    if offered is None or labels is not None:
        made.put(NAME, ONE, labels=labels or {})
    if further is not None:
        made.put(FURTHER, further[0], labels=further[1])
    if offered is not None:
        made.offer(NAME, offered)
    return made


def play(*where: Any, **said: Any) -> Played:
    return rehearse(
        decision,
        lambda: world(*where),
        params("ctr_image", **{"name": [NAME], **said}),
        runtime=ImageRuntime,
        verbs=ImageVerbs,
    )


@pytest.mark.parametrize(
    ("there", "said", "after", "sentence"),
    [
        ({}, {"labels": {"a": "1"}}, {"a": "1"}, "labelled image %s: a=1"),
        ({"a": "1", "b": "2"}, {"labels": {"a": "1"}}, None, ""),
        ({"a": "0", **MANAGED}, {"labels": {"a": "1"}}, {"a": "1", **MANAGED}, "labelled image %s: a=1"),
        ({"a": "1", "b": "2"}, {"labels": {"a": ""}}, {"b": "2"}, "labelled image %s: no a"),
        ({"a": "1"}, {"labels": {"a": None, "b": "2"}}, {"b": "2"}, "labelled image %s: no a, b=2"),
        ({}, {"labels": {"a": ""}}, None, ""),
        ({}, {"labels": {}}, None, ""),
        (MANAGED, {"pinned": True}, {**MANAGED, **PIN}, "labelled image %s: io.cri-containerd.pinned=pinned"),
        (PIN, {"pinned": True}, None, ""),
        (PIN, {"pinned": False}, {}, "labelled image %s: no io.cri-containerd.pinned"),
        ({}, {"pinned": False}, None, ""),
        (PIN, {"labels": {"a": "1"}}, {"a": "1", **PIN}, "labelled image %s: a=1"),
        ({}, {"pinned": True, "labels": {"a": "1"}}, {"a": "1", **PIN}, "labelled image %s: a=1, io.cri-"),
    ],
)
def test_only_the_labels_that_are_wished_for_change(
    there: dict[str, str], said: dict[str, Any], after: dict[str, str] | None, sentence: str
) -> None:
    played = play(there, **said)
    assert played.applied == ([] if after is None else ["label"])
    assert played.world.here[NAME].image.labels == (there if after is None else after)
    assert played.real.values["images"][0]["labels"] == (there if after is None else after)
    if after is not None:
        assert played.real.actions[0].startswith(sentence % NAME)


@pytest.mark.parametrize("pull", ["missing", "always"])
def test_an_image_that_has_to_come_is_labelled_after_it_has_come(pull: str) -> None:
    played = play(None, None, ONE, pull=pull, labels={"a": "1"}, pinned=True)
    assert played.applied == ["pull", "label"]
    assert played.world.here[NAME].image.labels == {"a": "1", **PIN}
    assert len(played.real.actions) == 2


def test_labels_and_pin_survive_a_tag_that_moves() -> None:
    played = play({"a": "1", **PIN}, None, TWO, pull="always")
    assert played.applied == ["pull"]
    assert played.world.here[NAME].image.labels == {"a": "1", **PIN}


# Further references


@pytest.mark.parametrize(
    ("further", "said", "applied", "target", "labels"),
    [
        (None, {}, ["name"], ONE, {}),
        (None, {"labels": {"a": "1", "b": ""}}, ["name", "label"], ONE, {"a": "1"}),
        (None, {"existing_images": "keep"}, ["name"], ONE, {}),
        ((ONE, MANAGED), {}, [], ONE, MANAGED),
        ((ONE, MANAGED), {"pinned": True}, ["label"], ONE, {**MANAGED, **PIN}),
        ((TWO, MANAGED), {}, ["name"], ONE, MANAGED),
        ((TWO, PIN), {"pinned": False}, ["name"], ONE, {}),
        ((TWO, MANAGED), {"existing_images": "keep"}, [], TWO, MANAGED),
        ((TWO, MANAGED), {"existing_images": "keep", "pinned": True}, ["label"], TWO, MANAGED),
        ((ONE, {}), {"existing_images": "keep", "pinned": True}, ["label"], ONE, PIN),
    ],
)
def test_a_further_reference_points_to_the_same_target_unless_it_is_kept(
    further: tuple[Build, dict[str, str]] | None,
    said: dict[str, Any],
    applied: list[str],
    target: Build,
    labels: dict[str, str],
) -> None:
    played = play({}, further, repository=["web:stable"], **said)
    assert played.applied == applied
    record = played.world.here[FURTHER].image
    assert (record.target, record.labels) == (target.target, labels)
    (entry,) = played.real.values["references"]
    assert (entry["name"], entry["digest"], entry["labels"]) == (FURTHER, target.target.digest, labels)
    assert FURTHER in played.real.after


def test_a_reference_follows_a_tag_that_moves() -> None:
    played = play({}, (ONE, MANAGED), TWO, pull="always", repository=["web:stable"])
    assert played.applied == ["pull", "name"]
    assert played.world.here[FURTHER].image.target == TWO.target
    assert played.real.actions[1] == "moved reference %s from %s to %s" % (
        FURTHER,
        ONE.target.digest,
        TWO.target.digest,
    )


def test_an_image_that_comes_gets_its_further_names_at_once() -> None:
    played = play(None, None, ONE, repository=["web:stable", "registry.example/nginx:1"])
    assert played.applied == ["pull", "name"]
    assert len(played.real.actions) == 3
    assert played.real.actions[1] == "tagged image %s as %s (%s)" % (NAME, FURTHER, ONE.target.digest)


def test_a_name_is_not_its_own_further_reference() -> None:
    played = play({}, None, repository=["nginx:1", "nginx:1"])
    assert played.applied == []
    assert "references" not in played.real.values


# What is refused before anybody is asked


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"name": [NAME, "other"], "repository": ["web"]}, "must point to one image, and name lists 2"),
        ({"repository": ["web@" + ONE.target.digest]}, "has a digest"),
        ({"repository": ["Not A Name"]}, "Not A Name"),
        ({"repository": ["web"], "state": "absent"}, "repository is for state=present"),
        ({"labels": {"a": 1}}, "label a is 1, which is no string"),
        ({"labels": {"a": True}}, "no string"),
        ({"labels": {"": "1"}}, "has no name"),
        ({"labels": {"a": "1" * 4096}}, "longer than 4096"),
        ({"labels": {"a": "\u00e9" * 2048}}, "longer than 4096"),
        ({"labels": PIN, "pinned": False}, "set pinned alone"),
    ],
)
def test_a_senseless_wish_is_refused(said: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        decision.want(params("ctr_image", **{"name": [NAME], **said}))


def test_labels_mean_nothing_to_what_goes() -> None:
    played = play({}, state="absent", labels={"a": "1"}, pinned=True)
    assert played.applied == ["remove"]
    assert played.real.after == {NAME: {"state": "absent"}}


def test_nobody_is_asked_about_records_without_a_wish() -> None:
    assert decision.want(params("ctr_image", name=[NAME], labels={}, repository=[])).records is None
    assert plan_of(decision, world(), params("ctr_image", name=[NAME])).steps == ()
