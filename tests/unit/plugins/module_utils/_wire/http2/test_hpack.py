# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Header blocks that we write, and those of a peer that need no reader."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import TheirMistake
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import hpack
from ansible_collections.community.containerd.plugins.module_utils._wire.http2.hpack_reader import (
    STATIC,
    Reader,
)
from ansible_collections.community.containerd.tests.unit.vectors import hpack_rfc7541 as vectors

LARGER_TABLE = b"\x3f\x01"  # of 32 bytes


def settled_decoder() -> hpack.Decoder:
    """For a peer that has acknowledged our SETTINGS, and now has to shrink its table to nothing."""
    decoder = hpack.Decoder()
    decoder.limit_table(0)
    return decoder


@pytest.mark.parametrize("value, bits, encoded", vectors.INTEGERS)
def test_integers_are_written_as_in_c1(value: int, bits: int, encoded: str) -> None:
    assert hpack._format_integer(value, bits, 0).hex() == encoded


def test_headers_survive_a_round_trip() -> None:
    headers = [(":method", "POST"), (":status", "200"), ("x", ""), ("x-long", "v" * 5000), ("te", "trailers")]
    assert hpack.Decoder().decode(hpack.encode(headers)) == headers


@pytest.mark.parametrize("field", hpack.INDEX)
def test_what_we_index_is_in_the_static_table(field: tuple[str, str]) -> None:
    assert STATIC[hpack.INDEX[field] - 1] == field


@pytest.mark.parametrize("room", [0, hpack.MAX_TABLE_BYTES])
@pytest.mark.parametrize("block", hpack.FAMILIAR)
def test_a_familiar_block_means_what_the_reader_reads(block: bytes, room: int) -> None:
    reader = Reader(room, room)
    assert reader.read(block) == hpack.FAMILIAR[block]
    assert (reader._room, reader._table) == (room, [])


def test_familiar_blocks_need_no_reader() -> None:
    decoder = settled_decoder()
    for number, block in enumerate([*hpack.FAMILIAR, *hpack.FAMILIAR]):
        assert decoder.decode(block if number else hpack.NO_TABLE + block) == hpack.FAMILIAR[block]
    assert decoder._reader is None


@pytest.mark.parametrize("block", hpack.FAMILIAR)
def test_a_familiar_block_does_not_excuse_a_table_that_is_not_shrunk(block: bytes) -> None:
    with pytest.raises(TheirMistake, match="not shrunk"):
        settled_decoder().decode(block)


@pytest.mark.parametrize("start", [b"", hpack.NO_TABLE])
def test_the_reader_goes_on_where_familiar_blocks_stop(start: bytes) -> None:
    for block, headers in hpack.FAMILIAR.items():
        decoder = hpack.Decoder()
        assert decoder.decode(start + block) == headers
        assert decoder.decode(bytes.fromhex("4001610162")) == [("a", "b")]
        # With a table the field is in it now; without, there is nothing to point to.
        if start:
            with pytest.raises(TheirMistake, match="no table entry"):
                decoder.decode(b"\xbe")
        else:
            assert decoder.decode(b"\xbe") == [("a", "b")]


def test_a_table_may_grow_again_until_settings_are_acknowledged() -> None:
    block = next(iter(hpack.FAMILIAR))
    decoder = hpack.Decoder()
    decoder.decode(hpack.NO_TABLE + block)
    assert decoder.decode(LARGER_TABLE + block) == hpack.FAMILIAR[block]
    decoder.limit_table(0)
    with pytest.raises(TheirMistake, match="not shrunk"):
        decoder.decode(block)


def test_a_table_that_was_shrunk_may_not_grow_beyond_settings() -> None:
    block = next(iter(hpack.FAMILIAR))
    decoder = settled_decoder()
    decoder.decode(hpack.NO_TABLE + block)
    with pytest.raises(TheirMistake, match="a table of 32 bytes where 0 are allowed"):
        decoder.decode(LARGER_TABLE + block)
