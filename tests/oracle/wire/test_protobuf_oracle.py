# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our protobuf against Google's: the same tables, random messages, both ways."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError
from hypothesis import strategies as st

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import TheirMistake
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf import fields as f
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf.message import (
    SCALARS,
    UNKNOWN,
    decode,
    encode,
)

FieldProto = descriptor_pb2.FieldDescriptorProto
KEYS = (f.STRING, f.INT32, f.UINT64, f.SINT64, f.BOOL, f.FIXED32, f.SFIXED64)

INNER: f.Table = {number: (f"i{number}", kind) for number, kind in enumerate(SCALARS, 1)}
OUTER: f.Table = {number: (f"s{number}", kind) for number, kind in enumerate(SCALARS, 1)}
OUTER.update({number: (f"r{number}", [kind]) for number, kind in enumerate(SCALARS, 101)})
OUTER.update({number: (f"m{number}", (kind, f.STRING)) for number, kind in enumerate(KEYS, 201)})
OUTER[301] = ("inner", INNER)
OUTER[302] = ("inners", [INNER])
OUTER[303] = ("named", (f.STRING, INNER))
OUTER[304] = ("again", OUTER)
OUTER[305] = ("agains", [OUTER])

TABLES: dict[int, str] = {id(INNER): "Inner", id(OUTER): "Outer"}
INTEGERS = {
    f.INT32: (-(1 << 31), (1 << 31) - 1),
    f.SINT32: (-(1 << 31), (1 << 31) - 1),
    f.SFIXED32: (-(1 << 31), (1 << 31) - 1),
    f.ENUM: (-(1 << 31), (1 << 31) - 1),
    f.INT64: (-(1 << 63), (1 << 63) - 1),
    f.SINT64: (-(1 << 63), (1 << 63) - 1),
    f.SFIXED64: (-(1 << 63), (1 << 63) - 1),
    f.UINT32: (0, (1 << 32) - 1),
    f.FIXED32: (0, (1 << 32) - 1),
    f.UINT64: (0, (1 << 64) - 1),
    f.FIXED64: (0, (1 << 64) - 1),
}


def describe_field(message: Any, number: int, name: str, kind: f.Kind) -> None:
    field = message.field.add(name=name, number=number, label=FieldProto.LABEL_OPTIONAL)
    if isinstance(kind, list):
        field.label, kind = FieldProto.LABEL_REPEATED, kind[0]
    if isinstance(kind, tuple):
        entry = message.nested_type.add(name=f"{name.title()}Entry")
        entry.options.map_entry = True
        describe_field(entry, 1, "key", kind[0])
        describe_field(entry, 2, "value", kind[1])
        field.label, field.type = FieldProto.LABEL_REPEATED, FieldProto.TYPE_MESSAGE
        field.type_name = f".t.{message.name}.{entry.name}"
    elif isinstance(kind, dict):
        field.type, field.type_name = FieldProto.TYPE_MESSAGE, f".t.{TABLES[id(kind)]}"
    else:
        field.type = getattr(FieldProto, f"TYPE_{kind.upper()}")
        if kind == f.ENUM:
            field.type_name = ".t.Enum"


def message_class(name: str, tables: dict[str, f.Table]) -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="t.proto", package="t", syntax="proto3")
    file.enum_type.add(name="Enum").value.add(name="ZERO", number=0)
    for title, table in tables.items():
        message = file.message_type.add(name=title)
        for number, (field_name, kind) in table.items():
            describe_field(message, number, field_name, kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"t.{name}"))


Theirs = message_class("Outer", {"Inner": INNER, "Outer": OUTER})
Nothing = message_class("Nothing", {"Nothing": {}})


def values(kind: f.Kind, depth: int = 0) -> st.SearchStrategy[Any]:
    if isinstance(kind, list):
        return st.lists(values(kind[0], depth), max_size=4)
    if isinstance(kind, tuple):
        return st.dictionaries(values(kind[0], depth), values(kind[1], depth), max_size=4)
    if isinstance(kind, dict):
        return messages(kind, depth + 1)
    if kind in INTEGERS:
        return st.integers(*INTEGERS[kind])
    if kind in (f.FLOAT, f.DOUBLE):
        return st.floats(width=32 if kind == f.FLOAT else 64, allow_nan=False)
    return {f.BOOL: st.booleans(), f.STRING: st.text(max_size=10), f.BYTES: st.binary(max_size=10)}[kind]


def messages(table: f.Table, depth: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """Some fields of the table, not too deep."""
    usable = {
        name: kind
        for name, kind in table.values()
        if depth < 2 or not (isinstance(kind, dict) or (isinstance(kind, list) and isinstance(kind[0], dict)))
    }
    chosen = st.lists(st.sampled_from(sorted(usable)), max_size=5, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({n: values(usable[n], depth) for n in names}))


def fill(message: Any, table: f.Table, content: dict[str, Any]) -> Any:
    """Our dict as their object."""
    kinds = dict(table.values())
    for name, value in content.items():
        kind, target = kinds[name], getattr(message, name)
        if isinstance(kind, dict):
            target.SetInParent()
            fill(target, kind, value)
        elif isinstance(kind, tuple):
            for key, item in value.items():
                if isinstance(kind[1], dict):
                    fill(target[key], kind[1], item)
                else:
                    target[key] = item
        elif isinstance(kind, list) and isinstance(kind[0], dict):
            for item in value:
                fill(target.add(), kind[0], item)
        elif isinstance(kind, list):
            target.extend(value)
        else:
            setattr(message, name, value)
    return message


def complete(table: f.Table, content: dict[str, Any]) -> dict[str, Any]:
    """What decoding has to give: every field, defaults included."""
    whole = decode(table, b"")
    for name, kind in table.values():
        value = content.get(name)
        if value is None:
            continue
        if isinstance(kind, dict):
            value = complete(kind, value)
        elif isinstance(kind, tuple) and isinstance(kind[1], dict):
            value = {key: complete(kind[1], item) for key, item in value.items()}
        elif isinstance(kind, list) and isinstance(kind[0], dict):
            value = [complete(kind[0], item) for item in value]
        whole[name] = value
    return whole


@hypothesis.given(messages(OUTER))
def test_their_bytes_are_understood(content: dict[str, Any]) -> None:
    raw = fill(Theirs(), OUTER, content).SerializeToString()
    assert decode(OUTER, raw) == complete(OUTER, content)


@hypothesis.given(messages(OUTER))
def test_our_bytes_are_understood(content: dict[str, Any]) -> None:
    assert Theirs.FromString(encode(OUTER, content)) == fill(Theirs(), OUTER, content)


@hypothesis.given(messages(OUTER))
def test_a_reader_without_a_table_loses_nothing(content: dict[str, Any]) -> None:
    raw = fill(Theirs(), OUTER, content).SerializeToString()
    assert encode({}, decode({}, raw)) == raw
    half = {number: field for number, field in OUTER.items() if number % 2}
    assert Theirs.FromString(encode(half, decode(half, raw))) == fill(Theirs(), OUTER, content)


@hypothesis.given(st.binary(max_size=60))
def test_any_bytes_are_protobuf_to_both_or_to_none(raw: bytes) -> None:
    try:
        theirs = Theirs.FromString(raw)
    except DecodeError:
        theirs = None
    try:
        ours = decode(OUTER, raw)
    except TheirMistake:
        ours = None
    if ours is None and theirs is not None:
        hypothesis.assume(not has_groups(theirs))
    assert (ours is None) == (theirs is None)
    if ours is not None:
        assert Theirs.FromString(encode(OUTER, ours)) == theirs or UNKNOWN in str(ours) or "nan" in str(ours)


def has_groups(message: Any) -> bool:
    """Whether it holds the one thing that we refuse on purpose: groups, deprecated for twenty years."""
    from google.protobuf import unknown_fields

    own = any(field.wire_type == 3 for field in unknown_fields.UnknownFieldSet(message))
    return own or any(
        has_groups(part)
        for field, value in message.ListFields()
        if field.type == FieldProto.TYPE_MESSAGE
        for part in parts(field, value)
    )


def parts(field: Any, value: Any) -> list[Any]:
    if field.message_type.GetOptions().map_entry:
        is_message = field.message_type.fields_by_name["value"].type == FieldProto.TYPE_MESSAGE
        return list(value.values()) if is_message else []
    return list(value) if hasattr(value, "__len__") else [value]


@pytest.mark.parametrize("depth", [1, 20, 60])
def test_deep_messages_mean_the_same_to_both(depth: int) -> None:
    content: dict[str, Any] = {}
    for _level in range(depth):
        content = {"again": content}
    assert encode(OUTER, content) == fill(Theirs(), OUTER, content).SerializeToString()
