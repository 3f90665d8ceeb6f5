# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests and chain ids as tables."""

from __future__ import annotations

import hashlib

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.digest import (
    chain_ids,
    check_digest,
    digest_of,
    is_digest,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

A, B, C = ("sha256:" + letter * 64 for letter in "abc")


@pytest.mark.parametrize("text", [A, "sha256:" + "0123456789abcdef" * 4, "sha512:" + "f" * 128])
def test_a_digest_is_taken_as_it_is(text: str) -> None:
    assert is_digest(text)
    assert check_digest(text) is text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 64,
        "sha256:",
        "sha256:" + "a" * 63,
        "sha256:" + "a" * 65,
        "sha256:" + "A" * 64,
        "sha256:" + "g" * 64,
        "sha512:" + "a" * 64,
        "md5:" + "a" * 32,
        A + "\n",
        " " + A,
        None,
        5,
    ],
)
def test_what_is_no_digest_is_refused(text: object) -> None:
    with pytest.raises(Refused, match="is not a digest; write sha256:"):
        check_digest(text)


def test_a_digest_is_that_of_the_bytes() -> None:
    assert digest_of(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert is_digest(digest_of(b"x", "sha512"))


def test_chain_ids_are_those_of_the_image_spec() -> None:
    # image-spec config.md, "Layer ChainID": ChainID(A|B) = Digest(ChainID(A) + " " + DiffID(B))
    ab = "sha256:" + hashlib.sha256((A + " " + B).encode()).hexdigest()
    abc = "sha256:" + hashlib.sha256((ab + " " + C).encode()).hexdigest()
    assert chain_ids([]) == []
    assert chain_ids([A]) == [A]
    assert chain_ids([A, B, C]) == [A, ab, abc]
