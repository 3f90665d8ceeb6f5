# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the statements of a TOML text stand: its headers, its keys and their values, to the character.

Knows the grammar (TOML 1.0) as far as finding needs it; the text has passed a parser before.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str, ...]

_BLANK = re.compile(r"[ \t\r\n]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"(?:[^"\\]|\\.)*"')
_LITERAL = re.compile(r"'[^']*'")
# The quotes that close may be preceded by one or two that belong to the string.
_MULTI_LINE = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'\'\'.*?\'{3,5}(?!\')', re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*")
_PLAIN = re.compile(r"[^#\n]*")  # a number, a date, a boolean: up to the comment
_LONG_ESCAPE = re.compile(r"\\U([0-9A-Fa-f]{8})")


class Statement(Value):
    """A header or a pair. ``start`` to ``end`` are whole lines, the last one's newline included."""

    path: Path  # in full, from the root
    table: Path  # whose header the pair stands under; a header's own
    start: int
    end: int
    value_start: int  # -1: a header
    value_end: int
    indent: str
    is_array: bool  # [[a header of an array of tables]]

    @property
    def is_header(self) -> bool:
        return self.value_start < 0


def statements(text: str) -> Iterator[Statement]:
    """Every statement in its order."""
    table: Path = ()
    position = _next(text, 0)
    while position < len(text):
        start = text.rfind("\n", 0, position) + 1
        indent = text[start:position]
        is_array = text.startswith("[[", position)
        is_header = text[position] == "["
        path, position = _key(text, position + is_header + is_array)
        if is_header:
            table, value_start, value_end = path, -1, -1
            position += 1 + is_array
        else:
            path = (*table, *path)
            value_start = _skip(_BLANK, text, position + 1)  # behind the equals sign
            position = value_end = _end_of_value(text, value_start)
        newline = text.find("\n", position)
        end = len(text) if newline < 0 else newline + 1
        yield Statement(path, table, start, end, value_start, value_end, indent, is_array)
        position = _next(text, end)


def _next(text: str, position: int) -> int:
    """Behind blanks and comments."""
    while True:
        position = _skip(_BLANK, text, position)
        if not text.startswith("#", position):
            return position
        position = _skip(_COMMENT, text, position)


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


def _key(text: str, position: int) -> tuple[Path, int]:
    """A key with its dots; behind it stands what is neither blank nor a dot."""
    parts = []
    while True:
        position = _skip(_BLANK, text, position)
        end = position
        for pattern in (_BARE_KEY, _BASIC, _LITERAL):
            end = max(end, _skip(pattern, text, position))
        parts.append(_unquoted(text[position:end]))
        position = _skip(_BLANK, text, end)
        if not text.startswith(".", position):
            return tuple(parts), position
        position += 1


def _unquoted(key: str) -> str:
    if key[:1] == "'":
        return key[1:-1]
    if key[:1] != '"':
        return key
    short = _LONG_ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), key)
    return str(json.loads(short, strict=False))


def _end_of_value(text: str, position: int) -> int:
    if text[position] in "[{":
        return _end_of_brackets(text, position)
    for pattern in (_MULTI_LINE, _BASIC, _LITERAL):
        end = _skip(pattern, text, position)
        if end > position:
            return end
    return position + len(text[position : _skip(_PLAIN, text, position)].rstrip())


def _end_of_brackets(text: str, position: int) -> int:
    """Behind the bracket that closes an array or an inline table."""
    depth = 0
    while True:
        for pattern in (_MULTI_LINE, _BASIC, _LITERAL, _COMMENT):
            end = _skip(pattern, text, position)
            if end > position:
                break
        else:
            depth += (text[position] in "[{") - (text[position] in "]}")
            end = position + 1
            if depth == 0:
                return end
        position = end
