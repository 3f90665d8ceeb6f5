# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each policy against each degree in which an image is here and in its registry."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import ImageVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import HOST, Build, ImageWorld

NAME = "docker.io/library/nginx:1"
OLD, NEW = Build("1"), Build("2")

# What is here of the old build, what the registry has under the tag, and the policy → the sentence, blobs to fetch.
SAME, MOVED, GONE = OLD, NEW, None
NOTHING: dict[str, Any] | None = None
WHOLE: dict[str, Any] = {}
PACKED: dict[str, Any] = {"unpacked": False}
HOLED: dict[str, Any] = {"lacks": 1, "unpacked": False}
EMPTY: dict[str, Any] = {"lacks": 4, "unpacked": False}

PRESENT = [
    ("missing", NOTHING, SAME, "pulled", 4),
    ("missing", WHOLE, SAME, "", 0),
    ("missing", WHOLE, MOVED, "", 0),
    ("missing", WHOLE, GONE, "", 0),
    ("missing", PACKED, MOVED, "unpacked", 0),
    ("missing", PACKED, GONE, "unpacked", 0),
    ("missing", HOLED, SAME, "repaired", 1),
    ("missing", HOLED, MOVED, "repaired", 1),
    ("missing", EMPTY, GONE, "repaired", 4),
    ("not_present", NOTHING, SAME, "pulled", 4),
    ("not_present", WHOLE, MOVED, "", 0),
    ("always", NOTHING, SAME, "pulled", 4),
    ("always", WHOLE, SAME, "", 0),
    ("always", WHOLE, MOVED, "moved", 4),
    ("always", PACKED, SAME, "unpacked", 0),
    ("always", PACKED, MOVED, "moved", 4),
    ("always", HOLED, SAME, "repaired", 1),
    ("always", HOLED, MOVED, "moved", 4),
    ("never", WHOLE, MOVED, "", 0),
    ("never", PACKED, MOVED, "unpacked", 0),
]


def world(here: dict[str, Any] | None, offered: Build | None = OLD, *, name: str = NAME) -> ImageWorld:
    made = ImageWorld(OLD, NEW)
    if here is not None:
        made.put(name, OLD, **here)
    if offered is not None:
        made.offer(NAME, offered)
    return made


def play(here: dict[str, Any] | None, offered: Build | None = OLD, **said: Any) -> Played:
    return rehearse(
        decision,
        lambda: world(here, offered),
        params("ctr_image", **{"name": [NAME], **said}),
        runtime=ImageRuntime,
        verbs=ImageVerbs,
    )


@pytest.mark.parametrize(("pull", "here", "offered", "verb", "blobs"), PRESENT)
def test_each_policy_meets_each_store(
    pull: str, here: dict[str, Any] | None, offered: Build | None, verb: str, blobs: int
) -> None:
    played = play(here, offered, pull=pull)
    assert played.applied == (["pull"] if verb else [])
    assert played.real.changed == bool(verb)
    (sentence,) = played.real.actions or ("",)
    assert sentence.startswith(verb)
    digest = (NEW if verb == "moved" or (here is None and offered is NEW) else OLD).target.digest
    whole = {"state": "present", "digest": digest, "complete": True, "unpacked": True}
    assert played.real.after == {NAME: whole}
    (entry,) = played.real.values["images"]
    if verb in ("pulled", "moved", "repaired"):
        (job,) = played.plan.steps[0].args[0]
        assert len(job.remote.missing) == blobs
        assert entry["bytes_fetched"] == sum(blob.size for blob in job.remote.missing)
        assert entry["source"] == HOST
    assert (entry["digest"], entry["complete"], entry["unpacked"]) == (digest, True, True)


@pytest.mark.parametrize("here", [NOTHING, HOLED, EMPTY], ids=["nothing", "holed", "empty"])
def test_never_takes_no_less_than_all(here: dict[str, Any] | None) -> None:
    word = "not" if here is None else "incomplete"
    with pytest.raises(NotFound, match="is %s here and pull is never" % word) as caught:
        play(here, pull="never")
    assert "pull=missing" in caught.value.remedy


@pytest.mark.parametrize(
    ("pull", "here", "pinned"),
    [
        ("missing", NOTHING, [False]),
        ("missing", WHOLE, []),
        ("missing", PACKED, []),
        ("missing", HOLED, [True]),
        ("always", NOTHING, [False]),
        ("always", WHOLE, [False]),
        ("always", HOLED, [False]),
        ("never", WHOLE, []),
    ],
)
def test_a_registry_is_asked_only_when_the_policy_needs_it(
    pull: str, here: dict[str, Any] | None, pinned: list[bool]
) -> None:
    made = world(here)
    plan_of(decision, made, params("ctr_image", name=[NAME], pull=pull))
    assert [question.is_pinned for question in made.asked] == pinned


@pytest.mark.parametrize(("here", "count"), [(WHOLE, 0), (PACKED, 0), (HOLED, 1), (NOTHING, 1)])
def test_a_digest_that_is_here_is_never_asked_for_again(here: dict[str, Any] | None, count: int) -> None:
    name = NAME + "@" + OLD.target.digest
    made = world(here, None, name=name)
    made.offer(name, OLD)
    plan_of(decision, made, params("ctr_image", name=[name], pull="always"))
    assert len(made.asked) == count


@pytest.mark.parametrize("pull", ["missing", "always", "never"])
def test_the_lease_of_a_pull_that_died_as_its_last_act_goes_and_nothing_has_changed(pull: str) -> None:
    def abandoned() -> ImageWorld:
        made = world(WHOLE)
        made.is_abandoned = True
        return made

    wanted = params("ctr_image", name=[NAME], pull=pull)
    played = rehearse(decision, abandoned, wanted, runtime=ImageRuntime, verbs=ImageVerbs)
    assert played.applied == ["give up"]
    assert not played.real.changed
    assert played.real.actions == ("gave up the lease of a pull that was killed",)


def test_without_unpack_a_packed_image_is_whole() -> None:
    played = play(PACKED, unpack=False)
    assert played.applied == []
    assert played.real.after == {NAME: {"state": "present", "digest": OLD.target.digest, "complete": True}}
    played = play(NOTHING, unpack=False)
    assert played.real.changed
    assert played.real.values["images"][0]["unpacked"] is False


def test_an_unknown_image_is_not_found() -> None:
    with pytest.raises(NotFound, match="not known to the registry"):
        play(NOTHING, GONE)


def test_a_record_under_the_literal_name_wins() -> None:
    made = world(None)
    made.put("nginx", OLD)
    made.put("docker.io/library/nginx:latest", NEW)
    desired = decision.want(params("ctr_image", name=["nginx"]))
    (found,) = decision.read(made, desired).images
    assert found.name == "nginx"


def test_absent_means_neither_under_the_literal_name_nor_under_the_full_one() -> None:
    def make() -> ImageWorld:
        made = world(None)
        made.put("nginx", OLD)
        made.put("docker.io/library/nginx:latest", NEW)
        return made

    played = rehearse(
        decision,
        make,
        params("ctr_image", name=["nginx"], state="absent"),
        runtime=ImageRuntime,
        verbs=ImageVerbs,
    )
    assert played.world.here == {}
    assert len(played.real.actions) == 2


def test_a_short_name_becomes_a_full_one() -> None:
    played = play(NOTHING, OLD, name=["nginx:1"])
    assert list(played.world.here) == [NAME]


def test_many_images_are_one_step_for_those_that_lack_something() -> None:
    def make() -> ImageWorld:
        made = world(WHOLE)
        for name, build in (("a", Build("a")), ("b", Build("b"))):
            made.offer("docker.io/library/%s:latest" % name, build)
        made.put("docker.io/library/b:latest", Build("b"), lacks=1)
        return made

    played = rehearse(
        decision,
        make,
        params("ctr_image", name=["a", NAME, "b", "a"]),
        runtime=ImageRuntime,
        verbs=ImageVerbs,
    )
    (step,) = played.plan.steps
    assert [job.name for job in step.args[0]] == ["docker.io/library/a:latest", "docker.io/library/b:latest"]
    assert [entry["name"] for entry in played.real.values["images"]] == [
        "docker.io/library/a:latest",
        NAME,
        "docker.io/library/b:latest",
    ]


def test_labels_of_a_record_stay_when_its_tag_moves() -> None:
    played = play({"labels": {"io.cri-containerd.image": "managed"}}, MOVED, pull="always")
    assert played.world.here[NAME].image.labels == {"io.cri-containerd.image": "managed"}
    assert played.real.values["images"][0]["labels"] == {"io.cri-containerd.image": "managed"}


# Absent


@pytest.mark.parametrize("here", [NOTHING, WHOLE, HOLED])
def test_absent_removes_what_is_there(here: dict[str, Any] | None) -> None:
    played = play(here, state="absent")
    assert played.applied == ([] if here is None else ["remove"])
    assert played.real.actions == (() if here is None else ("removed image " + NAME,))
    assert played.real.after == {NAME: {"state": "absent"}}
    assert played.real.values == {"images": [{"name": NAME, "state": "absent"}]}
    assert played.world.asked == []


@pytest.mark.parametrize("force", [True, False])
def test_absent_spares_what_a_container_uses(force: bool) -> None:
    made = world(WHOLE)
    made.containers_of[NAME] = ["web", "db"]
    wish = params("ctr_image", name=[NAME], state="absent", force=force)
    if force:
        assert [step.verb for step in plan_of(decision, made, wish).steps] == ["remove"]
        return
    with pytest.raises(Refused, match="used by container web, db") as caught:
        plan_of(decision, made, wish)
    assert "force" in caught.value.remedy


def test_absent_takes_names_that_no_registry_could_serve() -> None:
    made = world(None)
    made.put("sha256:abc", OLD)
    wish = params("ctr_image", name=["sha256:abc", "Not A Name"], state="absent", sync=True)
    (step,) = plan_of(decision, made, wish).steps
    assert step.args == (("sha256:abc",), True)


# What is refused before anybody is asked


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"name": []}, "name is empty"),
        ({"name": [""]}, "image name"),
        ({"name": ["Not A Name"]}, "Not A Name"),
        ({"name": [""], "state": "absent"}, "image name"),
        ({"platform": ["linux/amd64"], "all_platforms": True}, "exclude each other"),
        ({"platform": ["a/b/c/d"]}, "malformed"),
        ({"retries": -1}, "negative"),
        ({"retry_delay": -1}, "negative"),
        ({"max_concurrent_downloads": 0}, "at least 1"),
    ],
)
def test_a_senseless_wish_is_refused(said: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        decision.want(params("ctr_image", **{"name": [NAME], **said}))


@pytest.mark.parametrize(
    ("said", "platforms"),
    [
        ({"platform": ["linux/arm64", "arm"]}, ["linux/arm64", "linux/arm/v7"]),
        ({"all_platforms": True}, []),
    ],
)
def test_platforms_are_the_named_ones_or_all(said: dict[str, Any], platforms: list[str]) -> None:
    desired = decision.want(params("ctr_image", name=[NAME], **said))
    assert [str(each) for each in desired.extent.platforms] == platforms


def test_the_password_is_in_no_print_of_a_plan() -> None:
    made = world(NOTHING)
    plan = plan_of(decision, made, params("ctr_image", name=[NAME], username="ann", password="s3cret"))
    assert "s3cret" not in repr(plan)
