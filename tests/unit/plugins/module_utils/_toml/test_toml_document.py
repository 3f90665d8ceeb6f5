# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TOML by Python's own parser and by tomlkit: the same plain values, in the file's order."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("tomllib" if sys.version_info >= (3, 11) else "tomlkit", reason="no TOML parser is here")

from ansible_collections.community.containerd.plugins.module_utils._toml.document import parse_toml
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

TEXT = """
server = "https://one.example"
capabilities = ["pull", 'resolve']  # a comment
skip_verify = true

[host."https://b.example"]
  dial_timeout = "1s"
[host."https://a.example"]
[host."https://b.example".header]
  "x-key" = ["1", "2"]
"""
VALUES = {
    "server": "https://one.example",
    "capabilities": ["pull", "resolve"],
    "skip_verify": True,
    "host": {
        "https://b.example": {"dial_timeout": "1s", "header": {"x-key": ["1", "2"]}},
        "https://a.example": {},
    },
}
PROGRAM = """
import sys
for name in {hidden!r}:
    sys.modules[name] = None
from ansible_collections.community.containerd.plugins.module_utils._toml.document import parse_toml
try:
    print(repr(parse_toml({text!r}, "/etc/x/hosts.toml")))
except Exception as exc:
    print(exc.kind, exc)
"""


def without(*hidden: str, text: str = TEXT) -> str:
    """What a Python says that lacks these libraries."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(hidden=hidden, text=text)],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_tables_are_plain_and_in_order() -> None:
    found = parse_toml(TEXT, "x")
    assert found == VALUES
    assert list(found["host"]) == ["https://b.example", "https://a.example"]
    assert (
        found["server"].__class__ is str and found["host"].__class__ is dict and found["skip_verify"] is True
    )


def test_tomlkit_says_the_same() -> None:
    pytest.importorskip("tomlkit", reason="tomlkit is missing")
    assert without("tomllib") == repr(VALUES)


@pytest.mark.parametrize("text", ["a = ", "[a\n", "a = 1\na = 2\n", "\0"])
def test_what_is_no_toml_is_refused_by_its_path(text: str) -> None:
    with pytest.raises(Refused, match=r"^/etc/x/hosts.toml is not valid TOML: .*; correct the file"):
        parse_toml(text, "/etc/x/hosts.toml")


def test_tomlkit_refuses_it_too() -> None:
    pytest.importorskip("tomlkit", reason="tomlkit is missing")
    said = without("tomllib", text="[a\n")
    assert said.startswith("refused /etc/x/hosts.toml is not valid TOML: ")


def test_a_host_without_a_parser_is_told_what_to_install() -> None:
    said = without("tomllib", "tomlkit")
    assert said.startswith("missing_requirement reading /etc/x/hosts.toml needs the Python library tomlkit")
    assert "python3-tomlkit" in said
