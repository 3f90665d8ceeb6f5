# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Huffman code: complete, and strict about how a string ends."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import TheirMistake
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import huffman


def test_every_byte_has_one_code_and_the_code_is_complete() -> None:
    symbols = sorted(symbol for group in huffman.SYMBOLS.values() for symbol in group)
    assert symbols == list(range(256))
    used = sum(len(group) << 30 - length for length, group in huffman.SYMBOLS.items())
    assert used + 1 == 1 << 30  # end-of-string has the last code


@pytest.mark.parametrize(
    "coded, text",
    [
        ("", b""),
        ("f1e3c2e5f23a6ba0ab90f4ff", b"www.example.com"),
        ("a8eb10649cbf", b"no-cache"),
        ("07", b"0"),
        ("fffffff3", b"\n"),
    ],
)
def test_known_strings_are_read(coded: str, text: bytes) -> None:
    assert huffman.decode(bytes.fromhex(coded)) == text


@pytest.mark.parametrize(
    "coded, says",
    [
        ("ff", "padding"),  # eight bits of it
        ("00", "padding"),  # "0", then zeros
        ("f8ff", "padding"),  # "&", then eight bits of it
        ("ffffffff", "end-of-string"),
        ("fffffffc", "end-of-string"),
    ],
)
def test_a_string_that_ends_badly_is_their_mistake(coded: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        huffman.decode(bytes.fromhex(coded))


def test_a_long_string_takes_linear_time() -> None:
    assert huffman.decode(b"\0" * 40000) == b"0" * 64000
