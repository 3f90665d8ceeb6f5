# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protobuf messages to bytes and back, as their field tables say (https://protobuf.dev/programming-guides/encoding/).

Messages are plain dicts. A decoded message has every declared field: a scalar's default, [], {}, or None for a
message that is absent. What the table does not know is kept raw under `UNKNOWN` and written again by `encode`,
so that a read-modify-write loses nothing at any depth. Must never know: any particular message.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from ..errors import OurMistake, TheirMistake
from .fields import (
    BOOL,
    BYTES,
    DOUBLE,
    ENUM,
    FIXED32,
    FIXED64,
    FLOAT,
    INT32,
    INT64,
    SFIXED32,
    SFIXED64,
    SINT32,
)
from .fields import SINT64, STRING, UINT32, UINT64, Kind, Table

UNKNOWN = "(unknown fields)"  # no protobuf name looks like this

MAX_DEPTH = 64
MAX_FIELDS = 1 << 20  # in one message with all that it holds; a field of two bytes costs us hundreds
MAX_FIELD_NUMBER = (1 << 29) - 1

VARINT, EIGHT, LENGTH, START, END, FOUR = range(6)
BOUNDS = {
    kind: (-(1 << bits - 1), (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
    for kind, bits, is_signed in (
        (INT32, 32, True),
        (INT64, 64, True),
        (SINT32, 32, True),
        (SINT64, 64, True),
        (ENUM, 32, True),
        (UINT32, 32, False),
        (UINT64, 64, False),
    )
}
ZIGZAG = (SINT32, SINT64)
FIXED = {
    kind: struct.Struct(code)
    for kind, code in (
        (DOUBLE, "<d"),
        (FLOAT, "<f"),
        (FIXED32, "<I"),
        (FIXED64, "<Q"),
        (SFIXED32, "<i"),
        (SFIXED64, "<q"),
    )
}
WIRE_TYPES = {STRING: LENGTH, BYTES: LENGTH, BOOL: VARINT}
WIRE_TYPES.update((kind, VARINT) for kind in BOUNDS)
WIRE_TYPES.update((kind, EIGHT if layout.size == 8 else FOUR) for kind, layout in FIXED.items())
DEFAULTS: dict[str, Any] = {STRING: "", BYTES: b"", BOOL: False, DOUBLE: 0.0, FLOAT: 0.0}


def encode(table: Table, values: Mapping[str, Any]) -> bytes:
    """Defaults and None are not written, a message `{}` is. A name or value that does not fit: `OurMistake`."""
    return _format_message(table, values, "message", 0)


def decode(table: Table, data: bytes) -> dict[str, Any]:
    """The message in `data`, all of it; anything that is not protobuf, or is too much of it: `TheirMistake`."""
    return _Reader(bytes(data)).message(table, 0, len(data), 0, None)


def format_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _format_message(table: Table, values: Mapping[str, Any], path: str, depth: int) -> bytes:
    if not isinstance(values, Mapping):
        raise OurMistake(f"{path}: expected a mapping, not {type(values).__name__}")
    if depth > MAX_DEPTH:
        raise OurMistake(f"{path}: more than {MAX_DEPTH} messages inside each other")
    out = bytearray()
    used = 0
    for number, (name, kind) in table.items():
        used += name in values
        value = values.get(name)
        if value is not None:
            out += _format_field(number, kind, value, f"{path}.{name}", depth)
    if UNKNOWN in values:
        used += 1
        out += values[UNKNOWN]
    if used != len(values):
        strangers = set(values).difference((name for name, kind in table.values()), (UNKNOWN,))
        raise OurMistake(f"{path}: no such field: {', '.join(sorted(map(str, strangers)))}")
    return bytes(out)


def _format_field(number: int, kind: Kind, value: Any, path: str, depth: int) -> bytes:
    if isinstance(kind, str):
        raw = _format_scalar(kind, value, path)
        return format_varint(number << 3 | WIRE_TYPES[kind]) + raw if any(raw) else b""
    if isinstance(kind, dict):
        return _format_block(number, _format_message(kind, value, path, depth + 1))
    if isinstance(kind, tuple):
        return b"".join(
            _format_entry(number, kind, item, path, depth) for item in _items(value, Mapping, path)
        )
    items = _items(value, (list, tuple), path)
    element = kind[0]
    if isinstance(element, dict):
        return b"".join(_format_field(number, element, item, path, depth) for item in items)
    raws = [_format_scalar(element, item, path) for item in items]
    if WIRE_TYPES[element] != LENGTH:
        return _format_block(number, b"".join(raws)) if raws else b""
    tag = format_varint(number << 3 | LENGTH)
    return b"".join(tag + raw for raw in raws)


def _items(value: Any, types: Any, path: str) -> Any:
    if not isinstance(value, types):
        raise OurMistake(f"{path}: {type(value).__name__} where a collection belongs")
    return value.items() if isinstance(value, Mapping) else value


def _format_entry(number: int, kind: Kind, item: tuple[Any, Any], path: str, depth: int) -> bytes:
    if None in item:
        raise OurMistake(f"{path}: a map holds no None")
    table = {1: ("key", kind[0]), 2: ("value", kind[1])}
    return _format_block(number, _format_message(table, dict(zip(("key", "value"), item)), path, depth + 1))


def _format_block(number: int, body: bytes) -> bytes:
    return format_varint(number << 3 | LENGTH) + format_varint(len(body)) + body


def _format_scalar(kind: str, value: Any, path: str) -> bytes:
    try:
        if isinstance(value, bool) == (kind == BOOL):
            if kind in BOUNDS:
                low, high = BOUNDS[kind]
                if isinstance(value, int) and low <= value <= high:
                    number = value << 1 ^ value >> 63 if kind in ZIGZAG else value
                    return format_varint(number & 0xFFFFFFFFFFFFFFFF)
            elif kind == BOOL:
                return b"\1" if value else b"\0"
            elif kind in FIXED:
                return FIXED[kind].pack(value)
            elif isinstance(value, str if kind == STRING else (bytes, bytearray, memoryview)):
                raw = value.encode() if kind == STRING else bytes(value)
                return format_varint(len(raw)) + raw
    except (ValueError, OverflowError, struct.error):
        pass
    shown = (
        type(value).__name__ if isinstance(value, (str, bytes, bytearray)) else repr(value)
    )  # may be a secret
    raise OurMistake(f"{path}: not a {kind}: {shown}")


def _blank(table: Table) -> dict[str, Any]:
    return {name: _default(kind) for name, kind in table.values()}


def _default(kind: Kind) -> Any:
    if isinstance(kind, str):
        return DEFAULTS.get(kind, 0)
    return None if isinstance(kind, dict) else [] if isinstance(kind, list) else {}


class _Reader:
    """One pass over `data`; positions go in and out, so that nothing is sliced twice."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._fields_left = MAX_FIELDS

    def message(
        self, table: Table, pos: int, end: int, depth: int, into: dict[str, Any] | None
    ) -> dict[str, Any]:
        """The fields in data[pos:end]; a message that comes in pieces is merged `into` its first piece."""
        values = _blank(table) if into is None else into
        strange = [values.pop(UNKNOWN)] if UNKNOWN in values else []
        while pos < end:
            start = pos
            number, wire_type, pos = self._tag(pos, end, depth)
            begin, pos = self._extent(number, wire_type, pos, end, depth)
            name, kind = table.get(number, ("", None))
            if not self._field(values, name, kind, wire_type, begin, pos, depth):
                strange.append(self._data[start:pos])
        if strange:
            values[UNKNOWN] = b"".join(strange)
        return values

    def _tag(self, pos: int, end: int, depth: int) -> tuple[int, int, int]:
        if depth > MAX_DEPTH:
            raise TheirMistake(f"protobuf: more than {MAX_DEPTH} messages inside each other")
        self._count()
        tag, pos = self._varint(pos, end)
        if not 0 < tag >> 3 <= MAX_FIELD_NUMBER:
            raise TheirMistake(f"protobuf: field number {tag >> 3}")
        return tag >> 3, tag & 7, pos

    def _count(self) -> None:
        self._fields_left -= 1
        if self._fields_left < 0:
            raise TheirMistake(f"protobuf: more than {MAX_FIELDS} fields in one message")

    def _varint(self, pos: int, end: int) -> tuple[int, int]:
        value = shift = 0
        while pos < end:
            byte = self._data[pos]
            pos += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >> 64:
                    break
                return value, pos
            shift += 7
            if shift > 63:
                break
        raise TheirMistake("protobuf: a varint is cut off or longer than 64 bits")

    def _extent(self, number: int, wire_type: int, pos: int, end: int, depth: int) -> tuple[int, int]:
        """Where the value that follows a tag begins and ends."""
        begin = pos
        if wire_type == VARINT:
            pos = self._varint(pos, end)[1]
        elif wire_type == LENGTH:
            size, begin = self._varint(pos, end)
            pos = begin + size
        elif wire_type == START:
            pos = self._group_end(number, pos, end, depth + 1)
        elif wire_type in (EIGHT, FOUR):
            pos += 8 if wire_type == EIGHT else 4
        else:
            raise TheirMistake(f"protobuf: wire type {wire_type} where a value belongs")
        if pos > end:
            raise TheirMistake("protobuf: a field is longer than its message")
        return begin, pos

    def _group_end(self, group: int, pos: int, end: int, depth: int) -> int:
        while pos < end:
            number, wire_type, pos = self._tag(pos, end, depth)
            if wire_type == END and number == group:
                return pos
            pos = self._extent(number, wire_type, pos, end, depth)[1]
        raise TheirMistake("protobuf: a group is cut off")

    def _field(
        self, values: dict[str, Any], name: str, kind: Kind, wire_type: int, pos: int, end: int, depth: int
    ) -> bool:
        """Put the value in its place; False for one that does not have the form that the table says."""
        single = kind[0] if isinstance(kind, list) else kind
        expected = WIRE_TYPES[single] if isinstance(single, str) else LENGTH
        if kind is None or wire_type not in (expected, LENGTH):
            return False
        if wire_type != expected and single is kind:
            return False
        if isinstance(kind, tuple):
            key, value = self._entry(kind, pos, end, depth)
            values[name][key] = value
        elif single is kind:
            values[name] = self._value(single, pos, end, depth, values[name])
        elif wire_type == expected:
            values[name].append(self._value(single, pos, end, depth, None))
        else:
            self._unpack(values[name], single, pos, end)
        return True

    def _entry(self, kind: Kind, pos: int, end: int, depth: int) -> tuple[Any, Any]:
        entry = self.message({1: ("key", kind[0]), 2: ("value", kind[1])}, pos, end, depth + 1, None)
        return entry["key"], _blank(kind[1]) if entry["value"] is None else entry["value"]

    def _unpack(self, items: list[Any], kind: str, pos: int, end: int) -> None:
        while pos < end:
            self._count()
            begin, pos = self._extent(0, WIRE_TYPES[kind], pos, end, 0)
            items.append(self._value(kind, begin, pos, 0, None))

    def _value(self, kind: Kind, pos: int, end: int, depth: int, into: Any) -> Any:
        if isinstance(kind, dict):
            return self.message(kind, pos, end, depth + 1, into)
        if kind == BYTES:
            return self._data[pos:end]
        if kind == STRING:
            try:
                return self._data[pos:end].decode()
            except UnicodeDecodeError:
                raise TheirMistake("protobuf: a string is not UTF-8") from None
        if kind in FIXED:
            return FIXED[kind].unpack_from(self._data, pos)[0]
        number = self._varint(pos, end)[0]
        if kind == BOOL:
            return number != 0
        low, high = BOUNDS[kind]
        number &= high - low  # 32 or 64 ones; a wider number is cut, as everywhere
        if kind in ZIGZAG:
            return number >> 1 ^ -(number & 1)
        return number if number <= high else number + 2 * low
