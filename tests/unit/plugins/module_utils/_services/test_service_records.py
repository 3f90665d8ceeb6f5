# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images, leases, namespaces, snapshots and diffs: full messages out, values back."""

from __future__ import annotations

import gzip
import time

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services import diff
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.leases import Leases
from ansible_collections.community.containerd.plugins.module_utils._services.namespaces import (
    list_namespaces,
    namespace_labels,
)
from ansible_collections.community.containerd.plugins.module_utils._services.snapshots import Snapshots
from ansible_collections.community.containerd.plugins.module_utils._values.container import SnapshotMount
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    AlreadyExists,
    Failure,
    NotFound,
    Refused,
    TimedOut,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    FakeContainerd,
    Silence,
    Status,
)

NAME = "docker.io/library/nginx:1"
TARGET = Descriptor("application/vnd.oci.image.index.v1+json", digest_of(b"index"), 5, {"made": "by hand"})
OTHER = Descriptor("application/vnd.oci.image.index.v1+json", digest_of(b"other"), 6)


# Images


def test_an_image_comes_back_as_it_was_created(fake: FakeContainerd, store: Store) -> None:
    images = Images(fake.session())
    images.create(NAME, TARGET, {"a": "b"})
    found = images.find(NAME)
    assert found is not None
    assert (found.name, found.target, found.labels) == (NAME, TARGET, {"a": "b"})


def test_times_of_an_image_are_text(fake: FakeContainerd) -> None:
    stamp = {"seconds": 1_700_000_000, "nanos": 7}
    fake.answer("images.Get", {"image": {"name": NAME, "created_at": stamp}})
    found = Images(fake.session()).find(NAME)
    assert found is not None
    assert (found.created_at, found.updated_at) == ("2023-11-14T22:13:20.000000007Z", "")


def test_an_image_without_target_can_still_be_read(fake: FakeContainerd) -> None:
    fake.answer("images.Get", {"image": {"name": NAME}})
    found = Images(fake.session()).find(NAME)
    assert found is not None
    assert found.target == Descriptor("", "", 0)


def test_no_image_is_none(fake: FakeContainerd, store: Store) -> None:
    assert Images(fake.session()).find(NAME) is None


def test_two_creations_are_one_too_many(fake: FakeContainerd, store: Store) -> None:
    Images(fake.session()).create(NAME, TARGET, {})
    with pytest.raises(AlreadyExists):
        Images(fake.session()).create(NAME, TARGET, {})


@pytest.mark.parametrize(
    ("mask", "target", "labels"),
    [
        (["target"], OTHER, {"a": "1", "b": "1"}),
        (["labels"], TARGET, {"a": "2"}),
        (["labels.a", "labels.b"], TARGET, {"a": "2"}),
        (["labels.a"], TARGET, {"a": "2", "b": "1"}),
    ],
)
def test_an_update_changes_what_its_mask_names(
    fake: FakeContainerd, store: Store, mask: list[str], target: Descriptor, labels: dict[str, str]
) -> None:
    images = Images(fake.session())
    images.create(NAME, TARGET, {"a": "1", "b": "1"})
    images.update(NAME, OTHER, {"a": "2"}, mask)
    found = images.find(NAME)
    assert found is not None
    assert (found.target.digest, found.labels) == (target.digest, labels)


def test_images_are_listed_by_filters(fake: FakeContainerd, store: Store) -> None:
    images = Images(fake.session())
    for name in ("a", "b"):
        images.create(name, TARGET, {})
    assert [image.name for image in images.list("name==a", "name==b")] == ["a", "b"]
    assert fake.calls[-1].request["filters"] == ["name==a", "name==b"]


@pytest.mark.parametrize("sync", [True, False])
def test_a_removal_waits_for_the_garbage_collector_when_told_to(
    fake: FakeContainerd, store: Store, sync: bool
) -> None:
    images = Images(fake.session())
    images.create(NAME, TARGET, {})
    images.delete(NAME, sync=sync)
    assert fake.calls[-1].request["sync"] is sync
    with pytest.raises(NotFound):
        images.delete(NAME)


# Leases and namespaces


def test_leases_are_created_listed_and_given_up(fake: FakeContainerd, store: Store) -> None:
    leases = Leases(fake.session())
    leases.create("one", {"owner": "me"})
    leases.create("two", {})
    assert leases.list() == {"one": {"owner": "me"}, "two": {}}
    assert leases.list('labels."owner"') == {"one": {"owner": "me"}}
    leases.delete("one", sync=True)
    assert fake.calls[-1].request["sync"] is True
    leases.delete("one")
    assert leases.list() == {"two": {}}


def test_a_lease_that_cannot_be_given_up_is_a_failure(fake: FakeContainerd, store: Store) -> None:
    fake.fail("leases.Delete", Status(2, "database is read-only"))
    with pytest.raises(Failure, match="read-only"):
        Leases(fake.session()).delete("one")


def test_namespaces_have_labels_and_an_unknown_one_has_none(fake: FakeContainerd, store: Store) -> None:
    store.space("moby").labels["a"] = "b"
    store.space("default")
    assert list_namespaces(fake.session()) == {"moby": {"a": "b"}, "default": {}}
    assert namespace_labels(fake.session("moby")) == {"a": "b"}
    assert namespace_labels(fake.session("nowhere")) == {}


# Snapshots and diffs


def test_a_snapshot_is_prepared_committed_and_removed(fake: FakeContainerd, store: Store) -> None:
    snapshots = Snapshots(fake.session(), "native")
    mounts = snapshots.prepare("work", "", {"a": "b"})
    assert mounts == [SnapshotMount("bind", "/snapshots/work", "", ("rw", "rbind"))]
    assert snapshots.mounts("work") == mounts
    snapshots.commit("base", "work", {"c": "d"})
    assert store.space().snapshots == {("native", "base"): Snapshot("", 3, {"c": "d"})}
    assert (snapshots.exists("base"), snapshots.exists("work")) == (True, False)
    assert (snapshots.parents(), snapshots.usage("base"), snapshots.usage("work")) == ({"base": ""}, 4096, 0)
    snapshots.remove("base")
    assert store.space().snapshots == {}


def test_find_parent_tells_bottom_from_nothing(fake: FakeContainerd, store: Store) -> None:
    snapshots = Snapshots(fake.session(), "native")
    snapshots.prepare("base", "", {})
    snapshots.prepare("top", "base", {})
    assert [snapshots.find_parent(key) for key in ("top", "base", "none")] == ["base", "", None]


@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (lambda snapshots: snapshots.prepare("top", "no parent", {}), NotFound),
        (lambda snapshots: snapshots.prepare("there", "", {}), AlreadyExists),
        (lambda snapshots: snapshots.mounts("none"), NotFound),
        (lambda snapshots: snapshots.commit("there", "there", {}), AlreadyExists),
        (lambda snapshots: snapshots.commit("new", "none", {}), NotFound),
        (lambda snapshots: snapshots.remove("none"), NotFound),
    ],
)
def test_what_cannot_be_done_to_a_snapshot_is_said(
    fake: FakeContainerd, store: Store, work: object, kind: type[Failure]
) -> None:
    snapshots = Snapshots(fake.session(), "native")
    snapshots.prepare("there", "", {})
    assert callable(work)
    with pytest.raises(kind):
        work(snapshots)


def test_an_unknown_snapshotter_is_refused_not_empty(fake: FakeContainerd, store: Store) -> None:
    with pytest.raises(Refused, match="not loaded"):
        Snapshots(fake.session(), "zfs").exists("base")


def test_apply_sends_the_layer_and_mounts_and_returns_the_diff_id(fake: FakeContainerd, store: Store) -> None:
    digest = store.add_blob(gzip.compress(b"layer"))
    layer = Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", digest, 30, {"a": "b"})
    mount = SnapshotMount("overlay", "overlay", "", ("lowerdir=/1:/2", "index=off"))
    assert diff.apply(fake.session(), layer, [mount]) == digest_of(b"layer")
    sent = fake.calls[-1].request
    assert sent["diff"] == {
        "media_type": layer.media_type,
        "digest": digest,
        "size": 30,
        "annotations": {"a": "b"},
    }
    assert sent["mounts"] == [
        {"type": "overlay", "source": "overlay", "target": "", "options": ["lowerdir=/1:/2", "index=off"]}
    ]


def test_apply_is_more_patient_than_other_calls(fake: FakeContainerd, store: Store) -> None:
    layer = Descriptor("application/vnd.oci.image.layer.v1.tar", store.add_blob(b"layer"), 5)
    session = fake.session(timeout_s=0.05)
    fake.fail("images.List", Silence())
    with pytest.raises(TimedOut):
        Images(session).list()
    waited = []

    def slowly(call: object) -> dict[str, object]:
        time.sleep(0.1)
        waited.append(call)
        return {"applied": {"digest": "sha256:1"}}

    fake.on("diff.Apply", slowly)
    assert diff.apply(session, layer, []) == "sha256:1"
    assert len(waited) == 1
