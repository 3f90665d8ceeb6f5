# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read about tasks: what runs, which processes it is, and what it uses. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.plan import Plan
from .._values.value import Value
from .facts import task_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.metrics import Metrics, RunningProcess
    from .._values.task import Task
    from .task_listing_verbs import TaskListingVerbs


class DesiredReading(Value):
    names: tuple[str, ...] | None  # None: all
    with_metrics: bool
    with_processes: bool


class Found(Value):
    tasks: list[Task]
    restarts: Mapping[str, int]  # this and the others by container
    metrics: Mapping[str, Metrics]
    processes: Mapping[str, list[RunningProcess]]


def want(params: Mapping[str, Any]) -> DesiredReading:
    names = params["name"]
    return DesiredReading(
        None if names is None else tuple(dict.fromkeys(names)), params["metrics"], params["processes"]
    )


def read(verbs: TaskListingVerbs, desired: DesiredReading) -> Found:
    by_container = verbs.tasks()
    names = sorted(by_container) if desired.names is None else desired.names
    tasks = [by_container[name] for name in names if name in by_container]
    if not tasks:
        return Found([], {}, {}, {})
    # Only names that the daemon told go into its filter.
    asked = None if desired.names is None else [task.container_id for task in tasks]
    alive = [task.container_id for task in tasks if task.is_alive]
    return Found(
        tasks,
        verbs.restart_counts(),
        verbs.metrics(asked) if desired.with_metrics else {},
        {name: verbs.processes(name) for name in alive} if desired.with_processes else {},
    )


def plan(desired: DesiredReading, current: Found) -> Plan:
    return Plan((), current)


def view(desired: DesiredReading, state: Found) -> Mapping[str, Any]:
    return {}


def report(desired: DesiredReading, state: Found, results: Sequence[Any]) -> Mapping[str, Any]:
    return {"tasks": [_facts(desired, state, task) for task in state.tasks]}


def _facts(desired: DesiredReading, state: Found, task: Task) -> dict[str, Any]:
    name = task.container_id
    facts = {"container": name, **task_facts(task), "restart_count": state.restarts.get(name, 0)}
    if desired.with_processes:
        facts["processes"] = [dict(vars(process)) for process in state.processes.get(name, ())]
    if desired.with_metrics:
        facts["metrics"] = _metrics_facts(state.metrics.get(name))
    return facts


def _metrics_facts(metrics: Metrics | None) -> dict[str, Any] | None:
    if metrics is None:
        return None
    return {
        "cgroup": metrics.cgroup,
        "read_at": metrics.read_at,
        "cpu": dict(vars(metrics.cpu)),
        "memory": dict(vars(metrics.memory)),
        "pids": dict(vars(metrics.pids)),
        "io": [dict(vars(device)) for device in metrics.io],
    }
