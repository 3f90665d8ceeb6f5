# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry client against a server that speaks real HTTP and lies on demand: names and documents."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import Registry
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import (
    MAX_DOCUMENT_BYTES,
    Descriptor,
)
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    NotFound,
    Refused,
    TimedOut,
    Unreachable,
    Unsupported,
)
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import (
    parse_index,
    parse_manifest,
)
from ansible_collections.community.containerd.plugins.module_utils._values.reference import (
    Reference,
    parse_reference,
)
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.lying_registry import Blob, Image, LyingRegistry

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def access(**given: object) -> RegistryAccess:
    return RegistryAccess(**{"retry_delay_s": 0.01, "timeout_s": 5.0, **given})  # type: ignore[arg-type]


def named(server: LyingRegistry, name: str) -> Reference:
    return parse_reference(server.host + "/" + name)


def asked(server: LyingRegistry, name: str = "team/app:1", **given: object) -> Descriptor:
    return Registry(server.host, access(**given)).resolve(named(server, name))


def test_resolve_costs_one_head_request() -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "1")
        found = asked(server, plain_http=True)
        assert found == Descriptor(image.manifest.media_type, image.manifest.digest, image.manifest.size)
        assert [call.method for call in server.requests] == ["HEAD"]


def test_resolve_asks_for_all_four_types_and_then_anything() -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        asked(server)
        accepted = server.calls("HEAD")[0].headers["accept"].split(", ")
    assert len(accepted) == 5
    assert accepted[-1] == "*/*"


@pytest.mark.parametrize(
    "lie",
    [
        {"status": 405},
        {"status": 404},
        {"status": 501},
        {"headers": {"Docker-Content-Digest": ""}},
        {"headers": {"Docker-Content-Digest": "md5:1"}},
        {"headers": {"Content-Type": "text/plain; charset=utf-8"}},
        {"headers": {"Content-Length": ""}},
        {"chunked": True},
    ],
    ids=lambda lie: "-".join(map(str, lie.values())) if isinstance(lie, dict) else None,
)
def test_resolve_computes_what_a_head_does_not_tell(lie: dict[str, object]) -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "1", media_type=DOCKER_MANIFEST)
        server.lie("HEAD .*/manifests/", **lie)
        found = asked(server)
        assert found == Descriptor(DOCKER_MANIFEST, image.manifest.digest, image.manifest.size)
        assert len(server.calls("GET .*/manifests/")) == 1


def test_resolve_keeps_to_the_digest_that_the_name_holds() -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "1")
        name = "team/app:1@" + image.manifest.digest
        assert asked(server, name).digest == image.manifest.digest
        server.lie("HEAD", headers={"Docker-Content-Digest": "sha256:" + "0" * 64})
        with pytest.raises(Damaged, match="0000"):
            asked(server, name)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("team/app:2", "tag 2 is not known to registry 127.0.0.1"),
        ("other:1", "other:1: tag 1 is not known"),
        ("team/app@sha256:" + "1" * 64, "digest sha256:1111"),
    ],
)
def test_an_absent_name_is_not_found_by_name(name: str, says: str) -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        with pytest.raises(NotFound, match=says) as caught:
            asked(server, name)
    assert caught.value.code == "404"
    assert caught.value.call.startswith("GET http://127.0.0.1")


def test_schema_1_is_refused() -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1", media_type="application/vnd.docker.distribution.manifest.v1+prettyjws")
        with pytest.raises(Unsupported, match="schema 1"):
            asked(server)


def test_documents_of_an_index_are_fetched_and_proven() -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "arm", config={"Cmd": ["true"]})
        index = server.add_index("team/app", "1", {"linux/arm64/v8": image})
        name = named(server, "team/app:1")
        registry = Registry(server.host, access())
        found = registry.resolve(name)
        assert found.is_index and found.digest == index.digest
        listed = parse_index(registry.document(name, found), found)
        assert str(listed[0].platform) == "linux/arm64"
        manifest = parse_manifest(registry.document(name, listed[0]), listed[0])
        assert registry.document(name, manifest.config) == image.config.content


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        ({"content": b"{}"}, "not the promised"),
        ({"content": b"{}", "chunked": True}, "not the promised"),
        ({"headers": {"X-Pad": "1"}, "content": b"x" * 100000}, "not the promised"),
    ],
)
def test_a_document_of_another_length_is_damaged(lie: dict[str, object], says: str) -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        registry, name = Registry(server.host, access()), named(server, "team/app:1")
        found = registry.resolve(name)
        server.lie("GET .*/manifests/", **lie)
        with pytest.raises(Damaged, match=says):
            registry.document(name, found)


def test_a_document_with_another_digest_is_damaged() -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "1")
        registry, name = Registry(server.host, access()), named(server, "team/app:1")
        found = registry.resolve(name)
        server.lie("GET .*/manifests/", content=image.manifest.content.replace(b"sha256", b"sha255", 1))
        with pytest.raises(Damaged, match="with digest sha256:"):
            registry.document(name, found)


def test_a_document_beyond_the_limit_is_not_even_asked_for() -> None:
    with LyingRegistry() as server:
        wanted = Descriptor(DOCKER_MANIFEST, digest_of(b""), MAX_DOCUMENT_BYTES + 1)
        with pytest.raises(Refused, match="longer than"):
            Registry(server.host, access(plain_http=True)).document(named(server, "team/app:1"), wanted)
        assert server.requests == []


def test_a_manifest_that_never_ends_is_read_to_the_limit_only() -> None:
    with LyingRegistry() as server:
        server.add_manifest("team/app", "1", Blob("text/plain", b"x" * (MAX_DOCUMENT_BYTES + (4 << 20))))
        with pytest.raises(Refused, match="longer than"):
            asked(server)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_fault_is_tried_again(status: int) -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        server.lie("HEAD", status=status, times=2)
        asked(server, retries=2)
        assert len(server.calls("HEAD")) == 3


@pytest.mark.parametrize(
    ("status", "kind"), [(408, TimedOut), (429, Refused), (500, Unreachable), (503, Unreachable)]
)
def test_a_lasting_fault_ends_after_the_retries(status: int, kind: type[Failure]) -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        server.lie("HEAD", status=status)
        with pytest.raises(kind, match="answered %d" % status):
            asked(server, retries=2)
        assert len(server.calls("manifests")) == 3


@pytest.mark.parametrize("status", [400, 403])
def test_a_no_is_not_asked_again_and_is_quoted(status: int) -> None:
    body = b'{"errors":[{"code":"DENIED","message":"not\\u0007 for you"}]}'
    with LyingRegistry() as server:
        server.lie("manifests", status=status, body=body)
        with pytest.raises(Refused, match="DENIED not  for you"):
            asked(server)
        assert len(server.calls("HEAD")) == len(server.calls("GET .*manifests")) == 1


def test_a_registry_that_hangs_up_is_asked_again() -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        server.lie("HEAD", hang_up=True, times=3)
        asked(server, retries=3)
        server.lie("HEAD", hang_up=True)
        with pytest.raises(Unreachable, match="cannot reach registry 127.0.0.1"):
            asked(server, retries=1)


def test_a_manifest_cut_off_on_its_way_is_asked_for_again() -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "1")
        registry, name = Registry(server.host, access()), named(server, "team/app:1")
        found = registry.resolve(name)
        server.lie("GET .*/manifests/", cut_after=20, times=2)
        assert registry.document(name, found) == image.manifest.content


def test_a_registry_without_a_word_times_out() -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        server.lie("HEAD", delay_s=2.0)
        with pytest.raises(TimedOut, match="sent nothing in time"):
            asked(server, timeout_s=0.2, retries=0, plain_http=True)


def test_a_registry_that_is_down_is_unreachable_in_plain_words() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = "127.0.0.1:%d" % free.getsockname()[1]
        with pytest.raises(Unreachable) as caught:
            Registry(host, access(retries=0)).resolve(parse_reference(host + "/app:1"))
    assert caught.value.message == "cannot reach registry %s: connection refused" % host
    assert caught.value.code == "ECONNREFUSED"


def test_one_token_serves_forty_threads() -> None:
    with LyingRegistry(auth="bearer") as server:
        server.add("team/app", "1")
        server.lie("/token", delay_s=0.2)
        registry = Registry(server.host, access(username="user", password="secret"))
        found: list[Descriptor] = []
        threads = [
            threading.Thread(target=lambda: found.append(registry.resolve(named(server, "team/app:1"))))
            for _number in range(40)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 40
        assert len(server.calls("/token")) == 1


@pytest.mark.parametrize("auth", ["", "basic", "bearer"])
def test_one_connection_serves_all(auth: str) -> None:
    with LyingRegistry(auth=auth) as server:
        image = server.add("team/app", "1")
        server.add_manifest("team/app", "moved", image.manifest)
        server.lie("manifests/moved", status=302, headers={"Location": "1"}, body=b"moved")
        server.lie("manifests/1", status=503, body=b"busy", times=1)
        registry = Registry(server.host, access(username="user", password="secret", plain_http=True))
        name = named(server, "team/app:moved")
        manifest = parse_manifest(registry.document(name, registry.resolve(name)), image_descriptor(image))
        with registry.senders(name, manifest.layers[0]).send() as chunks:
            assert b"".join(chunks) == image.layers[0].content
        with pytest.raises(NotFound):
            registry.resolve(named(server, "team/app:none"))
        registry.resolve(name)
        assert len({call.client for call in server.requests}) == 1


def image_descriptor(image: Image) -> Descriptor:
    return Descriptor(image.manifest.media_type, image.manifest.digest, image.manifest.size)


@pytest.mark.parametrize("length", ["\u00b2", "-1", "1e3", "9" * 30, "5, 6"])
def test_a_length_that_is_none_is_not_believed(length: str) -> None:
    with LyingRegistry() as server:
        image = server.add("team/app", "1")
        server.lie("HEAD", headers={"Content-Length": length})
        with contextlib.suppress(Unreachable):  # or the HTTP library will not have it
            assert asked(server, retries=0).size == image.manifest.size


def test_close_ends_the_connections() -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        registry = Registry(server.host, access())
        registry.resolve(named(server, "team/app:1"))
        registry.close()


def test_docker_io_is_served_by_its_registry_host() -> None:
    assert Registry("docker.io", access()).host == "registry-1.docker.io"
