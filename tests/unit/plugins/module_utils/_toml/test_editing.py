# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of TOML text: what is asked for happens, and every other byte stays."""

from __future__ import annotations

import difflib
import os
import random
import sys
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._toml.document import parse_toml
from ansible_collections.community.containerd.plugins.module_utils._toml.editing import (
    edited,
    is_same_but_for_empty_tables,
    merged,
    same,
)
from ansible_collections.community.containerd.plugins.module_utils._toml.writing import (
    format_key,
    format_value,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

CRI = "io.containerd.grpc.v1.cri"
# tomlkit, which reads for the older Pythons, takes twenty times as long.
FILES = 300 if sys.version_info >= (3, 11) else 50
PATH = "config.toml"


def patch_of(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    for part in reversed(path):
        value = {part: value}
    return value  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "patch", "wanted"),
    [
        ("", {"a": 1}, "a = 1\n"),
        ("a = 1 # why\nb = 2\n", {"a": 3}, "a = 3 # why\nb = 2\n"),
        ("a = 1", {"b": 2}, "a = 1\nb = 2\n"),
        ("a = 'x'\n", {"a": "y"}, "a = 'y'\n"),
        ("a = 'x'\n", {"a": "it's"}, 'a = "it\'s"\n'),
        (
            "# top\n\n[t]\n# of b\nb = 1\n\n# of u\n[u]\n",
            {"t": {"c": 2}},
            "# top\n\n[t]\n# of b\nb = 1\nc = 2\n\n# of u\n[u]\n",
        ),
        ("[t]\n  a = 1\n", {"t": {"u": {"b": True}}}, "[t]\n  a = 1\n\n[t.u]\n  b = true\n"),
        (
            "[t]\n  [t.a]\n    x = 1\n[z]\n",
            {"t": {"b": {"y": 2}}},
            "[t]\n  [t.a]\n    x = 1\n\n  [t.b]\n    y = 2\n[z]\n",
        ),
        ("o = { a = 1, b = 'x' }\n", {"o": {"a": 2}}, "o = { a = 2, b = 'x' }\n"),
        ("o = { a = 1, b = 2 }\n", {"o": {"a": None}}, "o = { b = 2 }\n"),
        ("[t]\na.b = 1\n", {"t": {"a": {"c": 2}}}, "[t]\na.b = 1\na.c = 2\n"),
        ("l = [\n  1, # ]\n  2,\n]\nb = 1\n", {"l": [3]}, "l = [3]\nb = 1\n"),
        ("l = [\n  1,\n]\nb = 1\n", {"l": None}, "b = 1\n"),
        ('s = """\n[no]\na = 1\n""""\nb = 1\n', {"b": 2}, 's = """\n[no]\na = 1\n""""\nb = 2\n'),
        ("s = '''\n#\n'''\nb = 1\n", {"b": None}, "s = '''\n#\n'''\n"),
        (
            "a = 1\r\n[t]\r\nb = 1\r\n",
            {"t": {"c": 1}},
            "a = 1\r\n[t]\r\nb = 1\r\n  c = 1\r\n".replace("  c", "c"),
        ),
        ("a = 1\n[a2]\n", {"a": {"b": 1}}, "[a2]\n\n[a]\n  b = 1\n"),
        ("[a]\nb = 1\n[c]\n", {"a": None}, "[c]\n"),
        ("x = 1\n[a]\nb = 1\n[a.d]\n[c]\n", {"a": 5}, "x = 1\na = 5\n[c]\n"),
        (
            "[\"\\u0061\\U00000062\".'c']\nd = 1\n",
            {"ab": {"c": {"d": 2}}},
            "[\"\\u0061\\U00000062\".'c']\nd = 2\n",
        ),
        ("[a]\n", {"b": {}}, "[a]\n\n[b]\n"),
        ("[[a]]\nx = 1\n[b]\ny = 1\n", {"b": {"y": 2}}, "[[a]]\nx = 1\n[b]\ny = 2\n"),
        ("[[a]]\nx = 1\n", {"a": [{"x": 2}]}, "a = [{ x = 2 }]\n"),
    ],
)
def test_an_edit_changes_its_lines_and_no_others(text: str, patch: dict[str, Any], wanted: str) -> None:
    assert edited(text, patch, PATH) == wanted
    assert edited(wanted, patch, PATH) == wanted


@pytest.mark.parametrize("value", [1, 1.0, True, "1"])
def test_values_of_other_types_are_other_values(value: Any) -> None:
    others = [other for other in (1, 1.0, True, "1") if type(other) is not type(value)]
    assert same(value, value)
    assert not any(same(value, other) for other in others)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a\nb\t\x7f\\\"'",
        "ä€😀",
        [],
        {},
        [1, ["x"], {"a b": -1.5}],
        float("inf"),
        float("-inf"),
        float("nan"),
    ],
)
def test_what_is_written_is_read_again(value: Any) -> None:
    for is_literal in (False, True):
        assert same(parse_toml("x = " + format_value(value, is_literal=is_literal), PATH)["x"], value)


def test_dates_are_written_as_they_were() -> None:
    text = "x = { a = 1979-05-27T07:32:00+00:00, b = 1 }\n"
    assert edited(text, {"x": {"b": 2}}, PATH) == text.replace("b = 1", "b = 2")


@pytest.mark.parametrize("value", [b"x", {"a": None}, "\ud800"])
def test_what_toml_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(Refused):
        format_value(value)


def test_removing_what_is_not_there_makes_no_table() -> None:
    assert edited("a = 1\n", {"b": {"c": None}, "a": {"x": {"y": None}}}, PATH) == "a = 1\n"


# Generated files, in the forms that people and programs write.


class Author:
    """Writes a random file with comments, odd spacing and every form of a table."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.newline = self.random.choice(["\n", "\n", "\r\n"])
        self.number = 0
        self.values: dict[str, tuple[str, str]] = {}  # by key: its statement up to the value, and the value

    def name(self) -> str:
        self.number += 1
        return "%s%d" % (
            self.random.choice(["k", "io.containerd.x.v", "a b", "ä", "-", '"q', "#h"]),
            self.number,
        )

    def value(self, depth: int = 0) -> Any:
        kinds = [True, False, 0, -7, 1.5, "", "x # [no]", "it's", 'say "a"', "a\\b\n", "ü"]
        if depth < 2 and self.random.random() < 0.3:
            return [self.value(depth + 1) for _number in range(self.random.randrange(4))]
        if depth < 2 and self.random.random() < 0.15:
            return {self.name(): self.value(depth + 1) for _number in range(self.random.randrange(3))}
        return self.random.choice(kinds)

    def pair(self, indent: str) -> str:
        key, value = self.name(), self.value()
        text = format_value(value, is_literal=self.random.random() < 0.5)
        if isinstance(value, list) and value and self.random.random() < 0.5:
            items = ["%s  %s, # ] %s" % (indent, format_value(item), self.newline) for item in value]
            text = "[" + self.newline + "".join(items) + indent + "]"
        if isinstance(value, str) and "\\" not in value and "\n" not in value and self.random.random() < 0.3:
            text = self.random.choice(['"""%s%s"""', "'''%s%s'''"]) % (
                self.newline,
                value.replace('"', "").replace("'", ""),
            )
        dots = format_key([self.name(), key]) if self.random.random() < 0.2 else format_key([key])
        comment = self.random.choice(["", "", " # why = 1", "\t#[x]"])
        head = indent + dots + self.random.choice([" = ", "=", " =  "])
        self.values[key] = (head, text)
        return head + text + comment + self.newline

    def table(self, path: tuple[str, ...], depth: int) -> str:
        indent = "  " * depth if self.random.random() < 0.6 else ""
        name = format_key(path, is_literal=self.random.random() < 0.5)
        text = (
            self.random.choice(["", self.newline, "# about" + self.newline])
            + indent
            + "[%s]" % name
            + self.newline
        )
        text += "".join(self.pair(indent + "  ") for _number in range(self.random.randrange(4)))
        text += "".join(
            self.table((*path, self.name()), depth + 1)
            for _number in range(self.random.randrange(3 - min(depth, 2)))
        )
        return text

    def file(self) -> str:
        text = self.random.choice(["", "# Copyright" + self.newline + self.newline])
        text += "".join(self.pair("") for _number in range(self.random.randrange(4)))
        tables = [self.table((self.name(),), 0) for _number in range(self.random.randrange(4))]
        text += "".join(tables) + self.random.choice(["", "# the end" + self.newline, "# no newline"])
        return text

    def place(self, data: dict[str, Any]) -> tuple[str, ...]:
        """A path that is there, in part there, or new."""
        path: tuple[str, ...] = ()
        while data and self.random.random() < 0.75:
            key = self.random.choice(list(data))
            path, below = (*path, key), data[key]
            if not isinstance(below, dict):
                return path
            data = below
        return (*path, *(self.name() for _number in range(self.random.randint(1, 3))))


@pytest.mark.parametrize("seed", range(FILES))
def test_a_generated_file_survives_edit_edit_again_and_removal(seed: int) -> None:
    author = Author(seed)
    original = author.file()
    data = parse_toml(original, PATH)
    path, first, second = author.place(data), author.value(), author.value(1)
    text, expected = original, data
    for value in (first, second, None):
        patch = patch_of(path, value)
        before, text = text, edited(text, patch, PATH)
        expected = merged(expected, patch)
        assert is_same_but_for_empty_tables(parse_toml(text, PATH), expected)
        assert edited(text, patch, PATH) == text
        assert_only_lines_of(path, before, text)
        if before is original and not isinstance(value, dict):
            assert_no_other_byte(author, path, original, text, is_there=is_there(data, path))
    found: Any = parse_toml(text, PATH)
    for part in path[:-1]:
        found = found.get(part, {})
    assert path[-1] not in found


def is_there(data: dict[str, Any], path: tuple[str, ...]) -> bool:
    found: Any = data
    for part in path:
        if not isinstance(found, dict) or part not in found:
            return False
        found = found[part]
    return True


def assert_no_other_byte(
    author: Author, path: tuple[str, ...], before: str, after: str, *, is_there: bool
) -> None:
    """A value that was there is another between its two neighbours; one that was not is an insertion in one place."""
    if is_there and path[-1] in author.values:
        head, value = author.values[path[-1]]
        start = before.index(head + value) + len(head)
        tail = before[start + len(value) :]
        assert after.startswith(before[:start]) and after.endswith(tail)
        assert len(after) >= start + len(tail)
    elif not is_there and not any(part in author.values for part in path):  # not in an inline table
        assert any(is_insertion(text, after) for text in (before, before + author.newline))


def is_insertion(before: str, after: str) -> bool:
    """Whether ``after`` is ``before`` with something put into one place."""
    common = len(os.path.commonprefix([before, after]))
    return any(after.endswith(before[place:]) for place in range(common + 1))


def assert_only_lines_of(path: tuple[str, ...], before: str, after: str) -> None:
    """No line went but those of the pair or table at the path; comments on lines of their own all stay."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    gone = [line.strip() for tag, start, end, *_new in blocks if tag != "equal" for line in old[start:end]]
    gone = [line for line in gone if line and line != "# no newline"]  # a newline was put behind that one
    is_in_array = any(line.endswith(("[", "]")) for line in gone)
    assert is_in_array or not any(line.startswith("# ") for line in gone)
    place = parse_toml(before, PATH)
    for part in path[:-1]:
        place = place.get(part, {})
    if path[-1] not in place:
        changed_in_line = [line for line in gone if "{" in line]
        assert gone == changed_in_line  # only an inline table on the way is written anew


def test_a_table_added_and_taken_away_leaves_the_bytes_that_were_there() -> None:
    for seed in range(FILES):
        text = Author(seed).file()
        if text.endswith("newline"):
            text += "\n"
        patch = {"new": {"below": {"a": 1}}}
        assert edited(edited(text, patch, PATH), {"new": None}, PATH) == text
