# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All about images: what is offered, what was built in, what is taken on the disk; and what is no image."""

from __future__ import annotations

from collections import Counter

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.image_listing import ImageListing
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.image import Extent, Image
from ansible_collections.community.containerd.plugins.module_utils._values.image_details import Details
from ansible_collections.community.containerd.plugins.module_utils._values.platform import Platform
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import MANIFEST, StoredImage

EXTENT = Extent((Platform("linux", "amd64"),), True, "overlayfs")


def describe(
    fake: FakeContainerd,
    *targets: Descriptor,
    config: bool = False,
    usage: bool = False,
    extent: Extent = EXTENT,
) -> list[Details]:
    images = [Image("name %d" % n, target, {}) for n, target in enumerate(targets)]
    found = ImageListing(fake.endpoint(), fake.session()).describe(images, extent, config, usage)
    assert [details.stored.image for details in found.values()] == images
    return list(found.values())


def test_an_index_offers_more_than_is_here(fake: FakeContainerd, store: Store) -> None:
    here, elsewhere, proof = StoredImage("here").into(store), StoredImage("elsewhere"), StoredImage("proof")
    places = {"linux/amd64": here, "linux/arm64": elsewhere, "unknown/unknown": proof}
    (found,) = describe(fake, here.index_with(store, places))
    assert found.offered == ("linux/amd64", "linux/arm64")
    assert found.stored.platforms == ("linux/amd64",)
    assert found.stored.is_complete
    (single,) = describe(fake, here.target)
    assert single.offered == ()


def test_a_config_is_read_only_when_asked_for(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(config={"Cmd": ["true"]}).into(store)
    (found,) = describe(fake, image.target, config=True)
    assert found.config is not None
    assert (found.config["digest"], found.config["config"]) == (image.config.digest, {"Cmd": ["true"]})
    (plain,) = describe(fake, image.target)
    assert plain.config is None


def test_a_config_that_is_not_here_is_none(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    del store.space().blobs[image.config.digest]
    (found,) = describe(fake, image.target, config=True, usage=True)
    assert (found.config, found.usage) == (None, {})


def test_usage_is_that_of_the_chain_in_each_snapshotter(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    store.space().blobs[image.config.digest].update(
        {
            "containerd.io/gc.ref.snapshot.native": "bottom",
            "containerd.io/gc.ref.snapshot.stargz": "gone",
            "containerd.io/gc.ref.snapshot.overlayfs/other": image.chain[-1],
        }
    )
    store.space().snapshots["native", "bottom"] = Snapshot("", 3, {})
    store.space().snapshots["overlayfs", "not of this image"] = Snapshot("", 2, {})
    (found,) = describe(fake, image.target, usage=True)
    assert found.usage == {"native": 4096, "overlayfs": 2 * 4096}


def test_what_many_images_share_is_asked_about_once(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    describe(fake, *[image.target] * 100, config=True, usage=True)
    calls = Counter(fake.sequence())
    assert (calls["snapshots.Usage"], calls["snapshots.List"]) == (2, 1)
    assert sum(calls.values()) < 15


@pytest.mark.parametrize(
    ("document", "media_type", "problem"),
    [
        (b"", MANIFEST, "is not a JSON object"),
        (b"{}", MANIFEST, "has no layers"),
        (b'{"layers": []}', "application/vnd.example.artifact", "malformed descriptor"),
    ],
)
def test_what_is_no_image_does_not_hide_the_others(
    fake: FakeContainerd, store: Store, document: bytes, media_type: str, problem: str
) -> None:
    image = StoredImage().into(store)
    odd = Descriptor(media_type, store.add_blob(document), len(document))
    found = describe(fake, odd, image.target, config=True, usage=True)
    assert problem in found[0].problem
    assert found[1].stored.is_complete and not found[1].problem


def test_an_index_without_the_platform_offers_others(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    index = image.index_with(store, {"linux/arm64": image})
    (found,) = describe(fake, index)
    assert (found.stored.is_complete, found.stored.platforms) == (False, ())


def test_a_document_with_other_bytes_is_a_problem(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    store.bytes[image.target.digest] = store.bytes[image.target.digest].replace(b"sha256:", b"sha256;", 1)
    (found,) = describe(fake, image.target)
    assert found.problem == "blob %s is damaged" % image.target.digest
