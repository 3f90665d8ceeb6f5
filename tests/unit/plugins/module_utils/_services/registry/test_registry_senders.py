# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One blob from several hosts over real HTTP, of whom some send bytes of the right number and the wrong digest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import Registry
from ansible_collections.community.containerd.plugins.module_utils._services.registry.senders import Senders
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    NotFound,
    Refused,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import (
    Host,
    RegistryAccess,
)
from ansible_collections.community.containerd.tests.lab.lying_registry import Blob, LyingRegistry

NAME = parse_reference("registry.example/team/app:1")
CONTENT = Blob("application/vnd.oci.image.layer.v1.tar", bytes(range(256)) * 1000)
WRONG = bytes(CONTENT.size)
HALF = CONTENT.size // 2
REFUSAL = Refused("the store refuses it", "look", call="Write", code="FAILED_PRECONDITION")


@pytest.fixture
def mirror() -> Iterator[LyingRegistry]:
    with LyingRegistry() as server:
        server.add("team/app", "1", layers=(CONTENT,))
        yield server


@pytest.fixture
def origin() -> Iterator[LyingRegistry]:
    with LyingRegistry() as server:
        server.add("team/app", "1", layers=(CONTENT,))
        yield server


def senders_of(*servers: LyingRegistry) -> Senders:
    hosts = [Host(base=server.url + "/v2", is_own=False, namespace=NAME.host) for server in servers]
    access = RegistryAccess(retries=1, retry_delay_s=0.01, timeout_s=5.0)
    wanted = Descriptor(CONTENT.media_type, CONTENT.digest, CONTENT.size)
    return Registry(NAME.host, access, hosts).senders(NAME, wanted)


def bytes_of(senders: Senders, offset: int = 0) -> bytes:
    with senders.send(offset) as chunks:
        return b"".join(chunks)


def test_a_host_that_sent_wrong_bytes_is_followed_by_the_next(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("/blobs/", content=WRONG)
    senders = senders_of(mirror, origin)
    assert bytes_of(senders) == WRONG
    senders.doubt(REFUSAL)
    assert bytes_of(senders) == CONTENT.content
    assert len(mirror.requests) == 1
    assert "range" not in origin.requests[0].headers


def test_when_all_have_sent_wrong_bytes_all_are_named(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    senders = senders_of(mirror, origin)
    bytes_of(senders)
    senders.doubt(REFUSAL)
    bytes_of(senders)
    with pytest.raises(Damaged) as caught:
        senders.doubt(REFUSAL)
    words = "registry %s sent wrong bytes: the store refuses it"
    said = ", then ".join(words % server.host for server in (mirror, origin))
    assert caught.value.message == "none of 2 hosts could serve: " + said


def test_the_only_host_is_named_as_well(mirror: LyingRegistry) -> None:
    senders = senders_of(mirror)
    bytes_of(senders)
    with pytest.raises(Damaged, match="^registry %s sent wrong bytes: the store" % mirror.host):
        senders.doubt(REFUSAL)


def test_a_host_without_the_blob_and_one_that_lies_are_told_of_together(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    origin.lie("", status=404)
    senders = senders_of(mirror, origin)
    bytes_of(senders)
    senders.doubt(REFUSAL)
    words = (
        "none of 2 hosts could serve: registry %s sent wrong bytes: .*, then .* is not known to registry %s"
    )
    with pytest.raises(NotFound, match=words % (mirror.host, origin.host)):
        bytes_of(senders)


def test_of_two_that_shared_a_blob_each_sends_it_alone_until_one_is_right(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("/blobs/", content=WRONG, cut_after=HALF, times=1)
    mirror.lie("/blobs/", content=WRONG)
    senders = senders_of(mirror, origin)
    assert bytes_of(senders) == WRONG[:HALF] + CONTENT.content[HALF:]
    senders.doubt(REFUSAL)
    assert bytes_of(senders) == WRONG, "it is not known yet who it was"
    senders.doubt(REFUSAL)
    assert bytes_of(senders) == CONTENT.content


def test_who_sends_alone_goes_on_alone(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    mirror.lie("/blobs/", cut_after=HALF, times=2)
    senders = senders_of(mirror, origin)
    bytes_of(senders)
    senders.doubt(REFUSAL)
    assert len(origin.requests) == 1
    assert bytes_of(senders) == CONTENT.content
    assert len(origin.requests) == 1
    assert mirror.requests[-1].headers["range"] == "bytes=%d-" % HALF


def test_who_sends_alone_and_is_lost_is_not_continued_by_another(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("/blobs/", cut_after=HALF // 2)
    senders = senders_of(mirror, origin)
    bytes_of(senders)
    senders.doubt(REFUSAL)
    asked = len(origin.requests)
    with pytest.raises(Unreachable, match="connection was lost"):
        bytes_of(senders)
    assert len(origin.requests) == asked


def test_what_had_come_before_is_to_blame_first(mirror: LyingRegistry) -> None:
    senders = senders_of(mirror)
    bytes_of(senders, HALF)
    senders.doubt(REFUSAL)
    assert bytes_of(senders) == CONTENT.content


def test_what_others_write_over_and_over_is_given_up(mirror: LyingRegistry) -> None:
    senders = senders_of(mirror)
    bytes_of(senders, CONTENT.size)
    senders.doubt(REFUSAL)
    bytes_of(senders, CONTENT.size)
    with pytest.raises(Damaged, match="the store refuses it"):
        senders.doubt(REFUSAL)
