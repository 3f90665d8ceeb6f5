# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change keys of a TOML text and nothing else: comments, order, spelling and line ends of the rest stay.

The text is edited, not written anew: a statement is replaced, added or taken out where it stands. What comes out is
parsed again and held against what was wanted, so that an edit is right or is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .document import parse_toml
from .statements import statements
from .writing import format_key, format_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .statements import Path, Statement

_BLANK_LINE = re.compile(r"(?:^|(?<=\n))[ \t]*\r?\n\Z")


def merged(data: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """``data`` after ``patch``, an RFC 7396 merge patch: tables are merged, all else replaces, None removes."""
    found = dict(data)
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        elif isinstance(value, dict):
            old = found.get(key)
            if isinstance(old, dict) or not _only_removes(value):
                found[key] = merged(old if isinstance(old, dict) else {}, value)
        else:
            found[key] = value
    return found


def changes(data: Mapping[str, Any], patch: Mapping[str, Any], above: Path = ()) -> list[tuple[Path, Any]]:
    """What ``patch`` changes in ``data``, as paths with their new values; None: it goes. {}: an empty table."""
    found: list[tuple[Path, Any]] = []
    for key, value in sorted(
        patch.items(), key=lambda item: isinstance(item[1], dict)
    ):  # tables below their keys
        path, is_there, old = (*above, key), key in data, data.get(key)
        if value is None:
            found += [(path, None)] if is_there else []
        elif isinstance(value, dict):
            if not isinstance(old, dict) and _only_removes(value):
                continue  # there is nothing below
            if is_there and not isinstance(old, dict):
                found.append((path, None))
            table = old if isinstance(old, dict) else {}
            below = changes(table, value, path)
            found += below
            if not isinstance(old, dict) and not any(new is not None for _path, new in below):
                found.append((path, {}))
        elif not is_there or not same(old, value):
            found += [(path, None)] if isinstance(old, dict) else []
            found.append((path, value))
    return found


def _only_removes(patch: Mapping[str, Any]) -> bool:
    return bool(patch) and all(
        value is None or (isinstance(value, dict) and _only_removes(value)) for value in patch.values()
    )


def same(one: Any, other: Any) -> bool:
    """Equal, and of one type: 1, 1.0 and true differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other))
    return type(one) is type(other) and (one == other or str(one) == str(other) == "nan")


def edited(text: str, patch: Mapping[str, Any], path: str) -> str:
    """``text``, the content of the file ``path``, after ``patch``; Refused when it cannot be edited."""
    data = parse_toml(text, path)
    for key, value in changes(data, patch):
        text = _without(text, key) if value is None else _with(text, key, value)
    if not is_same_but_for_empty_tables(parse_toml(text, path), merged(data, patch)):
        raise Refused(
            "%s has a form in which its keys cannot be changed one by one" % path,
            "write its tables with headers of their own",
        )
    return text


def is_same_but_for_empty_tables(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return same(_full(one), _full(other))


def inserted(text: str, table: Path, lines: str) -> str:
    """``lines``, whole pairs, as the last of the table, whose header is made if it is not there."""
    found = list(statements(text))
    header = [each for each in found if each.is_header and each.path == table]
    if not header:
        text = _with_header(text, found, table)
        return inserted(text, table, lines)
    pairs = [each for each in found if not each.is_header and each.table == table]
    position = (pairs or header)[-1].end
    return _ended(text[:position], _newline(text)) + lines + text[position:]


def _full(table: Mapping[str, Any]) -> dict[str, Any]:
    """Without empty tables: one that only a removed table's header implied is gone with it."""
    found = {key: _full(value) if isinstance(value, dict) else value for key, value in table.items()}
    return {key: value for key, value in found.items() if value != {}}


def _with(text: str, path: Path, value: Any) -> str:
    found = list(statements(text))
    for pair in found:
        if not pair.is_header and pair.path == path[: len(pair.path)]:
            return _with_value(text, pair, path, value)
    if any(each.is_array and each.path == path for each in found):
        text = _without(text, path)
        found = list(statements(text))
    return _with_header(text, found, path) if value == {} else _with_pair(text, found, path, value)


def _with_value(text: str, pair: Statement, path: Path, value: Any) -> str:
    """The pair's value replaced, or what is below ``path`` in its inline table."""
    old = text[pair.value_start : pair.value_end]
    is_literal = _prefers_literals(old)
    inner = path[len(pair.path) :]
    if inner:
        table = parse_toml("x = " + old, "it")["x"]
        for part in reversed(inner):
            value = {part: value}
        value = merged(table, value)
    return text[: pair.value_start] + format_value(value, is_literal=is_literal) + text[pair.value_end :]


def _with_pair(text: str, found: list[Statement], path: Path, value: Any) -> str:
    parent = path[:-1]
    # Dotted keys that make the same table: a header of that name could not stand beside them.
    dotted = [each for each in found if not each.is_header and len(each.table) < len(parent) < len(each.path)]
    dotted = [each for each in dotted if each.path[: len(parent)] == parent]
    header = [each for each in found if each.is_header and each.path == parent]
    if parent and not header and not dotted:
        text = _with_header(text, found, parent)
        return _with_pair(text, list(statements(text)), path, value)
    pairs = dotted or [each for each in found if not each.is_header and each.table == parent]
    newline = _newline(text)
    is_literal = _prefers_literals(text)
    if pairs:
        last = pairs[-1]
        position, indent, table = last.end, last.indent, last.table
    elif header:
        position, indent, table = header[0].end, header[0].indent + "  " * bool(parent), parent
    else:
        position, indent, table = 0, "", ()
    name = format_key(path[len(table) :], is_literal=is_literal)
    line = "%s%s = %s" % (indent, name, format_value(value, is_literal=is_literal))
    before = text[:position]
    return _ended(before, newline) + line + newline + text[position:]


def _with_header(text: str, found: list[Statement], path: Path) -> str:
    """A header behind what is nearest to it, with an empty line above."""
    newline = _newline(text)
    position, indent = len(text), ""
    headers = [each for each in found if each.is_header]
    for length in range(len(path) - 1, 0, -1):
        near = [each for each in headers if each.path[:length] == path[:length]]
        if near:
            position = max(each.end for each in found if each.table[:length] == path[:length])
            beside = [each.indent for each in near if len(each.path) == len(path)]
            is_indented = any(each.indent for each in headers)
            indent = beside[-1] if beside else near[0].indent + "  " * is_indented
            break
    before = _ended(text[:position], newline)
    lead = newline if before else ""
    name = format_key(path, is_literal=_prefers_literals(text))
    return "%s%s%s[%s]%s%s" % (before, lead, indent, name, newline, text[position:])


def _without(text: str, path: Path) -> str:
    """The pair or the table gone, with an empty line above a header; comments that stand by themselves stay."""
    found = list(statements(text))
    for pair in found:
        if not pair.is_header and len(pair.path) < len(path) and pair.path == path[: len(pair.path)]:
            return _without_inner(text, pair, path)
    for each in reversed(found):
        if each.path[: len(path)] == path:
            before = text[: each.start]
            before = _BLANK_LINE.sub("", before) if each.is_header else before
            text = before + text[each.end :]
    return text


def _without_inner(text: str, pair: Statement, path: Path) -> str:
    """A key of an inline table gone."""
    patch: Any = None
    for part in reversed(path[len(pair.path) :]):
        patch = {part: patch}
    old = text[pair.value_start : pair.value_end]
    table = merged(parse_toml("x = " + old, "it")["x"], patch)
    is_literal = _prefers_literals(old)
    return text[: pair.value_start] + format_value(table, is_literal=is_literal) + text[pair.value_end :]


def _prefers_literals(text: str) -> bool:
    """Whether strings stand in single quotes there, as containerd 2 writes them."""
    return text.count("'") > text.count('"')


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline
