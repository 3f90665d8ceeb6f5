# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts for one registry: who is asked when, and who is told what. Real HTTP throughout."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import Registry
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    NotFound,
    Refused,
    TimedOut,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.reference import (
    Reference,
    parse_reference,
)
from ansible_collections.community.containerd.plugins.module_utils._values.registry import (
    Credentials,
    Host,
    RegistryAccess,
)
from ansible_collections.community.containerd.tests.lab.lying_registry import Blob, Image, LyingRegistry

NAME = parse_reference("registry.example/team/app:1")
CONTENT = Blob("application/vnd.oci.image.layer.v1.tar", bytes(range(256)) * 1000)


def access(**given: object) -> RegistryAccess:
    return RegistryAccess(**{"retry_delay_s": 0.01, "timeout_s": 5.0, **given})  # type: ignore[arg-type]


def host(server: LyingRegistry | str, **given: object) -> Host:
    url = server if isinstance(server, str) else server.url
    settings = {"base": url + "/v2", "is_own": False, "namespace": NAME.host, **given}
    return Host(**settings)  # type: ignore[arg-type]


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


@pytest.fixture
def image(mirror: LyingRegistry) -> Image:
    return mirror.add("team/app", "1", layers=(CONTENT,))


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where connections are refused."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield "http://127.0.0.1:%d" % held.getsockname()[1]


def pair(mirror: LyingRegistry | str, origin: LyingRegistry, **given: object) -> Registry:
    return Registry(NAME.host, access(**given), [host(mirror), host(origin, is_own=True, namespace="")])


def layer_of(registry: Registry, offset: int = 0, name: Reference = NAME) -> bytes:
    wanted = Descriptor(CONTENT.media_type, CONTENT.digest, CONTENT.size)
    with registry.senders(name, wanted).send(offset) as chunks:
        return b"".join(chunks)


def document_of(registry: Registry, image: Image) -> bytes:
    wanted = Descriptor(image.manifest.media_type, image.manifest.digest, image.manifest.size)
    return registry.document(NAME, wanted)


def test_the_first_host_serves_while_it_can(
    mirror: LyingRegistry, origin: LyingRegistry, image: Image
) -> None:
    registry = pair(mirror, origin)
    assert registry.locate(NAME) == (
        Descriptor(image.manifest.media_type, image.manifest.digest, image.manifest.size),
        mirror.host,
    )
    assert document_of(registry, image) == image.manifest.content
    assert layer_of(registry) == CONTENT.content
    assert [call.method for call in mirror.requests] == ["HEAD", "GET", "GET"]
    assert origin.requests == []


def test_a_stand_in_is_told_for_whom_it_stands(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    mirror.lie("", status=404)
    pair(mirror, origin).resolve(NAME)
    assert mirror.requests[0].query == {"ns": ["registry.example"]}
    assert origin.requests[0].query == {}


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 501, 503])
def test_a_host_that_says_no_is_followed_by_the_next_at_once(
    mirror: LyingRegistry, origin: LyingRegistry, image: Image, status: int
) -> None:
    mirror.lie("", status=status, headers={"Retry-After": "60", "WWW-Authenticate": "Basic"})
    registry = pair(mirror, origin)
    assert registry.locate(NAME)[1] == origin.host
    assert document_of(registry, image) == image.manifest.content
    assert layer_of(registry) == CONTENT.content
    kinds = [call.path.split("/")[-2] for call in mirror.requests]
    assert list(dict.fromkeys(kinds)) == ["manifests", "blobs"], "each wish begins at the first host"


def test_a_host_that_hangs_up_or_is_silent_is_followed_by_the_next(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("HEAD", hang_up=True)
    mirror.lie("GET", delay_s=3.0)
    registry = pair(mirror, origin, timeout_s=0.5)
    assert registry.locate(NAME)[1] == origin.host
    assert layer_of(registry) == CONTENT.content


def test_a_host_that_cannot_be_reached_is_asked_last_from_then_on(
    nobody: str, mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    registry = Registry(NAME.host, access(), [host(nobody), host(mirror), host(origin)])
    assert registry.locate(NAME)[1] == mirror.host
    registry._hosts[0].host.__dict__["base"] = origin.url + "/v2"  # it comes back
    registry.resolve(NAME)
    assert origin.requests == [], "it is not tried again while others serve"
    mirror.lie("", status=503)
    origin.lie("", status=503, times=1)
    registry.resolve(NAME)
    assert len(origin.requests) == 2


def test_a_host_that_answered_once_keeps_its_turn(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    mirror.lie("HEAD", hang_up=True, times=1)
    registry = pair(mirror, origin)
    assert registry.locate(NAME)[1] == origin.host
    assert registry.locate(NAME)[1] == mirror.host


@pytest.mark.parametrize(
    "lie", [{"content": b"{}"}, {"content": b"{}", "chunked": True}, {"cut_after": 5}, {"length": 7}]
)
def test_a_document_that_is_not_the_promised_one_comes_from_the_next_host(
    mirror: LyingRegistry, origin: LyingRegistry, image: Image, lie: dict[str, object]
) -> None:
    mirror.lie("GET .*/manifests/", **lie)
    assert document_of(pair(mirror, origin), image) == image.manifest.content
    assert origin.requests


def test_a_digest_that_is_not_the_named_one_is_asked_for_at_the_next_host(
    mirror: LyingRegistry, origin: LyingRegistry, image: Image
) -> None:
    mirror.lie("HEAD", headers={"Docker-Content-Digest": "sha256:" + "0" * 64})
    name = parse_reference("registry.example/team/app@" + image.manifest.digest)
    assert pair(mirror, origin).locate(name)[1] == origin.host


def test_a_mirror_for_content_only_is_not_asked_for_tags(
    mirror: LyingRegistry, origin: LyingRegistry, image: Image
) -> None:
    mirror.add("team/app", "1", config={"Cmd": ["old"]})
    hosts = [host(mirror, capabilities=("pull",)), host(origin, is_own=True, namespace="")]
    registry = Registry(NAME.host, access(), hosts)
    found, source = registry.locate(NAME)
    assert (found.digest, source) == (image.manifest.digest, origin.host)
    layer_of(registry)
    assert [call.path.split("/")[-2] for call in mirror.requests] == ["blobs"]
    by_digest = parse_reference("registry.example/team/app@" + image.manifest.digest)
    assert registry.locate(by_digest)[1] == mirror.host


def test_a_host_without_the_capability_to_pull_is_not_asked(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    hosts = [host(mirror, capabilities=("push", "resolve")), host(origin)]
    registry = Registry(NAME.host, access(), hosts)
    registry.resolve(NAME)
    layer_of(registry)
    assert mirror.requests == []
    assert registry.to_push().name == mirror.host


@pytest.mark.parametrize(("has", "lacks"), [(("pull",), "pull and resolve"), (("resolve",), "pull")])
def test_a_registry_without_a_host_for_the_wish_is_refused(
    mirror: LyingRegistry, has: tuple[str, ...], lacks: str
) -> None:
    registry = Registry(NAME.host, access(), [host(mirror, capabilities=has)])
    with pytest.raises(Refused, match="no host of registry registry.example has the capability to " + lacks):
        registry.resolve(NAME)
    with pytest.raises(Refused, match="push.*correct capabilities"):
        registry.to_push()


def test_when_all_fail_each_is_named_with_what_it_said(nobody: str, mirror: LyingRegistry) -> None:
    mirror.lie("", status=503, body=b'{"errors":[{"code":"BUSY","message":"come later"}]}')
    with LyingRegistry() as origin:
        registry = Registry(NAME.host, access(retries=5), [host(nobody), host(mirror), host(origin)])
        with pytest.raises(NotFound) as caught:
            registry.resolve(NAME)
        assert len(origin.requests) == 2, "what the registry itself does not know is not waited for"
    said = str(caught.value)
    assert said.startswith("none of 3 hosts could serve: cannot reach registry " + nobody[7:])
    assert "connection refused, then registry %s answered 503" % mirror.host in said
    assert "tag 1 is not known to registry %s" % origin.host in said
    assert caught.value.code == "404"


def test_all_hosts_are_asked_again_after_a_while(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    mirror.lie("HEAD", status=503, times=2)
    origin.lie("HEAD", status=429, times=2)
    assert pair(mirror, origin, retries=2).locate(NAME)[1] == mirror.host
    assert len(mirror.requests) == 3
    assert len(origin.requests) == 2


def test_the_kind_of_failure_is_that_of_the_registry_itself(
    nobody: str, mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    origin.lie("", status=403)
    with pytest.raises(Refused) as caught:
        pair(nobody, origin, retries=0).resolve(NAME)
    assert caught.value.code == "403"


def test_a_blob_goes_on_at_the_next_host_from_its_byte(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    mirror.lie("/blobs/", cut_after=100_000)
    assert layer_of(pair(mirror, origin)) == CONTENT.content
    assert len(mirror.calls("/blobs/")) == 1
    (call,) = origin.calls("/blobs/")
    assert call.headers["range"] == "bytes=100000-"


def test_a_blob_that_is_broken_off_is_not_waited_for_while_there_is_another_host(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("/blobs/", cut_after=100_000)
    assert layer_of(pair(mirror, origin, retries=0)) == CONTENT.content
    with pytest.raises(Unreachable):
        layer_of(Registry(NAME.host, access(retries=0), [host(mirror)]))


def test_a_blob_that_ends_too_early_goes_on_at_the_next_host(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("/blobs/", content=CONTENT.content[:1000], chunked=True)
    assert layer_of(pair(mirror, origin)) == CONTENT.content
    assert origin.calls("/blobs/")[0].headers["range"] == "bytes=1000-"
    with pytest.raises(Damaged, match="sent fewer than the promised"):
        layer_of(Registry(NAME.host, access(), [host(mirror)]))


def test_a_blob_of_another_length_comes_from_the_next_host(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("/blobs/", content=b"another")
    assert layer_of(pair(mirror, origin)) == CONTENT.content


def test_a_blob_goes_on_at_the_next_host_when_the_first_falls_silent(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie("/blobs/", stall_after=1000, delay_s=3.0)
    assert layer_of(pair(mirror, origin, timeout_s=0.5), offset=10) == CONTENT.content[10:]
    assert len(mirror.calls("/blobs/")) == len(origin.calls("/blobs/")) == 1


def test_a_blob_that_all_hosts_lose_is_unreachable(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    for server in (mirror, origin):
        server.lie("/blobs/", cut_after=10)
    with pytest.raises(Unreachable, match="connection was lost"):
        layer_of(pair(mirror, origin, retries=1))


def test_the_password_goes_to_the_registry_itself_alone(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    for server in (mirror, origin):
        server.auth = "basic"
    registry = pair(mirror, origin, username="user", password="secret")
    assert registry.locate(NAME)[1] == origin.host
    layer_of(registry)
    assert mirror.requests and all("authorization" not in call.headers for call in mirror.requests)
    assert origin.requests[-1].headers["authorization"] == origin.basic


def test_a_mirror_is_told_its_own_credentials(mirror: LyingRegistry, origin: LyingRegistry) -> None:
    mirror.auth, mirror.username = "bearer", "reader"
    hosts = [host(mirror), host(origin, is_own=True)]

    def who(host: Host, repository: str) -> Credentials:
        return Credentials("reader" if host.name == mirror.host else "user", "secret")

    registry = Registry(NAME.host, access(), hosts, who)
    assert registry.locate(NAME)[1] == mirror.host
    assert origin.requests == []


def test_a_mirror_that_wants_to_know_who_asks_is_to_be_named_in_auth_file(mirror: LyingRegistry) -> None:
    mirror.auth = "basic"
    registry = Registry(NAME.host, access(username="user", password="secret"), [host(mirror)])
    with pytest.raises(Refused, match="wants to know who asks; name this host in auth_file"):
        registry.resolve(NAME)


def test_headers_go_to_their_host_and_not_where_it_leads(
    mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.lie(
        "/blobs/", status=307, headers={"Location": origin.url + "/v2/team/app/blobs/" + CONTENT.digest}
    )
    mirror.lie(
        "HEAD", status=401, headers={"WWW-Authenticate": 'Bearer realm="%s/token"' % origin.url}, times=1
    )
    origin.anonymous = True
    headers = (("X-Key", "opensesame"), ("authorization", "Basic eDp5"))
    registry = Registry(NAME.host, access(), [host(mirror, headers=headers)])
    registry.resolve(NAME)
    assert layer_of(registry) == CONTENT.content
    assert all(call.headers["x-key"] == "opensesame" for call in mirror.requests)
    assert mirror.requests[0].headers["authorization"] == "Basic eDp5"
    assert origin.requests and all(
        not {"x-key", "authorization"} & set(call.headers) for call in origin.requests
    )


def test_a_header_is_in_no_message(mirror: LyingRegistry) -> None:
    basic = "Basic dXNlcjpwYXNzd29yZA=="  # user:password
    mirror.lie("", status=400, body=b"you said opensesame, dXNlcjpwYXNzd29yZA== and password")
    headers = (("X-Key", "opensesame"), ("Authorization", basic), ("X-Other", "Token opensesame"))
    registry = Registry(NAME.host, access(), [host(mirror, headers=headers)])
    with pytest.raises(Refused, match=r"you said \*\*\*, \*\*\* and \*\*\*"):
        registry.resolve(NAME)
    assert "opensesame" not in repr(registry._hosts[0].host)


def test_the_api_may_be_anywhere(origin: LyingRegistry) -> None:
    origin.root = "/proxy/hub"
    registry = Registry(NAME.host, access(), [Host(base=origin.url + "/proxy/hub")])
    registry.resolve(NAME)
    assert layer_of(registry) == CONTENT.content


def test_an_identity_token_is_traded_at_the_realm(origin: LyingRegistry) -> None:
    origin.auth, origin.identity_token = "bearer", "refresh-me"

    def who(host: Host, repository: str) -> Credentials:
        return Credentials(identity_token="refresh-me")

    registry = Registry(NAME.host, access(), [host(origin)], who)
    registry.resolve(NAME)
    (call,) = origin.calls("/token")
    assert call.method == "POST"
    assert b"scope=repository%3Ateam%2Fapp%3Apull&" in call.body
    assert "authorization" not in call.headers
    assert "authorization" in origin.requests[-1].headers
    origin.identity_token = "another"
    origin.tokens = {"another"}
    with pytest.raises(Refused, match="does not take the credentials;") as caught:
        registry.resolve(NAME)
    assert "refresh-me" not in str(caught.value)


def test_an_identity_token_follows_no_redirect(origin: LyingRegistry, mirror: LyingRegistry) -> None:
    origin.auth, origin.identity_token = "bearer", "refresh-me"
    origin.lie("/token", status=307, headers={"Location": mirror.url + "/token"})
    registry = Registry(
        NAME.host, access(), [host(origin)], lambda *_: Credentials(identity_token="refresh-me")
    )
    with pytest.raises(Refused, match="answered 307 to the request for a token"):
        registry.resolve(NAME)
    assert mirror.requests == []


def test_a_connection_that_nobody_takes_is_named_and_not_waited_for_again(mirror: LyingRegistry) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        address = deaf.getsockname()
        held = [socket.socket() for _number in range(4)]  # the queue is full
        for waiting in held:
            waiting.setblocking(False)
            waiting.connect_ex(address)
        base = "http://127.0.0.1:%d/v2" % address[1]
        alone = Registry(NAME.host, access(retries=0), [Host(base=base, connect_timeout_s=0.2)])
        with pytest.raises(TimedOut, match="did not take the connection in time") as caught:
            alone.resolve(NAME)
        assert caught.value.code == "ETIMEDOUT"
        registry = Registry(NAME.host, access(), [Host(base=base, connect_timeout_s=0.2), host(mirror)])
        registry.resolve(NAME)
        assert registry._hosts[0].is_out_of_reach
        for waiting in held:
            waiting.close()


def test_a_damaged_answer_of_the_only_host_is_not_asked_for_again(
    mirror: LyingRegistry, image: Image
) -> None:
    mirror.lie("GET", content=b"{}")
    with pytest.raises(Damaged):
        document_of(Registry(NAME.host, access(), [host(mirror)]), image)
    assert len(mirror.requests) == 1
