# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our HPACK against the `hpack` package: their encoder with our decoder, our encoder with their decoder."""

from __future__ import annotations

import hpack as theirs
import hypothesis
from hpack.huffman_constants import REQUEST_CODES, REQUEST_CODES_LENGTH
from hpack.huffman_table import decode_huffman
from hypothesis import strategies as st

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import TheirMistake
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import hpack, huffman
from ansible_collections.community.containerd.plugins.module_utils._wire.http2.hpack_reader import (
    STATIC,
    Reader,
)

NAMES = st.sampled_from([name for name, _value in STATIC]) | st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True)
VALUES = st.sampled_from([value for _name, value in STATIC]) | st.text(
    st.characters(min_codepoint=0, max_codepoint=255), max_size=60
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=20)
BLOCKS = st.lists(st.tuples(HEADERS, st.booleans(), st.none() | st.integers(0, 4096)), max_size=8)


def new_reader() -> Reader:
    """For a connection on which nothing has been agreed yet."""
    return Reader(hpack.MAX_TABLE_BYTES, hpack.MAX_TABLE_BYTES)


def test_the_static_table_is_theirs() -> None:
    assert tuple((name.encode(), value.encode()) for name, value in STATIC) == tuple(
        theirs.hpack.HeaderTable.STATIC_TABLE
    )


def test_every_code_of_the_huffman_table_is_theirs() -> None:
    for symbol, (code, length) in enumerate(zip(REQUEST_CODES[:256], REQUEST_CODES_LENGTH, strict=False)):
        padding = -length % 8
        padded = (code << padding | (1 << padding) - 1).to_bytes((length + padding) // 8, "big")
        assert huffman.decode(padded) == bytes((symbol,))


@hypothesis.given(BLOCKS)
def test_their_encoder_is_understood(blocks: list[tuple[list[tuple[str, str]], bool, int | None]]) -> None:
    encoder, reader = theirs.Encoder(), new_reader()
    for headers, is_huffman, size in blocks:
        if size is not None:
            encoder.header_table_size = size
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        block = encoder.encode(raw, huffman=is_huffman)
        assert reader.read(block) == headers
        assert reader._table_bytes == encoder.header_table._current_size


@hypothesis.given(st.lists(HEADERS, max_size=5))
def test_our_encoder_is_understood(lists: list[list[tuple[str, str]]]) -> None:
    decoder = theirs.Decoder()
    for headers in lists:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        assert decoder.decode(hpack.encode(headers), raw=True) == raw


@hypothesis.given(st.binary(max_size=40))
def test_any_bytes_mean_the_same_to_both(block: bytes) -> None:
    try:
        expected = [
            (n.decode("latin-1"), v.decode("latin-1")) for n, v in theirs.Decoder().decode(block, raw=True)
        ]
    except theirs.HPACKError:
        expected = None
    try:
        found = new_reader().read(block)
    except TheirMistake:
        found = None
    assert found == expected


@hypothesis.given(st.binary(max_size=30))
def test_any_huffman_string_means_the_same_to_both(raw: bytes) -> None:
    try:
        expected = decode_huffman(raw)
    except theirs.HPACKError:
        expected = None
    try:
        found = huffman.decode(raw)
    except TheirMistake:
        found = None
    assert found == expected
