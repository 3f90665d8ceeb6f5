# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for images that need no registry, and those for listings and commands."""

from __future__ import annotations

import os
import time

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.commands import CommandRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_reading import FEW
from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime
from ansible_collections.community.containerd.plugins.module_utils._runtime.listing import ListingRuntime
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound
from ansible_collections.community.containerd.plugins.module_utils._values.image import Extent, Naming
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import STOPPED, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

OWNER_LABEL = "community.containerd/owner"
DEAD = "%s %s 1 1" % ("0" * 36, os.readlink("/proc/self/ns/pid"))  # of an earlier boot


def runtime(fake: FakeContainerd) -> ImageRuntime:
    return ImageRuntime(fake.endpoint(), fake.session())


@pytest.mark.parametrize(
    ("count", "calls"), [(1, ["images.Get"]), (FEW, ["images.Get"] * FEW), (FEW + 1, ["images.List"])]
)
def test_few_records_are_asked_for_one_by_one_and_many_at_once(
    fake: FakeContainerd, store: Store, count: int, calls: list[str]
) -> None:
    image = StoredImage()
    for name in ("a", "b", "other"):
        image.named(store, name)
    names = ["a", "b", "missing", "c", "d", "e"][:count]
    found = runtime(fake).records(names)
    assert set(found) == {"a", "b"} & set(names)
    assert fake.sequence() == calls


def test_all_records_are_all(fake: FakeContainerd, store: Store) -> None:
    StoredImage().named(store, "a").named(store, "b")
    assert [image.name for image in runtime(fake).all_records()] == ["a", "b"]


def test_images_are_inspected_by_name(fake: FakeContainerd, store: Store) -> None:
    StoredImage("one").into(store).named(store, "a")
    StoredImage("two").named(store, "b")
    verbs = runtime(fake)
    found = verbs.inspect(verbs.all_records(), Extent((), True, "overlayfs"))
    assert {name: stored.is_complete for name, stored in found.items()} == {"a": True, "b": False}


@pytest.mark.parametrize(
    ("age_s", "owner", "found"),
    [(0, DEAD, True), (23 * 3600, DEAD, True), (25 * 3600, DEAD, False), (0, "", False)],
    ids=["just now", "while its lease lives", "after that", "without a lease"],
)
def test_a_dead_pull_is_looked_for_as_long_as_its_lease_lives(
    fake: FakeContainerd, store: Store, age_s: int, owner: str, found: bool
) -> None:
    StoredImage().named(store, "a")
    store.space().images["a"]["updated_at"] = {"seconds": int(time.time()) - age_s, "nanos": 0}
    if owner:
        store.space().leases["left"] = {OWNER_LABEL: owner}
    verbs = runtime(fake)
    assert verbs.are_pulls_abandoned(list(verbs.records(["a"]).values())) is found
    verbs.give_up_abandoned()
    assert store.space().leases == {}


def test_without_an_image_no_dead_pull_is_looked_for(fake: FakeContainerd, store: Store) -> None:
    assert not runtime(fake).are_pulls_abandoned([])
    assert fake.sequence() == []


def test_what_somebody_else_has_removed_is_removed(fake: FakeContainerd, store: Store) -> None:
    StoredImage().named(store, "b")
    runtime(fake).remove(["a", "b", "c"], True)
    assert Images(fake.session()).list() == []


def test_users_are_the_containers_of_each_name(fake: FakeContainerd, store: Store) -> None:
    for name, image in (("web", "nginx"), ("db", "postgres"), ("www", "nginx")):
        store.space().containers[name] = {"id": name, "image": image}
    assert runtime(fake).users(["nginx", "redis"]) == {"nginx": ["web", "www"], "redis": []}


@pytest.mark.parametrize("sync", [True, False])
def test_only_the_last_removal_waits_for_the_garbage_collector(
    fake: FakeContainerd, store: Store, sync: bool
) -> None:
    for name in "abc":
        StoredImage().named(store, name)
    runtime(fake).remove(["a", "b", "c"], sync)
    assert [call.request["sync"] for call in fake.named("images.Delete")] == [False, False, sync]
    assert Images(fake.session()).list() == []


PINNED = {"io.cri-containerd.pinned": "pinned"}


@pytest.mark.parametrize("before", [None, {}, {"a": "0", "gone": "x", **PINNED}])
def test_a_further_name_keeps_the_labels_that_it_has(
    fake: FakeContainerd, store: Store, before: dict[str, str] | None
) -> None:
    target = StoredImage("one").into(store).target
    if before is not None:
        StoredImage("two").named(store, "b", dict(before))
    runtime(fake).name([Naming("b", target, {"a": "1", "gone": ""})])
    record = Images(fake.session()).find("b")
    assert record is not None and record.target == target
    assert record.labels == {"a": "1", **(PINNED if before else {})}


def test_labels_are_set_and_removed_one_by_one_in_a_full_message(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().named(store, "a", {"old": "x", "stays": "y"})
    runtime(fake).label({"a": {"org.example/new": "z", "old": ""}})
    record = Images(fake.session()).find("a")
    assert record is not None and record.target == image.target
    assert record.labels == {"org.example/new": "z", "stays": "y"}
    (update,) = fake.named("images.Update")
    assert update.request["update_mask"]["paths"] == ["labels.org.example/new", "labels.old"]


def test_a_record_that_vanished_is_not_labelled(fake: FakeContainerd, store: Store) -> None:
    with pytest.raises(NotFound, match="image a was removed while it was labelled"):
        runtime(fake).label({"a": {"new": "z"}})


def test_containers_are_listed_sorted_or_as_asked(fake: FakeContainerd, store: Store) -> None:
    for name in ("web", "db", "app"):
        store.space().containers[name] = {"id": name}
    verbs = ListingRuntime(fake.endpoint())
    assert [container.id for container in verbs.containers(None)] == ["app", "db", "web"]
    asked = ["web", "gone", "app", "web"]
    assert [container.id for container in verbs.containers(asked)] == ["web", "app"]
    verbs.session.close()


def test_tasks_are_listed_by_container(fake: FakeContainerd, store: Store) -> None:
    store.process("web")
    store.process("db", status=STOPPED)
    verbs = ListingRuntime(fake.endpoint())
    assert {name: task.status for name, task in verbs.tasks().items()} == {"web": "running", "db": "stopped"}
    verbs.session.close()


def test_a_command_needs_container_task_and_namespaces(fake: FakeContainerd, store: Store) -> None:
    store.space("moby")
    store.space().containers["web"] = {"id": "web"}
    store.process("web")
    verbs = CommandRuntime(fake.endpoint())
    container, task = verbs.container("web"), verbs.task("web")
    assert container is not None and container.id == "web"
    assert task is not None and task.status == "running"
    assert verbs.namespaces() == ["default", "moby"]
    assert (verbs.container("db"), verbs.task("db")) == (None, None)
    verbs.session.close()
