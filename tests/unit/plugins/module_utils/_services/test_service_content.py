# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored: blobs by digest, with their labels."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import (
    MAX_DOCUMENT_BYTES,
    Descriptor,
)
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    NotFound,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status

DATA = bytes(range(256)) * 40
BLOB = Descriptor("application/octet-stream", digest_of(DATA), len(DATA))


def test_read_puts_the_parts_together(fake: FakeContainerd, store: Store) -> None:
    store.add_blob(DATA)
    assert Content(fake.session()).read(BLOB.digest) == DATA


def test_read_of_nothing_is_not_found(fake: FakeContainerd, store: Store) -> None:
    with pytest.raises(NotFound):
        Content(fake.session()).read(BLOB.digest)


@pytest.mark.parametrize("extra", [0, 1])
def test_read_has_a_ceiling(fake: FakeContainerd, extra: int) -> None:
    part = {"data": bytes(1 << 20)}
    last = {"data": bytes(extra)}
    fake.answer("content.Read", *[part] * (MAX_DOCUMENT_BYTES >> 20), last)
    content = Content(fake.session())
    if extra:
        with pytest.raises(Damaged, match="too large for a document"):
            content.read("sha256:1")
    else:
        assert len(content.read("sha256:1")) == MAX_DOCUMENT_BYTES


def test_find_tells_size_and_labels_or_none(fake: FakeContainerd, store: Store) -> None:
    store.add_blob(DATA, {"a": "b"})
    found = Content(fake.session()).find(BLOB.digest)
    assert found is not None
    assert (found.digest, found.size, found.labels) == (BLOB.digest, len(DATA), {"a": "b"})
    assert Content(fake.session()).find(digest_of(b"other")) is None


def test_list_goes_over_all_parts(fake: FakeContainerd, store: Store) -> None:
    digests = {store.add_blob(bytes([n])) for n in range(5)}
    assert {blob.digest for blob in Content(fake.session()).list()} == digests


def test_set_labels_leaves_the_others_alone_and_removes_what_is_empty(
    fake: FakeContainerd, store: Store
) -> None:
    store.add_blob(DATA, {"keep": "1", "change": "1", "drop": "1"})
    Content(fake.session()).set_labels(BLOB.digest, {"change": "2", "drop": "", "new": "1"})
    assert store.space().blobs[BLOB.digest] == {"keep": "1", "change": "2", "new": "1"}


def test_only_not_found_means_that_there_is_none(fake: FakeContainerd, store: Store) -> None:
    fake.fail("content.Info", Status(13, "the database is closed"))
    with pytest.raises(Failure, match="database is closed"):
        Content(fake.session()).find(BLOB.digest)


def test_what_is_deleted_may_be_gone_already(fake: FakeContainerd, store: Store) -> None:
    store.add_blob(DATA)
    for _time in range(2):
        Content(fake.session()).delete(BLOB.digest)
    assert store.space().blobs == {}
