# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main loop of every module: options in, one decision, results or one error out.

Knows AnsibleModule; nothing of containerd. The only place that exits or fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .._reconcile.engine import Decision, reconcile
from .._values.endpoint import Endpoint
from .._values.errors import Failure


def run(decision: Any, runtime: Callable[[Endpoint], Any], spec: Mapping[str, Any]) -> None:
    """``spec`` is what AnsibleModule takes; ``runtime`` makes the verbs that ``decision`` uses."""
    module = AnsibleModule(supports_check_mode=True, **spec)
    try:
        verbs = runtime(_endpoint(module.params))
        outcome = reconcile(_as_decision(decision), verbs, module.params, dry_run=module.check_mode)
    except Failure as failure:
        error = {"kind": failure.kind, "call": failure.call, "code": failure.code}
        module.fail_json(msg=str(failure), error=error)
    module.exit_json(
        changed=outcome.changed,
        actions=list(outcome.actions),
        diff={"before": outcome.before, "after": outcome.after},
        **outcome.values,
    )


def _as_decision(decision: Any) -> Decision:
    """A file of ``_reconcile`` serves as a decision by the functions that it defines."""
    return decision  # type: ignore[no-any-return]


def _endpoint(params: Mapping[str, Any]) -> Endpoint:
    return Endpoint(params["address"], params["namespace"], float(params["timeout"]))
