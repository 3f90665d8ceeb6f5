# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a spec laid over a spec."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.overlay import merged, touched
from ansible_collections.community.containerd.plugins.module_utils._values.container import Identity, SpecWish
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused


@pytest.mark.parametrize(
    ("document", "patch", "result"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": None}, {}),
        ({}, {"a": None}, {}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": 1}, {"a": {"b": 2, "c": None}}, {"a": {"b": 2}}),
        (None, {"a": 1}, {"a": 1}),
    ],
)
def test_objects_meet_and_all_else_replaces(document: Any, patch: dict[str, Any], result: Any) -> None:
    assert merged(document, patch) == result
    assert merged(result, patch) == result


def test_the_document_itself_stays_as_it_was() -> None:
    document = {"a": {"b": 1}}
    merged(document, {"a": {"b": 2}})
    assert document == {"a": {"b": 1}}


def test_only_what_the_patch_names_is_shown() -> None:
    document = {"a": {"b": 1, "c": 2}, "d": 4}
    assert touched(document, {"a": {"b": 9}, "e": {"f": 1}}) == {"a": {"b": 1}, "e": {"f": None}}


def build(**overlay: Any) -> dict[str, Any]:
    wish = SpecWish(command=("x",), overlay=overlay, hostname="web")
    return build_spec(wish, {}, Identity(0, 0), namespace="default", container_id="web")


def test_it_comes_last_and_keeps_the_rules() -> None:
    spec = build(hostname="db", linux={"seccomp": None})
    assert spec["hostname"] == "db"
    assert "seccomp" not in spec["linux"]
    with pytest.raises(Refused, match="it runs nothing"):
        build(process={"args": None})
