# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Want, read, plan, apply, read: in this order, and the last two never in a dry run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import reconcile
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.plan import Plan, Step


class Lamp:
    """The verbs: a lamp that can be switched, and that blinks without a trace."""

    def __init__(self, is_lit: bool = False) -> None:
        self.is_lit = is_lit
        self.log: list[str] = []

    def look(self) -> bool:
        self.log.append("look")
        return self.is_lit

    def switch(self, is_lit: bool) -> str:
        self.log.append("switch")
        self.is_lit = is_lit
        return "click"

    def blink(self) -> str:
        self.log.append("blink")
        return "blinked"


class Decision:
    """Wants a lamp lit or not, and maybe a blink first."""

    def want(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if params["lit"] is None:
            raise Refused("lit is not said", "say it")
        return params

    def read(self, verbs: Lamp, desired: Mapping[str, Any]) -> bool:
        return verbs.look()

    def plan(self, desired: Mapping[str, Any], current: bool) -> Plan:
        steps = [Step("blink", (), ("blinked",), is_event=True)] if desired.get("blink") else []
        if desired["lit"] != current:
            steps.append(Step("switch", (desired["lit"],), ("switched", "looked away")))
        return Plan(tuple(steps), desired["lit"])

    def view(self, desired: Mapping[str, Any], state: bool) -> Mapping[str, Any]:
        return {"lit": state}

    def report(self, desired: Mapping[str, Any], state: bool, results: Sequence[Any]) -> Mapping[str, Any]:
        return {"lamp": state, "results": list(results)}


def test_a_real_run_applies_and_reads_again() -> None:
    lamp = Lamp()
    outcome = reconcile(Decision(), lamp, {"lit": True}, dry_run=False)
    assert lamp.log == ["look", "switch", "look"]
    assert outcome.changed
    assert outcome.actions == ("switched", "looked away")
    assert (outcome.before, outcome.after) == ({"lit": False}, {"lit": True})
    assert outcome.values == {"lamp": True, "results": ["click"]}


def test_a_dry_run_only_reads_and_tells_the_same() -> None:
    lamp = Lamp()
    outcome = reconcile(Decision(), lamp, {"lit": True}, dry_run=True)
    assert lamp.log == ["look"]
    assert not lamp.is_lit
    assert outcome.changed
    assert outcome.actions == ("switched", "looked away")
    assert (outcome.before, outcome.after) == ({"lit": False}, {"lit": True})
    assert outcome.values == {"lamp": True, "results": []}


@pytest.mark.parametrize("dry_run", [True, False])
def test_without_steps_one_look_is_enough(dry_run: bool) -> None:
    lamp = Lamp(is_lit=True)
    outcome = reconcile(Decision(), lamp, {"lit": True}, dry_run=dry_run)
    assert lamp.log == ["look"]
    assert not outcome.changed
    assert outcome.actions == ()


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_event_is_a_change_that_no_read_shows(dry_run: bool) -> None:
    outcome = reconcile(Decision(), Lamp(), {"lit": False, "blink": True}, dry_run=dry_run)
    assert outcome.changed
    assert outcome.before == outcome.after


def test_steps_go_in_the_order_of_the_plan_and_results_with_them() -> None:
    lamp = Lamp()
    outcome = reconcile(Decision(), lamp, {"lit": True, "blink": True}, dry_run=False)
    assert lamp.log == ["look", "blink", "switch", "look"]
    assert outcome.values["results"] == ["blinked", "click"]


def test_changed_is_what_a_second_read_shows_not_what_was_planned() -> None:
    class Broken(Lamp):
        def switch(self, is_lit: bool) -> str:
            return "nothing happened"

    outcome = reconcile(Decision(), Broken(), {"lit": True}, dry_run=False)
    assert not outcome.changed
    assert outcome.after == {"lit": False}


def test_a_wish_that_is_refused_is_not_even_looked_at() -> None:
    lamp = Lamp()
    with pytest.raises(Refused):
        reconcile(Decision(), lamp, {"lit": None}, dry_run=False)
    assert lamp.log == []


def test_a_failing_step_ends_it() -> None:
    class Shorted(Lamp):
        def blink(self) -> str:
            raise Refused("a short", "mend it")

    lamp = Shorted()
    with pytest.raises(Refused, match="a short"):
        reconcile(Decision(), lamp, {"lit": True, "blink": True}, dry_run=False)
    assert lamp.log == ["look"]
