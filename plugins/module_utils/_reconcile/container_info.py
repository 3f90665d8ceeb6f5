# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read about containers: what is declared and what runs. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.plan import Plan
from .._values.value import Value
from .facts import container_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.container import Container
    from .._values.task import Task
    from .verbs import ListingVerbs


class DesiredReading(Value):
    names: tuple[str, ...] | None  # None: all
    with_spec: bool


class Found(Value):
    containers: list[Container]
    tasks: Mapping[str, Task]  # by container


def want(params: Mapping[str, Any]) -> DesiredReading:
    names = params["name"]
    return DesiredReading(None if names is None else tuple(names), params["spec"])


def read(verbs: ListingVerbs, desired: DesiredReading) -> Found:
    containers = verbs.containers(desired.names)
    return Found(containers, verbs.tasks() if containers else {})


def plan(desired: DesiredReading, current: Found) -> Plan:
    return Plan((), current)


def view(desired: DesiredReading, state: Found) -> Mapping[str, Any]:
    return {}


def report(desired: DesiredReading, state: Found, results: Sequence[Any]) -> Mapping[str, Any]:
    found = [container_facts(record, state.tasks.get(record.id)) for record in state.containers]
    if not desired.with_spec:
        for facts in found:
            del facts["spec"]
    return {"containers": found}
