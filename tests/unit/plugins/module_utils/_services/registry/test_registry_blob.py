# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads: the promised bytes, no more and no fewer, whatever the server does."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import Registry
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    NotFound,
    TimedOut,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.lying_registry import Blob, LyingRegistry

CONTENT = os.urandom(1 << 16) * 48  # three chunks
BLOB = Blob("application/octet-stream", CONTENT)
WANTED = Descriptor(BLOB.media_type, BLOB.digest, BLOB.size)


def download(server: LyingRegistry, wanted: Descriptor = WANTED, offset: int = 0, **given: object) -> bytes:
    settings = {"retry_delay_s": 0.01, "timeout_s": 5.0, "plain_http": True, **given}
    registry = Registry(server.host, RegistryAccess(**settings))  # type: ignore[arg-type]
    server.add_blob("app", BLOB)
    with registry.senders(parse_reference(server.host + "/app:1"), wanted).send(offset) as chunks:
        return b"".join(chunks)


def ranges(server: LyingRegistry) -> list[str]:
    return [call.headers.get("range", "") for call in server.calls("/blobs/")]


def test_a_blob_comes_whole_and_undecoded() -> None:
    with LyingRegistry() as server:
        assert download(server) == CONTENT
        assert server.calls("/blobs/")[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("offset", [1, 1 << 20, len(CONTENT) - 1])
@pytest.mark.parametrize("no_range", [False, True])
def test_a_blob_comes_from_its_offset_on(offset: int, no_range: bool) -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", no_range=no_range)
        assert download(server, offset=offset) == CONTENT[offset:]
        assert ranges(server) == ["bytes=%d-" % offset]


def test_nothing_is_asked_for_when_all_is_there() -> None:
    with LyingRegistry() as server:
        assert download(server, offset=len(CONTENT)) == b""
        assert server.requests == []


def test_a_chunked_blob_comes_whole() -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", chunked=True)
        assert download(server) == CONTENT


@pytest.mark.parametrize("no_range", [False, True])
def test_a_lost_connection_resumes_at_its_byte(no_range: bool) -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", cut_after=(1 << 20) + 1000, times=1)
        server.lie("/blobs/", no_range=no_range)
        assert download(server, retries=1) == CONTENT
        first, second = ranges(server)
        assert (first, second[:6]) == ("", "bytes=")
        assert int(second[6:-1]) >= 1 << 20


def test_a_stalled_blob_resumes() -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", stall_after=1 << 20, delay_s=1.0, times=1)
        assert download(server, timeout_s=0.2) == CONTENT
        assert ranges(server) == ["", "bytes=%d-" % (1 << 20)]


def test_losses_far_apart_do_not_use_up_the_retries() -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", cut_after=1 << 20, times=2)
        assert download(server, retries=1) == CONTENT


def test_losses_without_progress_end_the_download() -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", cut_after=10)
        with pytest.raises(Unreachable, match="connection was lost"):
            download(server, retries=2)
        assert len(ranges(server)) == 3


def test_a_stall_for_ever_times_out() -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", stall_after=0, delay_s=1.0)
        with pytest.raises(TimedOut):
            download(server, retries=0, timeout_s=0.1)


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        ({"content": CONTENT[:-1]}, "fewer than"),
        ({"content": CONTENT + b"x"}, "more than"),
        ({"content": CONTENT[:-1], "chunked": True}, "fewer than"),
        ({"content": CONTENT + b"x", "chunked": True}, "more than"),
        ({"content": CONTENT + b"x", "headers": {"Content-Length": ""}}, "more than"),
        ({"length": 5}, "fewer than"),
    ],
)
def test_another_length_is_damaged(lie: dict[str, object], says: str) -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", **lie)
        with pytest.raises(Damaged, match=says):
            download(server)
        assert len(ranges(server)) == 1


@pytest.mark.parametrize("claimed", ["bytes 0-9/10", "bytes 7-9/10", "nonsense", ""])
def test_another_range_is_damaged(claimed: str) -> None:
    with LyingRegistry() as server:
        server.lie("/blobs/", headers={"Content-Range": claimed})
        with pytest.raises(Damaged, match="another part"):
            download(server, offset=5)


def test_an_absent_blob_is_not_found_on_entry() -> None:
    absent = Descriptor("text/plain", "sha256:" + "0" * 64, 5)
    with LyingRegistry() as server, pytest.raises(NotFound, match="blob sha256:0000"):
        download(server, absent)


def test_a_download_given_up_leaves_the_registry_usable() -> None:
    with LyingRegistry() as server:
        server.add_blob("app", BLOB)
        registry = Registry(server.host, RegistryAccess(plain_http=True))
        name = parse_reference(server.host + "/app:1")
        with registry.senders(name, WANTED).send() as chunks:
            next(chunks)
        with registry.senders(name, WANTED).send() as chunks:
            assert b"".join(chunks) == CONTENT
