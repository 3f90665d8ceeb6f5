# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tar file of an archive: entries that ustar can say, and those that it cannot."""

from __future__ import annotations

import io
import tarfile

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import archive_writing
from ansible_collections.community.containerd.plugins.module_utils._values.archive import Archive
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd


def test_a_head_is_one_block_and_two_more_where_ustar_cannot_say_it() -> None:
    for path, size, blocks in (("a", 0, 1), ("a", 8 << 30, 3), ("blobs/sha512/" + "a" * 128, 1, 3)):
        head = archive_writing.head_of(path, size)
        assert len(head) == blocks * 512
        with tarfile.open(fileobj=io.BytesIO(head + bytes(1024)), mode="r:") as tar:
            entry = tar.firstmember
        assert (entry.name, entry.size, entry.mtime, entry.uid) == (path, size, 0, 0)


def test_the_size_is_known_before(fake: FakeContainerd, store: Store) -> None:
    data = b"x" * 5000
    long = digest_of(data, "sha512")
    store.add_blob(data)
    store.bytes[long] = data
    store.space().blobs[long] = {}
    blobs = (Descriptor("", digest_of(data), 5000), Descriptor("", long, 5000))
    archive, out = Archive(b"{}", b"[]", blobs), io.BytesIO()
    archive_writing.write(archive, fake.session(), out)
    assert len(out.getvalue()) == archive_writing.size_of(archive)
    out.seek(0)
    with tarfile.open(fileobj=out) as tar:
        assert tar.getnames()[:3] == ["blobs", "blobs/sha256", "blobs/sha512"]


@pytest.mark.parametrize("size", [4, 6])
def test_a_blob_of_another_length_is_damage(fake: FakeContainerd, store: Store, size: int) -> None:
    digest = store.add_blob(b"bytes")
    archive = Archive(b"{}", b"", (Descriptor("", digest, size),))
    with pytest.raises(archive_writing.Damaged):
        archive_writing.write(archive, fake.session(), io.BytesIO())


def test_a_blob_that_vanishes_says_why(fake: FakeContainerd, store: Store) -> None:
    archive = Archive(b"{}", b"", (Descriptor("", digest_of(b"gone"), 4),))
    with pytest.raises(NotFound, match="removed meanwhile"):
        archive_writing.write(archive, fake.session(), io.BytesIO())
