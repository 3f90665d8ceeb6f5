# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces: made, labelled and removed, and never removed with anything in them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import namespace as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.namespace_verbs import (
    NamespaceVerbs,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.namespaces import NamespaceRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.namespace import Namespace
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, rehearse


class NamespaceWorld:
    """Namespaces in memory, with the verbs for them."""

    def __init__(self, labels: dict[str, str] | None, contents: dict[str, int]) -> None:
        self.there = {} if labels is None else {"shop": dict(labels)}
        self.held = contents
        self.applied: list[str] = []

    def find(self, name: str) -> Namespace | None:
        return Namespace(name, dict(self.there[name])) if name in self.there else None

    def contents(self, name: str) -> dict[str, int]:
        return self.held

    def create(self, name: str, labels: dict[str, str]) -> None:
        self.applied.append("create")
        self.there[name] = dict(labels)

    def set_labels(self, name: str, labels: dict[str, str]) -> None:
        self.applied.append("set_labels")
        merged = {**self.there[name], **labels}
        self.there[name] = {key: value for key, value in merged.items() if value or key not in labels}

    def delete(self, name: str) -> None:
        self.applied.append("delete")
        del self.there[name]


def play(there: dict[str, str] | None, *, contents: dict[str, int] | None = None, **said: Any) -> Played:
    return rehearse(
        decision,
        lambda: NamespaceWorld(there, contents or {}),
        params("ctr_namespace", name="shop", **said),
        runtime=NamespaceRuntime,
        verbs=NamespaceVerbs,
    )


@pytest.mark.parametrize(
    ("there", "labels", "applied", "after"),
    [
        (None, None, ["create"], {}),
        (None, {"a": "1", "b": ""}, ["create"], {"a": "1"}),
        ({}, None, [], {}),
        ({"a": "1"}, None, [], {"a": "1"}),
        ({"a": "1"}, {"a": "1"}, [], {"a": "1"}),
        ({"a": "1"}, {"a": "2"}, ["set_labels"], {"a": "2"}),
        ({"a": "1"}, {"b": "2"}, ["set_labels"], {"a": "1", "b": "2"}),
        ({"a": "1", "b": "2"}, {"a": ""}, ["set_labels"], {"b": "2"}),
        ({"b": "2"}, {"a": ""}, [], {"b": "2"}),
        ({"empty": ""}, {"empty": "", "b": "2"}, ["set_labels"], {"empty": "", "b": "2"}),
    ],
)
def test_a_namespace_is_there_with_its_labels_and_keeps_its_others(
    there: dict[str, str] | None, labels: dict[str, str] | None, applied: list[str], after: dict[str, str]
) -> None:
    played = play(there, labels=labels)
    assert played.applied == applied
    assert played.real.after == {"shop": {"state": "present", "labels": after}}
    assert played.real.values == {"namespace": {"name": "shop", "state": "present", "labels": after}}


@pytest.mark.parametrize(("there", "applied"), [(None, []), ({"a": "1"}, ["delete"])])
def test_an_empty_namespace_is_removed_once(there: dict[str, str] | None, applied: list[str]) -> None:
    played = play(there, state="absent")
    assert played.applied == applied
    assert played.real.values == {"namespace": {"name": "shop", "state": "absent"}}


def test_a_namespace_that_holds_something_is_not_removed_and_the_error_tells_what() -> None:
    with pytest.raises(Refused, match=r"shop is not removed.* images \(2\), blobs \(7\); remove these"):
        play({}, contents={"images": 2, "blobs": 7}, state="absent")


def test_actions_name_what_was_set() -> None:
    assert play({"b": "1"}, labels={"b": "2", "a": "1"}).real.actions == (
        "set labels of namespace shop: a, b",
    )


@pytest.mark.parametrize("name", ["", "-a", "a-", "a--b", "a/b", "a b", "é", "a\n", "a" * 77])
def test_what_cannot_be_a_namespace_is_refused_before_anything_is_asked(name: str) -> None:
    with pytest.raises(Refused, match="cannot be the name of a namespace"):
        decision.want(params("ctr_namespace", name=name))


@pytest.mark.parametrize("name", ["a", "k8s.io", "A_1-b.c", "a" * 76])
def test_what_containerd_takes_as_a_name_is_taken(name: str) -> None:
    assert decision.want(params("ctr_namespace", name=name)).name == name


@pytest.mark.parametrize(
    ("labels", "says"),
    [({"": "1"}, "label ''"), ({"a": "x" * 4096}, "at most 4096 bytes"), ({"a": 1}, "is not a string")],
)
def test_labels_that_containerd_would_refuse_are_refused_before(labels: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        decision.want(params("ctr_namespace", name="shop", labels=labels))
