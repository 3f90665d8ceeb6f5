# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main loop of every module: options in, one decision, results or one error out.

Knows AnsibleModule; nothing of containerd. The only place that exits or fails.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import AnsibleModule

from .._reconcile.engine import reconcile
from .._values.endpoint import Endpoint, parse_endpoint
from .._values.errors import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._reconcile.decision import Decision


def run(
    decision: Decision,
    runtime: Callable[..., Any],
    spec: Mapping[str, Any],
    *ports: Callable[[AnsibleModule], Any],
) -> None:
    """``decision`` is a file of ``_reconcile``, ``runtime`` makes its verbs, ``spec`` is AnsibleModule's.

    ``ports`` make what the verbs need and only Ansible has; they are handed on behind the endpoint.
    """
    # What has been imported lives as long as the task; the collector need not look at it, least of all when Python
    # exits, where it would take it apart piece by piece.
    gc.freeze()
    module = AnsibleModule(supports_check_mode=True, **spec)
    try:
        verbs = runtime(_endpoint(module.params), *(port(module) for port in ports))
        outcome = reconcile(decision, verbs, module.params, dry_run=module.check_mode)
    except Failure as failure:
        error = {"kind": failure.kind, "call": failure.call, "code": failure.code}
        module.fail_json(msg=str(failure), error=error)
    values = dict(outcome.values)
    for sentence in values.pop("warnings", ()):
        module.warn(sentence)
    module.exit_json(
        changed=outcome.changed,
        actions=list(outcome.actions),
        diff={"before": outcome.before, "after": outcome.after},
        **values,
    )


def _endpoint(params: Mapping[str, Any]) -> Endpoint:
    return parse_endpoint(params["address"], params["namespace"], float(params["timeout"]))
