# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Present means documents, blobs and the unpacked chain; what is missing is named."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.presence import (
    Inspector,
)
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
        ((), False, ()),
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
        assert elsewhere.target.digest in {blob.digest for blob in found.missing}


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
