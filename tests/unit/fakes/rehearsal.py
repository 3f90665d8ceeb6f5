# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every task in four acts: in check mode, for real, again in check mode, again for real.

What must hold for any decision is held here: a dry run touches nothing and tells what the real one then does;
each step fits the verbs that the decision asks for and those that the real runtime has; the second time is quiet.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Callable, NamedTuple

from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import (
    Outcome,
    reconcile,
)
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.plan import Plan

NOWHERE = Endpoint("/nowhere.sock", "default", 1.0)  # a runtime does not connect before its first verb


class Played(NamedTuple):
    """What came of it."""

    real: Outcome
    applied: list[str]  # by the real run
    plan: Plan
    again: Outcome
    world: Any


def rehearse(
    decision: Any,
    make: Callable[[], Any],
    params: Mapping[str, Any],
    *,
    runtime: type,
    verbs: type,
    is_event: bool = False,
) -> Played:
    """`make` builds the world anew; `runtime` and `verbs` are the classes that the steps must fit."""
    dry_world, world = make(), make()
    plan = plan_of(decision, make(), params)
    for step in plan.steps:
        inspect.signature(getattr(verbs, step.verb)).bind(None, *step.args)
        inspect.signature(getattr(runtime(NOWHERE), step.verb)).bind(*step.args)
    dry = reconcile(decision, dry_world, params, dry_run=True)
    if dry_world.applied:
        raise AssertionError("a dry run has done %s" % dry_world.applied)
    real = reconcile(decision, world, params, dry_run=False)
    for said, done in zip(seen(dry), seen(real)):
        assert said == done, "check mode said %r, and it became %r" % (said, done)
    assert bool(real.actions) == bool(plan.steps) or not real.changed
    applied = list(world.applied)
    again_dry = reconcile(decision, world, params, dry_run=True)
    again = reconcile(decision, world, params, dry_run=False)
    if not is_event:
        assert not again_dry.changed, again_dry
        assert not again.changed, again
        assert again.actions == ()
        assert world.applied == applied
        assert again.before == again.after == real.after
    return Played(real, applied, plan, again, world)


def plan_of(decision: Any, world: Any, params: Mapping[str, Any]) -> Plan:
    desired = decision.want(params)
    plan: Plan = decision.plan(desired, decision.read(world, desired))
    return plan


def seen(outcome: Outcome) -> list[Any]:
    return [outcome.changed, outcome.actions, outcome.before, outcome.after]
