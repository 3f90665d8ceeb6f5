# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Want, read, plan, and unless it is a dry run: apply, read again. The one way every module goes.

Knows the order of these; never what any of them does. The only place that asks whether this is a dry run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .decision import Decision


class Outcome(Value):
    """What the user is told."""

    changed: bool
    actions: tuple[str, ...]
    before: Mapping[str, Any] | str
    after: Mapping[str, Any] | str
    values: Mapping[str, Any]


def reconcile(decision: Decision, verbs: Any, params: Mapping[str, Any], *, dry_run: bool) -> Outcome:
    """Make it so, or tell exactly what would be done."""
    desired = decision.want(params)
    current = decision.read(verbs, desired)
    plan = decision.plan(desired, current)
    after, results = plan.after, []
    if plan.steps and not dry_run:
        results = [getattr(verbs, step.verb)(*step.args) for step in plan.steps]
        after = decision.read(verbs, desired)
    seen_before, seen_after = decision.view(desired, current), decision.view(desired, after)
    return Outcome(
        changed=seen_before != seen_after or any(step.is_event for step in plan.steps),
        actions=tuple(sentence for step in plan.steps for sentence in step.says),
        before=seen_before,
        after=seen_after,
        values=decision.report(desired, after, results),
    )
