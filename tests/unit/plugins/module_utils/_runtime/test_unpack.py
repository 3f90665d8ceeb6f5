# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers into a chain: in order, each once, and what does not fit leaves nothing."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.lease import leased
from ansible_collections.community.containerd.plugins.module_utils._runtime.unpack import (
    ChainLocks,
    unpack,
)
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Damaged, Failure
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import Manifest
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    Answer,
    Call,
    FakeContainerd,
    Status,
)
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

REF_LABEL = "containerd.io/snapshot.ref"
UNCOMPRESSED_LABEL = "containerd.io/uncompressed"


def run(
    session: Session, image: StoredImage, waited: list[str] | None = None, manifest: Manifest | None = None
) -> None:
    def wait_for(blob: Descriptor) -> None:
        if waited is not None:
            waited.append(blob.digest)

    config = image.bytes[image.config.digest]
    with leased(session) as held:
        unpack(held, "overlayfs", manifest or image.manifest, config, wait_for, ChainLocks())


def chain(store: Store) -> dict[str, str]:
    return {key[1]: snapshot.parent for key, snapshot in store.space().snapshots.items()}


@pytest.fixture
def image(store: Store) -> StoredImage:
    return StoredImage("one", layers=3).into(store, unpacked=False).named(store, "one")


def test_each_layer_stands_on_the_one_below(fake: FakeContainerd, store: Store, image: StoredImage) -> None:
    waited: list[str] = []
    run(fake.session(), image, waited)
    one, two, three = image.chain
    assert chain(store) == {one: "", two: one, three: two}
    assert store.applied == [layer.digest for layer in image.layers]
    assert waited == [*store.applied, image.config.digest]
    assert {snapshot.kind for snapshot in store.space().snapshots.values()} == {3}


def test_snapshots_and_blobs_carry_the_labels_of_containerds_clients(
    fake: FakeContainerd, store: Store, image: StoredImage
) -> None:
    run(fake.session(), image)
    for chain_id in image.chain:
        assert store.space().snapshots["overlayfs", chain_id].labels[REF_LABEL] == chain_id
    for layer, diff_id in zip(image.layers, image.diff_ids):
        assert store.space().blobs[layer.digest][UNCOMPRESSED_LABEL] == diff_id
    config = store.space().blobs[image.config.digest]
    assert config["containerd.io/gc.ref.snapshot.overlayfs"] == image.chain[-1]


def test_what_is_unpacked_survives_the_garbage_collector(
    fake: FakeContainerd, store: Store, image: StoredImage
) -> None:
    run(fake.session(), image)
    store.collect()
    assert set(chain(store)) == set(image.chain)
    assert set(store.space().blobs) == set(image.digests)


def test_a_layer_passes_on_its_snapshot_annotations(
    fake: FakeContainerd, store: Store, image: StoredImage
) -> None:
    first, *others = image.layers
    annotations = {"containerd.io/snapshot/remote": "yes", "other": "no"}
    marked = Descriptor(first.media_type, first.digest, first.size, annotations)
    run(fake.session(), image, manifest=Manifest(image.config, (marked, *others)))
    labels = store.space().snapshots["overlayfs", image.chain[0]].labels
    assert labels == {"containerd.io/snapshot/remote": "yes", REF_LABEL: image.chain[0]}


def test_what_is_there_is_not_unpacked_again(fake: FakeContainerd, store: Store, image: StoredImage) -> None:
    store.space().snapshots["overlayfs", image.chain[0]] = Snapshot("", 3, {})
    run(fake.session(), image)
    assert store.applied == [layer.digest for layer in image.layers[1:]]
    run(fake.session(), image)
    assert len(store.applied) == 2


def test_a_chain_in_another_snapshotter_does_not_count(
    fake: FakeContainerd, store: Store, image: StoredImage
) -> None:
    store.space().snapshots["native", image.chain[0]] = Snapshot("", 3, {})
    run(fake.session(), image)
    assert len(store.applied) == 3


def test_no_two_extractions_have_one_key(fake: FakeContainerd, store: Store, image: StoredImage) -> None:
    run(fake.session(), image)
    keys = [call.request["key"] for call in fake.named("snapshots.Prepare")]
    assert len(set(keys)) == 3
    assert all(key.startswith("extract-") for key in keys)
    assert [key.rpartition(" ")[2] for key in keys] == image.chain


def test_a_layer_that_is_not_what_the_config_promises_leaves_no_snapshot(
    fake: FakeContainerd, store: Store
) -> None:
    lying = StoredImage("lying", diff_ids=[digest_of(b"one"), digest_of(b"two")]).into(store, unpacked=False)
    with pytest.raises(Damaged, match="but the image config promises") as caught:
        run(fake.session(), lying)
    assert lying.layers[0].digest in caught.value.message
    assert chain(store) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_a_config_for_another_number_of_layers_is_damaged(
    fake: FakeContainerd, store: Store, count: int
) -> None:
    odd = StoredImage("odd", diff_ids=[digest_of(b"%d" % n) for n in range(count)]).into(
        store, unpacked=False
    )
    with pytest.raises(Damaged, match="names %d layers, its manifest 2" % count):
        run(fake.session(), odd)
    assert fake.named("snapshots.Prepare") == []


@pytest.mark.parametrize("call", ["diff.Apply", "snapshots.Commit"])
def test_a_failure_leaves_no_snapshot_to_write_into(
    fake: FakeContainerd, store: Store, image: StoredImage, call: str
) -> None:
    fake.fail(call, Status(2, "no space left on device"))
    with pytest.raises(Failure, match="no space left"):
        run(fake.session(), image)
    assert chain(store) == {}


def test_another_client_that_was_faster_is_as_good(
    fake: FakeContainerd, store: Store, image: StoredImage
) -> None:
    apply = store._guarded(store._diff_Apply)

    def overtaken(call: Call) -> Answer:
        store.space().snapshots["overlayfs", image.chain[0]] = Snapshot("", 3, {})
        return apply(call)

    fake.on("diff.Apply", overtaken)
    run(fake.session(), image)
    store.collect()
    assert set(chain(store)) == set(image.chain)


def test_a_layer_that_does_not_come_stops_the_chain(
    fake: FakeContainerd, store: Store, image: StoredImage
) -> None:
    def wait_for(blob: Descriptor) -> None:
        if blob == image.layers[1]:
            raise Failure("it did not come", "see that failure")

    with pytest.raises(Failure, match="did not come"), leased(fake.session()) as held:
        unpack(held, "overlayfs", image.manifest, image.bytes[image.config.digest], wait_for, ChainLocks())
    assert store.applied == [image.layers[0].digest]
    assert chain(store) == {}  # the lease took the first one with it


def test_locks_are_one_for_each_chain_id() -> None:
    locks = ChainLocks()
    assert locks.of("a") is locks.of("a")
    assert locks.of("a") is not locks.of("b")
