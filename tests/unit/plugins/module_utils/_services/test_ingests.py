# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blobs on their way in: nothing is sent twice, and what is wrong is not kept."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.ingests import Ingests
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    Locked,
    Refused,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    Answer,
    Call,
    FakeContainerd,
    Handler,
    Status,
)

if TYPE_CHECKING:
    from ansible_collections.community.containerd.plugins.module_utils._services.ingests import Source

DATA = bytes(range(256)) * 40
BLOB = Descriptor("application/octet-stream", digest_of(DATA), len(DATA))
REF = "layer-" + BLOB.digest
LABELS = {"containerd.io/distribution.source.ghcr.io": "team/app"}


def source_of(data: bytes, asked: list[int] | None = None, chunk: int = 3000) -> Source:
    @contextlib.contextmanager
    def source(offset: int) -> Iterator[Iterator[bytes]]:
        if asked is not None:
            asked.append(offset)
        yield (data[at : at + chunk] for at in range(offset, len(data), chunk))

    return source


def never(offset: int) -> contextlib.AbstractContextManager[Iterator[bytes]]:
    raise AssertionError("nothing should be fetched")


def test_write_stores_a_blob_with_its_labels(fake: FakeContainerd, store: Store) -> None:
    asked: list[int] = []
    assert Ingests(fake.session()).write(REF, BLOB, LABELS, source_of(DATA, asked)) == len(DATA)
    assert store.bytes[BLOB.digest] == DATA
    assert store.space().blobs == {BLOB.digest: LABELS}
    assert store.space().ingests == {}
    assert asked == [0]


def test_write_begins_with_the_lock_and_ends_with_the_digest(fake: FakeContainerd, store: Store) -> None:
    Ingests(fake.session()).write(REF, BLOB, LABELS, source_of(DATA))
    first, *parts, last = [call.request for call in fake.named("content.Write")]
    assert (first["action"], first["ref"], first["total"], first["expected"]) == (
        0,
        REF,
        len(DATA),
        BLOB.digest,
    )
    assert {part["action"] for part in parts} == {1}
    assert [part["offset"] for part in parts] == [0, 3000, 6000, 9000]
    assert (last["action"], last["total"], last["expected"], last["labels"]) == (
        2,
        len(DATA),
        BLOB.digest,
        LABELS,
    )


def test_write_resumes_an_ingest_where_it_ended(fake: FakeContainerd, store: Store) -> None:
    store.space().ingests[REF] = bytearray(DATA[:7000])
    asked: list[int] = []
    assert Ingests(fake.session()).write(REF, BLOB, LABELS, source_of(DATA, asked)) == len(DATA) - 7000
    assert asked == [7000]
    assert store.bytes[BLOB.digest] == DATA


def test_write_moves_nothing_that_is_there(fake: FakeContainerd, store: Store) -> None:
    store.add_blob(DATA, {"mine": "yes"})
    assert Ingests(fake.session()).write(REF, BLOB, LABELS, never) == 0
    assert store.space().blobs == {BLOB.digest: {"mine": "yes"}}


def test_write_takes_over_what_another_namespace_has(fake: FakeContainerd, store: Store) -> None:
    store.add_blob(DATA, namespace="moby")
    assert Ingests(fake.session()).write(REF, BLOB, LABELS, never) == 0
    assert store.space().blobs == {BLOB.digest: LABELS}


def test_write_commits_a_complete_ingest_without_fetching(fake: FakeContainerd, store: Store) -> None:
    store.space().ingests[REF] = bytearray(DATA)
    assert Ingests(fake.session()).write(REF, BLOB, LABELS, never) == 0
    assert store.space().blobs == {BLOB.digest: LABELS}


def test_write_stores_the_empty_blob(fake: FakeContainerd, store: Store) -> None:
    empty = Descriptor("application/octet-stream", digest_of(b""), 0)
    assert Ingests(fake.session()).write("r", empty, {}, never) == 0
    assert empty.digest in store.space().blobs


def test_write_of_a_locked_ref_says_that_it_is_locked(fake: FakeContainerd, store: Store) -> None:
    store.locked.add(REF)
    with pytest.raises(Locked, match="locked for"):
        Ingests(fake.session()).write(REF, BLOB, LABELS, never)


def test_write_distrusts_an_ingest_longer_than_its_blob(fake: FakeContainerd, store: Store) -> None:
    store.space().ingests[REF] = bytearray(DATA + b"!")
    with pytest.raises(Damaged, match="more bytes than the blob has"):
        Ingests(fake.session()).write(REF, BLOB, LABELS, never)


@pytest.mark.parametrize("wrong", [DATA[:-1], DATA[:-1] + b"?", DATA + b"?"], ids=["short", "other", "long"])
def test_write_refuses_other_bytes_and_leaves_the_ingest(
    fake: FakeContainerd, store: Store, wrong: bytes
) -> None:
    ingests = Ingests(fake.session())
    with pytest.raises(Refused, match="unexpected commit"):
        ingests.write(REF, BLOB, LABELS, source_of(wrong))
    assert store.space().blobs == {}
    assert ingests.progress(REF) == len(wrong)
    ingests.abort(REF)
    assert ingests.progress(REF) == 0


def test_write_notices_that_somebody_else_has_moved_on(fake: FakeContainerd, store: Store) -> None:
    @contextlib.contextmanager
    def source(offset: int) -> Iterator[Iterator[bytes]]:
        store.space().ingests[REF] += b"from elsewhere"
        yield iter([DATA])

    with pytest.raises(Refused, match="unexpected offset"):
        Ingests(fake.session()).write(REF, BLOB, LABELS, source)


def test_a_failing_source_is_what_the_caller_hears_of(fake: FakeContainerd, store: Store) -> None:
    def break_off() -> Iterator[bytes]:
        yield DATA[:5000]
        raise OSError("the registry went away")

    @contextlib.contextmanager
    def source(offset: int) -> Iterator[Iterator[bytes]]:
        yield break_off()

    ingests = Ingests(fake.session())
    with pytest.raises(OSError, match="went away"):
        ingests.write(REF, BLOB, LABELS, source)
    assert store.space().blobs == {}
    assert ingests.progress(REF) == 5000


def test_the_daemons_failure_in_the_middle_of_sending_is_its_own_word(
    fake: FakeContainerd, store: Store
) -> None:
    fake.on("content.Write", _full_after(3))
    with pytest.raises(Refused, match="no space left"):
        Ingests(fake.session()).write(REF, BLOB, LABELS, source_of(DATA * 100, chunk=1 << 18))


def _full_after(messages: int) -> Handler:
    heard: list[Call] = []

    def handle(call: Call) -> Answer:
        heard.append(call)
        if len(heard) > messages:
            raise Status(8, "no space left on device")
        return {"offset": 0}

    return handle


def test_abort_of_nothing_is_as_good(fake: FakeContainerd, store: Store) -> None:
    Ingests(fake.session()).abort(REF)
    assert fake.sequence() == ["content.Abort"]


@pytest.mark.parametrize("name", ["content.Status", "content.Abort"])
def test_only_not_found_means_that_there_is_none(fake: FakeContainerd, store: Store, name: str) -> None:
    fake.fail(name, Status(13, "the database is closed"))
    ingests = Ingests(fake.session())
    work = {"content.Status": ingests.progress, "content.Abort": ingests.abort}[name]
    with pytest.raises(Failure, match="database is closed"):
        work(REF)
