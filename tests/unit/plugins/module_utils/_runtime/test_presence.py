# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Present means documents, blobs and the unpacked chain; what is missing is named."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.presence import MANY, Inspector
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.image import (
    Extent,
    Image,
    Stored,
)
from ansible_collections.community.containerd.plugins.module_utils._values.platform import Platform
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")


def inspect(
    fake: FakeContainerd, target: Descriptor, *platforms: Platform, snapshotter: str = "overlayfs"
) -> Stored:
    extent = Extent(platforms, True, snapshotter)
    return Inspector(fake.session(), extent).inspect(Image("nginx", target, {}))


def test_a_whole_image_lacks_nothing(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    found = inspect(fake, image.target)
    assert (found.is_complete, found.is_unpacked, found.missing) == (True, True, ())
    assert found.size == sum(len(store.bytes[digest]) for digest in image.digests)
    assert found.platforms == ()


@pytest.mark.parametrize("part", ["manifest", "config", "layer 0", "layer 1"])
def test_what_is_missing_is_named(fake: FakeContainerd, store: Store, part: str) -> None:
    image = StoredImage().into(store)
    lost = {"manifest": image.target, "config": image.config}.get(part) or image.layers[int(part[-1])]
    del store.space().blobs[lost.digest]
    found = inspect(fake, image.target)
    assert [blob.digest for blob in found.missing] == [lost.digest]
    assert not found.is_complete
    if part in ("manifest", "config"):
        assert not found.is_unpacked


@pytest.mark.parametrize("bytes_there", [b"", b"{}", b"\0" * 9])
def test_a_document_with_other_bytes_is_missing_and_damaged(
    fake: FakeContainerd, store: Store, bytes_there: bytes
) -> None:
    image = StoredImage().into(store)
    store.bytes[image.target.digest] = bytes_there
    found = inspect(fake, image.target)
    assert found.missing == found.damaged == (image.target,)
    assert not found.is_unpacked


def test_what_two_platforms_lead_to_is_damaged_once(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    index = image.index_with(store, {"linux/amd64": image})
    store.bytes[image.target.digest] = b"{}"
    found = inspect(fake, index, AMD64, ARM64)
    assert found.damaged == (image.target.replace(platform=found.damaged[0].platform),)


def test_an_image_of_which_nothing_is_here_lacks_its_target(fake: FakeContainerd, store: Store) -> None:
    target = StoredImage().target
    found = inspect(fake, target)
    assert (found.missing, found.size, found.is_unpacked) == ((target,), 0, False)


@pytest.mark.parametrize("lacks", ["label", "top", "other label", "other snapshotter"])
def test_unpacked_means_a_chain_that_the_config_holds(fake: FakeContainerd, store: Store, lacks: str) -> None:
    image = StoredImage().into(store)
    labels = store.space().blobs[image.config.digest]
    if lacks == "label":
        labels.clear()
    elif lacks == "top":
        del store.space().snapshots["overlayfs", image.chain[-1]]
    elif lacks == "other label":
        store.space().snapshots["overlayfs", "other"] = Snapshot("", 3, {})
        labels["containerd.io/gc.ref.snapshot.overlayfs"] = "other"
    snapshotter = "native" if lacks == "other snapshotter" else "overlayfs"
    found = inspect(fake, image.target, snapshotter=snapshotter)
    assert (found.is_complete, found.is_unpacked) == (True, False)


def test_an_image_without_layers_is_unpacked(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layers=0).into(store, unpacked=False)
    assert inspect(fake, image.target).is_unpacked


def test_an_attestation_need_not_be_unpacked(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layer_type="application/vnd.in-toto+json").into(store, unpacked=False)
    assert inspect(fake, image.target).is_unpacked


@pytest.mark.parametrize(
    ("platforms", "complete", "named"),
    [
        ((AMD64,), True, ("linux/amd64",)),
        ((ARM64,), False, ()),
        ((), False, ("linux/amd64",)),
        ((AMD64, ARM64), False, ("linux/amd64",)),
    ],
)
def test_of_an_index_only_the_wanted_platforms_count(
    fake: FakeContainerd,
    store: Store,
    platforms: tuple[Platform, ...],
    complete: bool,
    named: tuple[str, ...],
) -> None:
    here, elsewhere = StoredImage("here").into(store), StoredImage("elsewhere")
    index = here.index_with(store, {"linux/amd64": here, "linux/arm64": elsewhere})
    found = inspect(fake, index, *platforms)
    assert found.is_complete is complete
    assert found.platforms == named
    if not complete:
        assert [blob.digest for blob in found.missing] == [elsewhere.target.digest]
        assert not found.is_unpacked
    has_here = AMD64 in platforms or not platforms
    sizes = {digest: len(store.bytes[digest]) for digest in here.digests}
    assert found.size == index.size + (sum(sizes.values()) if has_here else 0)


def test_an_index_that_does_not_offer_a_platform_is_missing_for_it(
    fake: FakeContainerd, store: Store
) -> None:
    here = StoredImage("here").into(store)
    index = here.index_with(store, {"linux/amd64": here})
    found = inspect(fake, index, AMD64, ARM64)
    assert (found.platforms, found.is_complete, found.is_unpacked) == (("linux/amd64",), False, False)
    assert [blob.digest for blob in found.missing] == [index.digest]
    assert found.size == index.size + sum(len(data) for data in here.bytes.values())
    found = inspect(fake, index, ARM64)
    assert (found.platforms, found.size, found.missing) == ((), 0, (index,))


@pytest.mark.parametrize("labelled", [True, False])
def test_the_labels_of_layers_spare_a_read_of_the_config(
    fake: FakeContainerd, store: Store, labelled: bool
) -> None:
    image = StoredImage().into(store)
    for layer, diff_id in zip(image.layers, image.diff_ids if labelled else ()):
        store.space().blobs[layer.digest]["containerd.io/uncompressed"] = diff_id
    assert inspect(fake, image.target).is_unpacked
    read = [call.request["digest"] for call in fake.named("content.Read")]
    assert read == [image.target.digest] + ([] if labelled else [image.config.digest])


def test_a_label_that_lies_does_not_hide_what_the_config_says(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    for layer in image.layers:
        store.space().blobs[layer.digest]["containerd.io/uncompressed"] = layer.digest
    assert inspect(fake, image.target).is_unpacked


def many(store: Store, count: int) -> list[Image]:
    made = []
    for n in range(count):
        image = StoredImage("image %d" % n).into(store)
        for layer, diff_id in zip(image.layers, image.diff_ids):
            store.space().blobs[layer.digest]["containerd.io/uncompressed"] = diff_id
        made.append(Image("name %d" % n, image.target, {}))
    return made


@pytest.mark.parametrize(
    ("count", "calls"),
    [
        (MANY - 1, {"content.Read": MANY - 1, "content.Info": 3 * (MANY - 1), "snapshots.Stat": MANY - 1}),
        (MANY, {"content.Read": MANY, "content.List": 1, "snapshots.List": 1}),
    ],
)
def test_the_store_is_listed_once_for_many_images(
    fake: FakeContainerd, store: Store, count: int, calls: dict[str, int]
) -> None:
    images = many(store, count)
    inspector = Inspector(fake.session(), Extent((), True, "overlayfs"))
    inspector.prepare(images)
    found = [inspector.inspect(image) for image in images]
    assert all(stored.is_complete and stored.is_unpacked for stored in found)
    assert [stored.image.name for stored in found] == [image.name for image in images]
    assert Counter(fake.sequence()) == calls


def test_a_thousand_names_of_one_image_are_looked_at_once(fake: FakeContainerd, store: Store) -> None:
    (image,) = many(store, 1)
    inspector = Inspector(fake.session(), Extent((), True, "overlayfs"))
    names = [Image("name %d" % n, image.target, {}) for n in range(1000)]
    inspector.prepare(names)
    assert [inspector.inspect(name).image for name in names] == names
    assert len(fake.sequence()) == 1 + 3 + 1


@pytest.mark.parametrize("part", ["manifest", "config", "layer", "snapshot"])
def test_what_is_missing_among_many_is_found_as_among_few(
    fake: FakeContainerd, store: Store, part: str
) -> None:
    images = many(store, MANY)
    damaged = StoredImage("image 7")
    if part == "snapshot":
        del store.space().snapshots["overlayfs", damaged.chain[-1]]
    else:
        lost = {"manifest": damaged.target, "config": damaged.config, "layer": damaged.layers[1]}[part]
        del store.space().blobs[lost.digest]
    few, many_at_once = (Inspector(fake.session(), Extent((), True, "overlayfs")) for _each in range(2))
    many_at_once.prepare(images)
    assert [few.inspect(image) for image in images] == [many_at_once.inspect(image) for image in images]
    assert [
        n
        for n, image in enumerate(images)
        if not few.inspect(image).is_unpacked or not few.inspect(image).is_complete
    ] == [7]


def test_a_platform_that_lacks_a_layer_is_not_here(fake: FakeContainerd, store: Store) -> None:
    whole, damaged = StoredImage("whole").into(store), StoredImage("damaged").into(store)
    index = whole.index_with(store, {"linux/amd64": whole, "linux/arm64": damaged})
    del store.space().blobs[damaged.layers[0].digest]
    assert inspect(fake, index, AMD64, ARM64).platforms == ("linux/amd64",)


def test_what_images_share_is_asked_for_once(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    inspector = Inspector(fake.session(), Extent((), True, "overlayfs"))
    for name in "abc":
        assert inspector.inspect(Image(name, image.target, {})).is_complete
    assert len(fake.named("content.Info")) == 3  # a config and two layers
