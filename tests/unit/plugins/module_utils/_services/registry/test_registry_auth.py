# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is told what: challenges read right, credentials only where they belong, no secret in any text."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._services.registry.auth import (
    parse_challenges,
)
from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import Registry
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    Refused,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry

PASSWORD = "p4ss:w0rd/ä"


def asked(
    server: LyingRegistry, username: str | None = None, *, times: int = 1, retries: int = 3
) -> Descriptor:
    password = PASSWORD if username else None
    settings = RegistryAccess(
        username, password, plain_http=True, timeout_s=5.0, retries=retries, retry_delay_s=0.01
    )
    registry = Registry(server.host, settings)
    for _number in range(times):
        found = registry.resolve(parse_reference(server.host + "/team/app:1"))
    return found


@pytest.mark.parametrize(
    ("header", "challenges"),
    [
        ("", {}),
        ("Basic", {"basic": {}}),
        ('Basic realm="a b"', {"basic": {"realm": "a b"}}),
        ("bearer REALM=x , Service=y", {"bearer": {"realm": "x", "service": "y"}}),
        (
            'Bearer realm="https://a/t?x=1,2",service="s, t",scope="repository:a:pull,push"',
            {"bearer": {"realm": "https://a/t?x=1,2", "service": "s, t", "scope": "repository:a:pull,push"}},
        ),
        (
            'Negotiate, Basic realm="b\\"c\\\\", Bearer realm="r"',
            {"negotiate": {}, "basic": {"realm": 'b"c\\'}, "bearer": {"realm": "r"}},
        ),
        ('Bearer realm="first",realm="second"', {"bearer": {"realm": "first"}}),
        ('realm="without a scheme"', {}),
    ],
)
def test_challenges_are_read(header: str, challenges: dict[str, dict[str, str]]) -> None:
    assert parse_challenges(header) == challenges


def test_basic_credentials_are_sent_when_asked_for_and_then_at_once() -> None:
    with LyingRegistry(auth="basic", password=PASSWORD) as server:
        server.add("team/app", "1")
        asked(server, "user", times=2)
        sent = [call.headers.get("authorization") for call in server.requests]
    assert sent == [None, server.basic, server.basic]


def test_no_credentials_are_sent_to_a_registry_that_does_not_ask() -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        asked(server, "user")
        assert "authorization" not in server.requests[0].headers


def test_an_anonymous_token_is_fetched_for_the_repository() -> None:
    with LyingRegistry(auth="bearer", anonymous=True) as server:
        server.add("team/app", "1")
        asked(server)
        (call,) = server.calls("/token")
    assert call.query == {"service": ["lying, registry"], "scope": ["repository:team/app:pull"]}
    assert "authorization" not in call.headers


def test_a_token_is_fetched_with_credentials_and_kept() -> None:
    with LyingRegistry(auth="bearer", password=PASSWORD) as server:
        server.add("team/app", "1")
        asked(server, "user", times=3)
        (call,) = server.calls("/token")
        assert call.headers["authorization"] == server.basic
        assert len(server.calls("HEAD")) == 4


def test_a_token_past_its_life_is_renewed_before_it_is_used() -> None:
    with LyingRegistry(auth="bearer", anonymous=True, token_life_s=-1) as server:
        server.add("team/app", "1")
        asked(server, times=2)
        assert len(server.calls("/token")) == 2


def test_a_token_that_the_registry_forgot_is_renewed() -> None:
    with LyingRegistry(auth="bearer", anonymous=True) as server:
        server.add("team/app", "1")
        registry = Registry(server.host, RegistryAccess(plain_http=True))
        name = parse_reference(server.host + "/team/app:1")
        registry.resolve(name)
        server.tokens.clear()
        server.tokens.add("of somebody else")
        registry.resolve(name)
        assert len(server.calls("/token")) == 2


def test_the_other_name_of_a_token_is_known() -> None:
    with LyingRegistry(auth="bearer") as server:
        server.add("team/app", "1")
        server.tokens.add("abc")
        server.lie("/token", status=200, body=b'{"access_token": "abc"}')
        asked(server)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"token": 5}',
        b'{"token": "a\\nb"}',
        b'{"token": "a", "expires_in": "x"}',
        b'{"token": "a", "expires_in": 1' + b"0" * 400 + b"}",
    ],
)
def test_an_answer_without_token_is_damaged(body: bytes) -> None:
    with LyingRegistry(auth="bearer") as server:
        server.lie("/token", status=200, body=body)
        with pytest.raises(Damaged, match="gave no token"):
            asked(server)


def test_a_broken_token_service_is_tried_again() -> None:
    with LyingRegistry(auth="bearer", anonymous=True) as server:
        server.add("team/app", "1")
        server.lie("/token", status=503, times=2)
        asked(server, retries=2)
        server.lie("/token", status=503)
        with pytest.raises(Unreachable, match="answered 503 to the request for a token"):
            asked(server, retries=1)


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_wrong_credentials_are_refused_by_user_name(auth: str) -> None:
    with LyingRegistry(auth=auth) as server:
        server.add("team/app", "1")
        with pytest.raises(Refused, match="registry 127.0.0.1:.* user user;") as caught:
            asked(server, "user")
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("auth", ["basic", "bearer"])
def test_missing_credentials_are_asked_for(auth: str) -> None:
    with LyingRegistry(auth=auth) as server:
        server.add("team/app", "1")
        with pytest.raises(Refused, match="set username and password"):
            asked(server)


def test_a_token_without_the_right_is_refused() -> None:
    with LyingRegistry(auth="bearer", anonymous=True) as server:
        server.lie(
            "manifests", status=401, headers={"WWW-Authenticate": 'Bearer realm="%s/token"' % server.url}
        )
        with pytest.raises(Refused, match="answered 401 .*set username and password"):
            asked(server)


def test_challenges_may_come_in_several_headers() -> None:
    with LyingRegistry(auth="basic", password=PASSWORD) as server:
        server.add("team/app", "1")
        server.lie("HEAD", times=1, status=401, headers={"WWW-Authenticate": "Negotiate\nBasic realm=x"})
        asked(server, "user")


@pytest.mark.parametrize("challenge", ["", "Negotiate", "Digest realm=x"])
def test_an_unknown_scheme_is_refused(challenge: str) -> None:
    with LyingRegistry() as server:
        server.lie("manifests", status=401, headers={"WWW-Authenticate": challenge})
        with pytest.raises(Refused, match="asks for authentication"):
            asked(server, "user")


@pytest.mark.parametrize(
    "realm",
    [
        "",
        "token",
        "ftp://127.0.0.1/",
        "http://me:secret@127.0.0.1/",
        "http:///x",
        "https://[",
        "http://127.0.0.1:b/",
    ],
)
def test_an_unsafe_token_address_is_told_nothing(realm: str) -> None:
    with LyingRegistry(auth="bearer", realm=realm or " ") as server:
        with pytest.raises(Refused, match="not safe"):
            asked(server, "user")
        assert not server.calls("/token")


def test_credentials_do_not_follow_a_redirect_to_another_host() -> None:
    with LyingRegistry() as cdn, LyingRegistry(auth="basic", password=PASSWORD) as server:
        image = server.add("team/app", "1")
        cdn.add("team/app", "1")
        target = cdn.url + "/v2/team/app/blobs/" + image.layers[0].digest + "?signature=s3cr3t"
        server.lie("/blobs/", status=307, headers={"Location": target}, times=2)
        # the first request has no credentials yet, the second has
        wanted = Descriptor("", image.layers[0].digest, image.layers[0].size)
        registry = Registry(server.host, RegistryAccess("user", PASSWORD, plain_http=True))
        name = parse_reference(server.host + "/team/app:1")
        registry.resolve(name)
        with registry.senders(name, wanted).send() as chunks:
            assert b"".join(chunks) == image.layers[0].content
        assert server.calls("/blobs/")[0].headers["authorization"] == server.basic
        assert "authorization" not in cdn.requests[0].headers
        assert cdn.requests[0].query == {"signature": ["s3cr3t"]}


def test_a_redirect_on_the_same_host_keeps_the_credentials() -> None:
    with LyingRegistry(auth="basic", password=PASSWORD) as server:
        image = server.add("team/app", "1")
        server.add_manifest("team/app", "moved", image.manifest)
        server.lie("HEAD .*/1$", status=302, headers={"Location": "moved"})
        assert asked(server, "user").digest == image.manifest.digest


def test_a_redirect_target_that_asks_for_credentials_gets_none() -> None:
    with LyingRegistry(auth="basic") as cdn, LyingRegistry() as server:
        server.lie("manifests", status=302, headers={"Location": cdn.url + "/v2/team/app/manifests/1"})
        with pytest.raises(Refused, match="answered 401"):
            asked(server, "user")
        assert all("authorization" not in call.headers for call in cdn.requests)


@pytest.mark.parametrize(
    ("location", "kind", "says"),
    [
        ("1", Refused, "redirected more than 10 times"),
        ("http://[", Damaged, "malformed address"),
        ("http://a:b/", Damaged, "malformed address"),
        ("file:///etc/passwd", Refused, "redirected"),
    ],
)
def test_a_redirect_to_nowhere_is_an_error(location: str, kind: type[Failure], says: str) -> None:
    with LyingRegistry() as server:
        server.lie("manifests", status=302, headers={"Location": location})
        with pytest.raises(kind, match=says):
            asked(server)
        assert len(server.requests) <= 11


def test_netrc_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with LyingRegistry() as server:
        server.add("team/app", "1")
        asked(server)
        assert "authorization" not in server.requests[0].headers


def test_cookies_are_not_kept() -> None:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        server.lie("HEAD", headers={"Set-Cookie": "a=b"})
        asked(server, times=2)
        assert "cookie" not in server.requests[1].headers


def test_a_peer_that_repeats_our_secrets_is_not_quoted_with_them() -> None:
    word = base64.b64encode(("user:" + PASSWORD).encode()).decode()
    body = '{"errors":[{"code":"DENIED","message":"%s %s //a:b@c/d?sig=%s"}]}' % (PASSWORD, word, word)
    with LyingRegistry(auth="basic", password=PASSWORD) as server:
        server.lie("manifests/1", status=401, headers={"WWW-Authenticate": "Basic"}, times=1)
        server.lie("manifests/1", status=403, body=body.encode())
        with pytest.raises(Refused) as caught:
            asked(server, "user")
    assert "DENIED *** *** //c/d?..." in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (PASSWORD, word, "a:b"))
