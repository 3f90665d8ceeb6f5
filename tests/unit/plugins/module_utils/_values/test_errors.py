# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures: one sentence and a remedy for people, a kind, a call and a code for machines."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values import errors
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure

CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Failure)]


def test_every_failure_has_a_kind_of_its_own() -> None:
    kinds = [each.kind for each in CLASSES]
    assert len(kinds) > 5
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize(
    ("remedy", "text"), [("run with become", "no right; run with become"), ("", "no right")]
)
def test_the_remedy_follows_the_message(remedy: str, text: str) -> None:
    assert str(Failure("no right", remedy)) == text


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_advice_changes_the_remedy_and_nothing_else(kind: type[Failure]) -> None:
    first = kind("it failed", "wait", call="images.Get", code="NOT_FOUND")
    second = first.advise("hurry")
    assert second.__class__ is kind
    assert (second.message, second.call, second.code) == ("it failed", "images.Get", "NOT_FOUND")
    assert str(second) == "it failed; hurry"
    assert str(first) == "it failed; wait"
