# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image consists of, counted once."""

from __future__ import annotations

from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.image import (
    Graph,
    Image,
    Remote,
    Stored,
)
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import Manifest


def blob(letter: str, size: int = 1) -> Descriptor:
    return Descriptor("application/octet-stream", "sha256:" + 64 * letter, size)


TOP, CONFIG, BASE, UPPER = blob("1", 100), blob("2", 20), blob("3", 3), blob("4", 4)


def graph(*manifests: Manifest) -> Graph:
    return Graph(((TOP, b"{}"),), tuple((TOP, manifest) for manifest in manifests))


def test_blobs_are_configs_and_layers_lowest_first() -> None:
    assert graph(Manifest(CONFIG, [BASE, UPPER])).blobs == (CONFIG, BASE, UPPER)


def test_a_layer_that_comes_twice_is_one_blob() -> None:
    assert graph(Manifest(CONFIG, [BASE, BASE])).blobs == (CONFIG, BASE)
    assert graph(Manifest(CONFIG, [BASE]), Manifest(blob("5"), [BASE])).blobs == (CONFIG, BASE, blob("5"))


def test_the_size_of_an_offer_counts_documents_and_each_blob_once() -> None:
    offer = Remote(TOP, "host", graph(Manifest(CONFIG, [BASE, BASE, UPPER])), {}, ())
    assert offer.size == 100 + 20 + 3 + 4


def test_stored_is_complete_when_nothing_is_missing() -> None:
    image = Image("name", TOP, {})
    assert Stored(image, (), 0, (), is_unpacked=False).is_complete
    assert not Stored(image, (), 0, (BASE,), is_unpacked=True).is_complete
