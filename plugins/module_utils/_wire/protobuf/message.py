# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Protobuf messages to bytes and back, as their field tables say (https://protobuf.dev/programming-guides/encoding/).

Messages are plain dicts. A decoded message has every declared field: a scalar's default, [], {}, or None for
a message that is absent. What the table does not know is kept raw under `UNKNOWN` and written again by `encode`,
so that a read-modify-write loses nothing at any depth. Must never know: any particular message.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import OurMistake, TheirMistake
from . import fields as f

if TYPE_CHECKING:
    from .fields import Kind, Table

UNKNOWN = "(unknown fields)"  # no protobuf name looks like this

MAX_DEPTH = 64
MAX_FIELDS = 1 << 20  # in one message with all that it holds; a field of two bytes costs us hundreds
MAX_FIELD_NUMBER = (1 << 29) - 1

VARINT, EIGHT, LENGTH, _START, _END, FOUR = range(6)  # nobody writes groups (3 and 4) any more

# How a scalar travels, and what it is once it is here (as struct spells it).
SCALARS = {
    f.INT32: (VARINT, "<i"),
    f.INT64: (VARINT, "<q"),
    f.UINT32: (VARINT, "<I"),
    f.UINT64: (VARINT, "<Q"),
    f.SINT32: (VARINT, "<i"),
    f.SINT64: (VARINT, "<q"),
    f.ENUM: (VARINT, "<i"),
    f.BOOL: (VARINT, "<?"),
    f.FIXED32: (FOUR, "<I"),
    f.FIXED64: (EIGHT, "<Q"),
    f.SFIXED32: (FOUR, "<i"),
    f.SFIXED64: (EIGHT, "<q"),
    f.FLOAT: (FOUR, "<f"),
    f.DOUBLE: (EIGHT, "<d"),
    f.STRING: (LENGTH, ""),
    f.BYTES: (LENGTH, ""),
}
ZIGZAG = (f.SINT32, f.SINT64)
DEFAULTS: dict[str, Any] = {f.STRING: "", f.BYTES: b"", f.BOOL: False, f.DOUBLE: 0.0, f.FLOAT: 0.0}


def encode(table: Table, values: Mapping[str, Any]) -> bytes:
    """Defaults and None are not written, a message `{}` is. What does not fit the table: `OurMistake`."""
    return _format_message(table, values, "message", 0)


def decode(table: Table, data: bytes) -> dict[str, Any]:
    """The message that `data` is; what is not protobuf, or too much of it: `TheirMistake`."""
    return _Reader().message(table, memoryview(data), 0, None)


def format_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _format_message(table: Table, values: Mapping[str, Any], path: str, depth: int) -> bytes:
    if not isinstance(values, Mapping):
        raise OurMistake("%s: expected a mapping, not %s" % (path, type(values).__name__))
    if depth > MAX_DEPTH:
        raise OurMistake("%s: more than %s messages inside each other" % (path, MAX_DEPTH))
    parts: list[bytes] = []
    strangers = set(values) - {UNKNOWN}
    for number, (name, kind) in table.items():
        strangers.discard(name)
        value = values.get(name)
        if value is not None:
            _add_field(parts, number, kind, value, "%s.%s" % (path, name), depth)
    if strangers:
        raise OurMistake("%s: no such field: %s" % (path, ", ".join(sorted(map(str, strangers)))))
    parts.append(values.get(UNKNOWN, b""))
    return b"".join(parts)


def _add_field(parts: list[bytes], number: int, kind: Kind, value: Any, path: str, depth: int) -> None:
    if isinstance(kind, str):
        raw = _format_scalar(kind, value, path)
        if (raw and SCALARS[kind][0] == LENGTH) or any(raw):  # never a search through a large blob
            _add(parts, number, SCALARS[kind][0], raw)
    elif isinstance(kind, dict):
        _add(parts, number, LENGTH, _format_message(kind, value, path, depth + 1))
    elif not isinstance(value, (list, tuple, Mapping)) or isinstance(value, Mapping) != isinstance(
        kind, tuple
    ):
        raise OurMistake("%s: %s where a list or a map belongs" % (path, type(value).__name__))
    elif isinstance(kind, tuple):
        entry = {1: ("key", kind[0]), 2: ("value", kind[1])}
        for key, item in dict(value).items():
            if key is None or item is None:
                raise OurMistake("%s.%s: a map holds no None" % (path, key))
            raw = _format_message(entry, {"key": key, "value": item}, path, depth + 1)
            _add(parts, number, LENGTH, raw)
    elif isinstance(kind[0], dict):
        for item in value:
            _add_field(parts, number, kind[0], item, path, depth)
    else:
        raws = [_format_scalar(kind[0], item, path) for item in value]
        if SCALARS[kind[0]][0] != LENGTH:
            raws = [b"".join(raws)] if raws else []
        for raw in raws:
            _add(parts, number, LENGTH, raw)


def _add(parts: list[bytes], number: int, wire_type: int, raw: bytes) -> None:
    parts.append(format_varint(number << 3 | wire_type))
    if wire_type == LENGTH:
        parts.append(format_varint(len(raw)))
    parts.append(raw)


def _format_scalar(kind: str, value: Any, path: str) -> bytes:
    wire_type, layout = SCALARS[kind]
    try:
        if wire_type == LENGTH:
            return str.encode(value) if kind == f.STRING else bytes(memoryview(value))
        if isinstance(value, bool) == (kind == f.BOOL):
            raw = struct.pack(layout, value)  # refuses what does not fit
            if wire_type != VARINT:
                return raw
            number = value << 1 ^ value >> 63 if kind in ZIGZAG else int(value)
            return format_varint(number & 0xFFFFFFFFFFFFFFFF)
    except (TypeError, ValueError, OverflowError, struct.error):
        pass
    # The text of a string may be a secret, that of a number helps.
    shown = (
        type(value).__name__ if wire_type == LENGTH or not isinstance(value, (int, float)) else repr(value)
    )
    raise OurMistake("%s: not a %s: %s" % (path, kind, shown))


def _blank(table: Table) -> dict[str, Any]:
    return {name: _default(kind) for name, kind in table.values()}


def _default(kind: Kind) -> Any:
    if isinstance(kind, str):
        return DEFAULTS.get(kind, 0)
    return None if isinstance(kind, dict) else [] if isinstance(kind, list) else {}


class _Reader:
    """Reads one message with all that it holds; keeps count of its fields."""

    def __init__(self) -> None:
        self._fields_left = MAX_FIELDS

    def message(
        self, table: Table, data: memoryview, depth: int, into: dict[str, Any] | None
    ) -> dict[str, Any]:
        """A message that comes in pieces is merged `into` its first piece."""
        if depth > MAX_DEPTH:
            raise TheirMistake("protobuf: more than %s messages inside each other" % MAX_DEPTH)
        values = _blank(table) if into is None else into
        strange = [values.pop(UNKNOWN, b"")]
        pos = 0
        while pos < len(data):
            start = pos
            tag, pos = _read_varint(data, pos)
            if not 0 < tag >> 3 <= MAX_FIELD_NUMBER:
                raise TheirMistake("protobuf: field number %s" % (tag >> 3,))
            value, pos = self._read(tag & 7, data, pos)
            name, kind = table.get(tag >> 3, ("", None))
            if not self._place(values, name, kind, tag & 7, value, depth):
                strange.append(bytes(data[start:pos]))
        raw = b"".join(strange)
        if raw:
            values[UNKNOWN] = raw
        return values

    def _read(self, wire_type: int, data: memoryview, pos: int) -> tuple[Any, int]:
        """A varint as a number, anything else as its bytes; and where it ends."""
        self._fields_left -= 1
        if self._fields_left < 0:
            raise TheirMistake("protobuf: more than %s fields in one message" % MAX_FIELDS)
        if wire_type == VARINT:
            return _read_varint(data, pos)
        if wire_type == LENGTH:
            size, pos = _read_varint(data, pos)
        elif wire_type in (EIGHT, FOUR):
            size = 8 if wire_type == EIGHT else 4
        else:
            raise TheirMistake("protobuf: wire type %s where a value belongs" % wire_type)
        if pos + size > len(data):
            raise TheirMistake("protobuf: a field is longer than its message")
        return data[pos : pos + size], pos + size

    def _place(
        self, values: dict[str, Any], name: str, kind: Kind, wire_type: int, value: Any, depth: int
    ) -> bool:
        """Put the value in its place; False for one that does not have the form that the table says."""
        single = kind[0] if isinstance(kind, list) else kind
        expected = SCALARS[single][0] if isinstance(single, str) else LENGTH
        is_packed = single is not kind and wire_type == LENGTH != expected
        if kind is None or not (wire_type == expected or is_packed):
            return False
        if is_packed:
            pos = 0
            while pos < len(value):
                item, pos = self._read(expected, value, pos)
                values[name].append(_scalar(single, item))
        elif isinstance(kind, tuple):
            entry = self.message({1: ("key", kind[0]), 2: ("value", kind[1])}, value, depth + 1, None)
            values[name][entry["key"]] = _blank(kind[1]) if entry["value"] is None else entry["value"]
        elif isinstance(kind, dict):
            values[name] = self.message(kind, value, depth + 1, values[name])
        elif single is kind:
            values[name] = _scalar(kind, value)
        else:
            is_message = isinstance(single, dict)
            values[name].append(
                self.message(single, value, depth + 1, None) if is_message else _scalar(single, value)
            )
        return True


def _read_varint(data: memoryview, pos: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if pos == len(data):
            break
        byte = data[pos]
        pos += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80 and value < 1 << 64:
            return value, pos
    raise TheirMistake("protobuf: a varint is cut off or longer than 64 bits")


def _scalar(kind: str, value: Any) -> Any:
    wire_type, layout = SCALARS[kind]
    if kind == f.BYTES:
        return bytes(value)
    if kind == f.STRING:
        try:
            return str(value, "utf-8")
        except UnicodeDecodeError:
            raise TheirMistake("protobuf: a string is not UTF-8") from None
    if kind == f.BOOL:
        return value != 0
    if kind in ZIGZAG:
        value = (value >> 1 ^ -(value & 1)) & 0xFFFFFFFFFFFFFFFF
    raw = value.to_bytes(8, "little") if wire_type == VARINT else value
    return struct.unpack_from(layout, raw)[0]  # what is too wide is cut, as everywhere
