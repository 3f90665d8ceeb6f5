# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages from tables: vectors, presence, unknown fields, limits."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import (
    OurMistake,
    TheirMistake,
)
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf import fields as f
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf import well_known
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf.message import (
    MAX_DEPTH,
    MAX_FIELDS,
    UNKNOWN,
    decode,
    encode,
    format_varint,
)

TREE: f.Table = {1: ("name", f.STRING)}
TREE[2] = ("children", [TREE])
TREE[3] = ("only", TREE)
EVERYTHING: f.Table = {
    1: ("text", f.STRING),
    2: ("labels", (f.STRING, f.STRING)),
    3: ("target", well_known.ANY),
    4: ("digests", [f.STRING]),
    5: ("numbers", [f.INT32]),
    6: ("trees", (f.INT64, TREE)),
    7: ("doubles", [f.DOUBLE]),
    8: ("flag", f.BOOL),
    9: ("parts", [well_known.ANY]),
}


def one(kind: f.Kind) -> f.Table:
    return {1: ("x", kind)}


@pytest.mark.parametrize(
    "kind, value, encoded",
    [
        (f.INT32, 150, "089601"),
        (f.INT32, -1, "08ffffffffffffffffff01"),
        (f.INT64, -(1 << 63), "0880808080808080808001"),
        (f.UINT32, (1 << 32) - 1, "08ffffffff0f"),
        (f.UINT64, (1 << 64) - 1, "08ffffffffffffffffff01"),
        (f.SINT32, -1, "0801"),
        (f.SINT32, -(1 << 31), "08ffffffff0f"),
        (f.SINT64, (1 << 63) - 1, "08feffffffffffffffff01"),
        (f.BOOL, True, "0801"),
        (f.ENUM, 3, "0803"),
        (f.ENUM, -1, "08ffffffffffffffffff01"),
        (f.STRING, "testing", "0a0774657374696e67"),
        (f.STRING, "größe", "0a076772c3b6c39f65"),
        (f.STRING, "\0", "0a0100"),
        (f.BYTES, b"\0\xff", "0a0200ff"),
        (f.FIXED32, 1, "0d01000000"),
        (f.FIXED64, 1, "090100000000000000"),
        (f.SFIXED32, -1, "0dffffffff"),
        (f.SFIXED64, -1, "09ffffffffffffffff"),
        (f.FLOAT, 1.5, "0d0000c03f"),
        (f.DOUBLE, -0.0, "090000000000000080"),
        ([f.INT32], [3, 270, 86942], "0a06038e029ea705"),
        ([f.STRING], ["", "a"], "0a000a0161"),
        ([f.DOUBLE], [1.0], "0a08000000000000f03f"),
        ((f.STRING, f.INT32), {"a": 1}, "0a050a01611001"),
        (well_known.TIMESTAMP, {"seconds": 1}, "0a020801"),
        (well_known.EMPTY, {}, "0a00"),
        ([well_known.EMPTY], [{}, {}], "0a000a00"),
    ],
)
def test_values_have_the_encoding_of_the_specification(kind: f.Kind, value: Any, encoded: str) -> None:
    table = one(kind)
    assert encode(table, {"x": value}).hex() == encoded
    decoded = decode(table, bytes.fromhex(encoded))["x"]
    assert decoded == (decode(kind, encode(kind, value)) if isinstance(kind, dict) else value) or kind == [
        well_known.EMPTY
    ]


@pytest.mark.parametrize("kind, value", [(f.INT32, 0), (f.STRING, ""), (f.BYTES, b""), (f.BOOL, False)])
def test_defaults_and_none_are_not_written(kind: f.Kind, value: Any) -> None:
    assert encode(one(kind), {"x": value}) == encode(one(kind), {"x": None}) == encode(one(kind), {}) == b""


def test_every_declared_field_is_there_after_decoding() -> None:
    assert decode(EVERYTHING, b"") == {
        "text": "",
        "labels": {},
        "target": None,
        "digests": [],
        "numbers": [],
        "trees": {},
        "doubles": [],
        "flag": False,
        "parts": [],
    }


@pytest.mark.parametrize("encoded", ["0a03010203", "080108020803", "08010a020203"])
def test_packed_and_unpacked_numbers_are_both_read(encoded: str) -> None:
    assert decode(one([f.INT32]), bytes.fromhex(encoded))["x"] == [1, 2, 3]


@pytest.mark.parametrize(
    "kind, encoded, value",
    [
        (f.INT32, "08ffffffff1f", -1),  # the upper half is cut
        (f.UINT32, "0880808080" + "10", 0),
        (f.BOOL, "088080808080" + "01", True),
        (f.INT32, "08010802", 2),  # the last one wins
        ((f.STRING, f.STRING), "0a00", {"": ""}),
        ((f.STRING, well_known.DURATION), "0a030a0161", {"a": {"seconds": 0, "nanos": 0}}),
        ((f.STRING, f.INT32), "0a050a016110010a050a01611002", {"a": 2}),
    ],
)
def test_unusual_but_legal_encodings_are_read(kind: f.Kind, encoded: str, value: Any) -> None:
    assert decode(one(kind), bytes.fromhex(encoded))["x"] == value


def test_a_message_in_two_pieces_is_merged() -> None:
    pieces = encode(one(TREE), {"x": {"name": "a", "children": [{"name": "b"}]}}) + encode(
        one(TREE), {"x": {"name": "c", "children": [{}]}}
    )
    merged = decode(one(TREE), pieces)["x"]
    assert (merged["name"], [child["name"] for child in merged["children"]]) == ("c", ["b", ""])


def test_unknown_fields_survive_a_change_at_every_depth() -> None:
    strange = bytes.fromhex("f80f07" + "fa0f03616263" + "fd0f01020304" + "f90f0102030405060708")
    leaf = encode(TREE, {"name": "leaf"}) + strange
    inner = encode(TREE, {"name": "inner"}) + b"\x12" + format_varint(len(leaf)) + leaf + strange
    outer = encode(TREE, {"name": "outer"}) + b"\x1a" + format_varint(len(inner)) + inner + strange
    values = decode(TREE, outer)
    values["only"]["children"][0]["name"] = "changed"
    assert encode(TREE, values) == outer.replace(b"leaf", b"changed").replace(
        format_varint(len(leaf)) + b"\x0a\x04", format_varint(len(leaf) + 3) + b"\x0a\x07"
    ).replace(format_varint(len(inner)) + b"\x0a\x05inner", format_varint(len(inner) + 3) + b"\x0a\x05inner")


def test_a_known_field_in_a_foreign_form_is_kept_as_unknown() -> None:
    raw = bytes.fromhex("0d01020304")
    values = decode(one(f.STRING), raw)
    assert values == {"x": "", UNKNOWN: raw}
    assert encode(one(f.STRING), values) == raw


def test_a_message_without_strangers_has_no_unknown_key() -> None:
    assert UNKNOWN not in decode(one(f.STRING), b"\x0a\x01a")


@pytest.mark.parametrize(
    "kind, value",
    [
        (f.INT32, 1 << 31),
        (f.INT32, "1"),
        (f.INT32, 1.0),
        (f.INT32, True),
        (f.UINT32, -1),
        (f.UINT64, 1 << 64),
        (f.SINT64, 1 << 63),
        (f.BOOL, 1),
        (f.STRING, b"a"),
        (f.STRING, "\ud800"),
        (f.STRING, 1),
        (f.BYTES, "a"),
        (f.BYTES, 5),
        (f.FIXED32, 1 << 32),
        (f.FIXED32, 1.5),
        (f.DOUBLE, "1"),
        (f.DOUBLE, False),
        (f.FLOAT, 1e300),
        ([f.STRING], "abc"),
        ([f.STRING], ["a", None]),
        ([well_known.ANY], [None]),
        ([well_known.ANY], {}),
        ((f.STRING, f.STRING), ["a"]),
        ((f.STRING, f.STRING), {"a": None}),
        ((f.STRING, f.STRING), {None: "a"}),
        (well_known.ANY, "a"),
        (well_known.ANY, {"type": "a"}),
    ],
)
def test_a_value_that_does_not_fit_is_our_mistake_and_names_the_field(kind: f.Kind, value: Any) -> None:
    with pytest.raises(OurMistake, match=r"message\.x"):
        encode(one(kind), {"x": value})


def test_an_unknown_name_is_our_mistake() -> None:
    with pytest.raises(OurMistake, match="no such field: y, z"):
        encode(one(f.STRING), {"x": "a", "z": 1, "y": None})


def test_what_does_not_fit_is_not_shown_where_it_may_be_a_secret() -> None:
    with pytest.raises(OurMistake) as caught:
        encode(one(f.INT32), {"x": "hunter2"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "encoded",
    [
        "08",
        "0880",
        "08ffffffffffffffffff02",
        "0880808080808080808080" + "01",
        "0a",
        "0a05616263",
        "0affffffffff7f",
        "0aff",
        "0a01ff",
        "0a02c080",
        "0d010203",
        "09",
        "0b",
        "0c",
        "0e",
        "0f",
        "00",
        "02" + "00",
        "8080808010" + "00",
        "0bff",
    ],
)
def test_what_is_not_protobuf_is_their_mistake(encoded: str) -> None:
    with pytest.raises(TheirMistake):
        decode(one(f.STRING), bytes.fromhex(encoded))


def test_a_field_may_not_reach_beyond_its_message() -> None:
    with pytest.raises(TheirMistake):
        decode(one(one(f.STRING)), bytes.fromhex("0a020a02" + "6161"))


def nested(depth: int) -> bytes:
    data = b""
    for _level in range(depth):
        data = b"\x1a" + format_varint(len(data)) + data
    return data


def test_nesting_has_a_ceiling() -> None:
    values = decode(TREE, nested(MAX_DEPTH))
    assert encode(TREE, values) == nested(MAX_DEPTH)
    with pytest.raises(TheirMistake, match="inside each other"):
        decode(TREE, nested(MAX_DEPTH + 1))
    with pytest.raises(TheirMistake, match="inside each other"):
        decode(TREE, nested(5000))
    for _level in range(2):
        values = {"only": values}
    with pytest.raises(OurMistake, match="inside each other"):
        encode(TREE, values)


def test_fields_have_a_ceiling() -> None:
    with pytest.raises(TheirMistake, match="fields"):
        decode(one([f.BOOL]), packed(MAX_FIELDS - 9) + b"\x12\x00" * 9)


def test_packed_numbers_have_a_ceiling() -> None:
    with pytest.raises(TheirMistake, match="fields"):
        decode(one([f.BOOL]), packed(MAX_FIELDS + 1))


def packed(count: int) -> bytes:
    """So many numbers in a field of their own, which counts as well."""
    return b"\x0a" + format_varint(count) + b"\1" * count


def test_every_truncation_is_read_or_refused() -> None:
    whole = encode(
        EVERYTHING,
        {
            "text": "größe",
            "labels": {"a": "b", "c": ""},
            "target": {"type_url": "t", "value": b"\0" * 20},
            "digests": ["x", "y"],
            "numbers": [1, -1, 1 << 30],
            "trees": {-5: {"name": "n", "only": {"children": [{}, {"name": "z"}]}}},
            "doubles": [1.0, 2.5],
            "flag": True,
            "parts": [{}, {"type_url": "u"}],
        },
    )
    assert encode(EVERYTHING, decode(EVERYTHING, whole)) == whole
    for end in range(len(whole)):
        with contextlib.suppress(TheirMistake):
            decode(EVERYTHING, whole[:end])


def test_large_bytes_are_neither_searched_nor_refused() -> None:
    body = b"\0" * (1 << 20)
    assert decode(one(f.BYTES), encode(one(f.BYTES), {"x": body}))["x"] == body
    assert encode(one(f.BYTES), {"x": memoryview(body)})[-len(body) :] == body
