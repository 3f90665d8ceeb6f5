# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What will be there once an image is complete."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.completion import (
    completed,
    pull_of,
    sentence_of,
)
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound
from ansible_collections.community.containerd.plugins.module_utils._values.image import (
    Extent,
    Graph,
    Image,
    ImageState,
    Remote,
    Stored,
)

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
HERE = Descriptor(MANIFEST, "sha256:" + "a" * 64, 10)
MOVED = Descriptor(MANIFEST, "sha256:" + "b" * 64, 10)
LAYER = Descriptor("application/vnd.oci.image.layer.v1.tar", "sha256:" + "c" * 64, 5)


@pytest.mark.parametrize(
    "target, is_unpacked, unpack, expected",
    [
        (HERE, True, False, True),  # a repair leaves the snapshots that are there
        (HERE, False, False, False),
        (HERE, False, True, True),
        (MOVED, True, False, False),  # those were of another image
        (MOVED, True, True, True),
    ],
)
def test_what_is_unpacked_stays_so_as_long_as_the_digest_stays(target, is_unpacked, unpack, expected):
    stored = Stored(Image("web", HERE, {}), (), 10, (LAYER,), is_unpacked)
    remote = Remote(target, "registry", Graph(((target, b"{}"),), ()), {}, (LAYER,))

    after = completed(ImageState("web", None, stored, remote), Extent((), unpack, "overlayfs"), set())

    assert after.stored.is_unpacked is expected


@pytest.mark.parametrize(
    ("damaged", "says"),
    [((), "fetched 2 missing blobs"), ((HERE,), "fetched 1 missing and 1 damaged blobs")],
)
def test_what_is_damaged_is_told_apart_from_what_is_missing(damaged, says):
    stored = Stored(Image("web", HERE, {}), (), 10, (HERE, LAYER), True, damaged)
    sentence = sentence_of(ImageState("web", None, stored), Extent((), True, "overlayfs"))
    assert sentence == "repaired image web: " + says


def test_an_image_that_is_nowhere_stays_so_and_cannot_be_pulled():
    nowhere, extent = ImageState("web", None, None), Extent((), True, "overlayfs")
    assert sentence_of(nowhere, extent) == ""
    assert completed(nowhere, extent, set()) == nowhere
    with pytest.raises(NotFound, match="image web is neither here nor in a registry; check the name"):
        pull_of(nowhere, extent)
