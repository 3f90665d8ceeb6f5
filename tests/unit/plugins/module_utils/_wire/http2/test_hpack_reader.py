# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Header blocks, by the RFC's own examples and by what a hostile peer may write."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import TheirMistake
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import hpack
from ansible_collections.community.containerd.plugins.module_utils._wire.http2.hpack_reader import Reader
from ansible_collections.community.containerd.tests.unit.vectors import hpack_rfc7541 as vectors


def new_reader() -> Reader:
    """For a connection on which nothing has been agreed yet."""
    return Reader(hpack.MAX_TABLE_BYTES, hpack.MAX_TABLE_BYTES)


def read(block: str) -> list[tuple[str, str]]:
    return new_reader().read(bytes.fromhex(block))


@pytest.mark.parametrize("section, block, headers, size", vectors.FIELDS)
def test_single_fields_are_read_as_in_c2(
    section: str, block: str, headers: list[tuple[str, str]], size: int
) -> None:
    reader = new_reader()
    assert reader.read(bytes.fromhex(block)) == headers
    assert reader._table_bytes == size


@pytest.mark.parametrize("section", vectors.SEQUENCES)
def test_sequences_are_read_as_in_c3_to_c6(section: str) -> None:
    reader = new_reader()
    if section in ("C.5", "C.6"):
        reader.read(bytes.fromhex(vectors.TABLE_OF_256))
    for block, headers, size in vectors.SEQUENCES[section]:
        assert reader.read(bytes.fromhex(block)) == headers
        assert reader._table_bytes == size


@pytest.mark.parametrize("bits", [4, 5, 6, 7])
@pytest.mark.parametrize("value", [0, 1, 14, 15, 16, 126, 127, 128, 255, 256, 16383, 16384, 1 << 21, 1 << 27])
def test_integers_survive_a_round_trip(value: int, bits: int) -> None:
    reader = new_reader()
    reader._block = hpack._format_integer(value, bits, 0)
    assert reader._integer(bits) == value
    assert reader._pos == len(reader._block)


def test_a_field_larger_than_the_table_empties_it() -> None:
    reader = new_reader()
    reader.read(bytes.fromhex("400161016240016301") + b"d")
    assert len(reader._table) == 2
    reader.read(b"\x40\x01a" + hpack._format_integer(5000, 7, 0) + b"x" * 5000)
    assert reader._table == []
    assert reader._table_bytes == 0


def test_a_table_shrunk_to_nothing_keeps_nothing() -> None:
    reader = new_reader()
    reader.max_room = 0
    assert reader.read(bytes.fromhex("20" + "4001610162")) == [("a", "b")]
    assert reader._table == []


@pytest.mark.parametrize(
    "block, says",
    [
        ("80", "no table entry 0"),
        ("be", "no table entry 62"),
        ("7f00" + "0161", "no table entry 63"),
        ("ffffffffff7f", "integer"),
        ("ff808080808000", "integer"),
        ("7fffffffffffffffff", "integer"),
        ("00", "cut off"),
        ("0001", "longer than"),
        ("000161", "cut off"),
        ("0001610562", "longer than"),
        ("007f", "cut off"),
        ("ff", "cut off"),
        ("3fe21f", "a table of 4097 bytes"),
        ("8220", "resized within"),
        ("00016181ff", "padding"),
        ("00016184ffffffff", "end-of-string"),
    ],
)
def test_what_is_not_hpack_is_their_mistake(block: str, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        read(block)


def test_a_small_block_cannot_become_a_large_list() -> None:
    bomb = b"\x40\x01a" + hpack._format_integer(4000, 7, 0) + b"x" * 4000 + b"\xbe" * 20
    with pytest.raises(TheirMistake, match="header list of more than"):
        new_reader().read(bomb)


def test_a_table_that_is_not_shrunk_when_asked_is_their_mistake() -> None:
    reader = new_reader()
    reader.max_room = 0
    with pytest.raises(TheirMistake, match="not shrunk"):
        reader.read(b"\x82")


@pytest.mark.parametrize("sequence", vectors.SEQUENCES.values(), ids=list(vectors.SEQUENCES))
def test_every_truncation_is_read_or_refused(sequence: list[tuple[str, list[tuple[str, str]], int]]) -> None:
    block = bytes.fromhex(sequence[0][0])
    for end in range(len(block)):
        try:
            headers = new_reader().read(block[:end])
        except TheirMistake:
            continue
        assert headers == sequence[0][1][: len(headers)]
