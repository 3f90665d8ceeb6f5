# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image names: what a user writes, and what containerd records."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.reference import (
    Reference,
    parse_reference,
)

DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.25", "docker.io/library/nginx:1.25"),
        ("team/app", "docker.io/team/app:latest"),
        ("a/b/c:x", "docker.io/a/b/c:x"),
        ("docker.io/nginx", "docker.io/library/nginx:latest"),
        ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
        ("docker.io/library/nginx:latest", "docker.io/library/nginx:latest"),
        ("app:5000", "docker.io/library/app:5000"),
        ("localhost/app", "localhost/app:latest"),
        ("localhost:5000/app:1", "localhost:5000/app:1"),
        ("127.0.0.1:5000/team/app", "127.0.0.1:5000/team/app:latest"),
        ("a.example:65535/app:1", "a.example:65535/app:1"),
        ("[::1]:5000/app:1", "[::1]:5000/app:1"),
        ("[2001:db8::1]/app", "[2001:db8::1]/app:latest"),
        ("quay.io/org/app", "quay.io/org/app:latest"),
        ("Registry/app", "Registry/app:latest"),
        ("nginx@" + DIGEST, "docker.io/library/nginx@" + DIGEST),
        ("nginx:1@" + DIGEST, "docker.io/library/nginx:1@" + DIGEST),
        ("team/a.b_c__d-e---f", "docker.io/team/a.b_c__d-e---f:latest"),
    ],
)
def test_a_short_name_becomes_the_full_one(text: str, full: str) -> None:
    assert str(parse_reference(text)) == full


@pytest.mark.parametrize(
    "full", ["docker.io/library/nginx:latest", "a.example:5000/b/c:d", "a.example/b@" + DIGEST]
)
def test_a_full_name_stays_as_it_is(full: str) -> None:
    assert str(parse_reference(full)) == full
    assert parse_reference(str(parse_reference(full))) == parse_reference(full)


@pytest.mark.parametrize(
    ("text", "version"),
    [("nginx", "latest"), ("nginx:1", "1"), ("nginx:1@" + DIGEST, DIGEST), ("nginx@" + DIGEST, DIGEST)],
)
def test_the_digest_is_asked_for_before_the_tag(text: str, version: str) -> None:
    assert parse_reference(text).version == version


def test_the_parts_are_apart() -> None:
    found = parse_reference("a.example:5000/b/c:d@" + DIGEST)
    assert found == Reference("a.example:5000", "b/c", "d", DIGEST)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a repository is"),
        ("Nginx", "lower-case"),
        ("a.example/Team/app", "lower-case"),
        ("a..b", "single separators"),
        ("a.example//app", "single separators"),
        ("a.example/", "a repository is"),
        ("/app", "is"),
        ("app/", "single separators"),
        ("app_", "single separators"),
        ("a___b", "single separators"),
        ("app name", "single separators"),
        ("app\n", "single separators"),
        ("app:", "not a tag"),
        ("app:-x", "not a tag"),
        ("app:a/b", "is"),
        ("app:" + "t" * 129, "not a tag"),
        ("app:1:2", "not a tag"),
        ("app@", "not a digest"),
        ("app@sha256:12", "not a digest"),
        ("app@md5:" + "0" * 32, "not a digest"),
        ("app@" + DIGEST + "@" + DIGEST, "not a digest"),
        ("a.b_c/app", "not a registry host"),
        ("-a.example/app", "not a registry host"),
        ("a.example:/app", "not a registry host"),
        ("a.example:port/app", "not a registry host"),
        ("user:secret@a.example/app", "not a digest"),
        ("https://a.example/app", "is"),
        ("a.example:65536/app", "no port is above 65535"),
        ("[::1]:65536/app", "no port is above 65535"),
        ("a.example:" + "9" * 5000 + "/app", "not a registry host"),
        ("[::1/app", "not a registry host"),
        ("a.example/" + "b" * 300, "longer than 255"),
    ],
)
def test_what_no_registry_could_serve_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as caught:
        parse_reference(text)
    assert caught.value.message.startswith("image name %r is malformed: " % text)
    assert "write [host[:port]/]repository" in caught.value.remedy
