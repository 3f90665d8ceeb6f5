# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker's config.json: which entry is for which host, and helpers that are asked."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.auth_file import AuthFile
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Missing,
    Refused,
    TimedOut,
)
from ansible_collections.community.containerd.plugins.module_utils._values.registry import (
    NOBODY,
    Credentials,
)

SECRET = "s3cr3t:with/everything"
HELPER = """#!/bin/sh
echo "$1" >> %(place)s/calls
read -r host
echo "$host" >> %(place)s/calls
%(then)s
"""


def auth(username: str, password: str = SECRET) -> dict[str, str]:
    return {"auth": base64.b64encode(("%s:%s" % (username, password)).encode()).decode()}


def written(place: Path, content: Any) -> AuthFile:
    path = place / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return AuthFile(str(path), 5.0)


def user(place: Path, auths: dict[str, Any], host: str, repository: str = "team/app") -> str:
    return written(place, {"auths": auths}).credentials(host, repository).username


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Puts a credential helper named lab onto the path."""
    monkeypatch.setenv("PATH", "%s:%s" % (tmp_path, os.environ["PATH"]))

    def make(then: str, name: str = "lab") -> Path:
        program = tmp_path / ("docker-credential-" + name)
        program.write_text(HELPER % {"place": tmp_path, "then": then})
        program.chmod(0o755)
        return tmp_path / "calls"

    return make


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("reg.example", "reg.example"),
        ("reg.example:5000", "reg.example:5000"),
        ("https://reg.example", "reg.example"),
        ("https://reg.example/v2/", "reg.example"),
        ("http://reg.example:5000/v1/", "reg.example:5000"),
        ("reg.example/v1/", "reg.example"),
        ("reg.example/team", "reg.example"),
        ("reg.example/team/app/", "reg.example"),
        ("https://index.docker.io/v1/", "registry-1.docker.io"),
        ("docker.io", "registry-1.docker.io"),
        ("registry-1.docker.io", "registry-1.docker.io"),
        ("docker.io/team", "registry-1.docker.io"),
    ],
)
def test_a_key_is_for_a_host(tmp_path: Path, key: str, host: str) -> None:
    assert user(tmp_path, {key: auth("me")}, host) == "me"


@pytest.mark.parametrize(
    ("key", "host"),
    [
        ("reg.example", "reg.example:5000"),
        ("reg.example:5000", "reg.example"),
        ("example", "reg.example"),
        ("reg.example/te", "reg.example"),
        ("reg.example/team/app/more", "reg.example"),
        ("https://index.docker.io/v1/", "index.docker.io.example"),
    ],
)
def test_no_other_host_is_told(tmp_path: Path, key: str, host: str) -> None:
    assert user(tmp_path, {key: auth("me")}, host) == ""


def test_the_entry_for_the_longest_part_of_the_repository_counts(tmp_path: Path) -> None:
    auths = {
        "reg.example/team": auth("team"),
        "reg.example": auth("all"),
        "reg.example/team/app": auth("app"),
        "reg.example/team/app2": {},
    }
    assert user(tmp_path, auths, "reg.example", "team/app") == "app"
    assert user(tmp_path, auths, "reg.example", "team/app2") == "team"
    assert user(tmp_path, auths, "reg.example", "other") == "all"


def test_an_entry_has_a_pair_or_names_or_an_identity_token(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        {
            "auths": {
                "a": auth("me", "p:w\0"),
                "b": {"username": "me", "password": "pw"},
                "c": {**auth("00000000-0000-0000-0000-000000000000", ""), "identitytoken": "refresh"},
            }
        },
    )
    origin = "auth_file %s" % (tmp_path / "config.json")
    assert file.credentials("a", "x") == Credentials("me", "p:w", origin=origin)
    assert file.credentials("b", "x") == Credentials("me", "pw", origin=origin)
    assert file.credentials("c", "x").identity_token == "refresh"
    assert file.credentials("d", "x") == NOBODY
    assert written(tmp_path, {}).credentials("a", "x") == NOBODY


def test_a_helper_is_asked_on_its_standard_input_once(tmp_path: Path, helper: Any) -> None:
    calls = helper("""echo '{"ServerURL":"x","Username":"me","Secret":"%s"}'""" % SECRET)
    file = written(tmp_path, {"credHelpers": {"reg.example": "lab"}, "auths": {"reg.example": auth("other")}})
    for repository in ("a", "b"):
        found = file.credentials("reg.example", repository)
        assert (found.username, found.password) == ("me", SECRET)
    assert calls.read_text() == "get\nreg.example\n"
    assert file.credentials("other.example", "a") == NOBODY


def test_the_store_is_asked_about_all_other_hosts(tmp_path: Path, helper: Any) -> None:
    calls = helper("""echo '{"Username":"<token>","Secret":"%s"}'""" % SECRET)
    helper("exit 3", "never")
    file = written(
        tmp_path, {"credsStore": "lab", "credHelpers": {"a": "never"}, "auths": {"registry-1.docker.io": {}}}
    )
    found = file.credentials("registry-1.docker.io", "library/nginx")
    assert (found.username, found.identity_token) == ("", SECRET)
    assert calls.read_text() == "get\nhttps://index.docker.io/v1/\n", "as docker login told it"


def test_a_host_that_a_helper_does_not_know_is_looked_up_in_the_file(tmp_path: Path, helper: Any) -> None:
    helper("echo credentials not found in native keychain; exit 1")
    file = written(tmp_path, {"credsStore": "lab", "auths": {"reg.example": auth("me")}})
    assert file.credentials("reg.example", "a").username == "me"
    assert file.credentials("other.example", "a") == NOBODY


@pytest.mark.parametrize(
    ("then", "says"),
    [
        (
            'echo \'{"Secret":"%s"}\'; exit 7' % SECRET,
            "lab failed for reg.example with exit status 7",
        ),
        ("echo %s >&2; exit 1" % SECRET, "exit status 1; run echo reg.example | docker-credential-lab get"),
        ('echo \'{"Secret":"%s"}\'' % SECRET, "did not answer with Username and Secret"),
        ("echo %s" % SECRET, "did not answer"),
        ("kill -9 $$", "exit status -9"),
    ],
)
def test_a_helper_that_fails_is_named_and_not_quoted(
    tmp_path: Path, helper: Any, then: str, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    helper(then)
    with pytest.raises(Refused) as caught:
        written(tmp_path, {"credsStore": "lab"}).credentials("reg.example", "a")
    assert says in str(caught.value)
    assert SECRET not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_helper_that_is_not_there_is_to_be_installed(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="cannot run docker-credential-none, .*: No such file"):
        written(tmp_path, {"credsStore": "none"}).credentials("reg.example", "a")


def test_a_helper_that_waits_is_ended_with_all_that_it_started(tmp_path: Path, helper: Any) -> None:
    helper("sleep 60 & echo $! > %s/child; sleep 60" % tmp_path)
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"credsStore": "lab"}))
    start = time.monotonic()
    with pytest.raises(
        TimedOut, match="docker-credential-lab did not answer for reg.example within 1 seconds"
    ):
        AuthFile(str(path), 1.0).credentials("reg.example", "a")
    assert time.monotonic() - start < 30
    state = Path("/proc/%s/stat" % (tmp_path / "child").read_text().strip())
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() - start < 30, "what the helper started goes on"
        time.sleep(0.01)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "[" * 100000,
        {"auths": ["a"]},
        {"auths": {"a": []}},
        {"auths": {"a": {"auth": "%%%"}}},
        {"auths": {"a": {"auth": 5}}},
        {"auths": {"a": {"auth": base64.b64encode(SECRET.replace(":", "").encode()).decode()}}},
        {"auths": {"a": {"username": SECRET, "password": 1}}},
        {"credsStore": "../lab"},
        {"credsStore": 1},
        {"credHelpers": {"a": "x y"}},
        {"credHelpers": ["a"]},
    ],
)
def test_a_malformed_file_is_refused_without_a_quote(tmp_path: Path, content: Any) -> None:
    with pytest.raises(Refused, match="auth_file .* is malformed: .*; write it by docker login") as caught:
        written(tmp_path, content).credentials("a", "x")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        Refused, match="cannot read auth_file .*/none: No such file or directory; correct auth_file"
    ):
        AuthFile(str(tmp_path / "none"), 5.0).credentials("a", "x")


def test_credentials_are_not_printed() -> None:
    assert SECRET not in repr(Credentials("me", SECRET, SECRET))
