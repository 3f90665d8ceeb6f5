# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about a namespace: there with its labels, or not there.

Knows that only an empty one may go; never how one is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.labels import MAX_BYTES, fits
from .._values.namespace import Namespace, parse_name
from .._values.plan import Plan, Step
from .._values.value import Value
from .words import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .namespace_verbs import NamespaceVerbs


class DesiredNamespace(Value):
    state: str
    name: str
    labels: Mapping[str, str]  # an empty value means that there is no such label


class CurrentNamespace(Value):
    namespace: Namespace | None
    contents: Mapping[str, int]  # by kind; looked at only when the namespace is to go


def want(params: Mapping[str, Any]) -> DesiredNamespace:
    labels = texts(params, "labels") or {}
    for key, value in labels.items():
        if not fits(key, value):
            raise Refused(
                "label %.80r cannot be set" % key, "give it a name, and at most %d bytes in all" % MAX_BYTES
            )
    return DesiredNamespace(params["state"], parse_name(params["name"]), labels)


def read(verbs: NamespaceVerbs, desired: DesiredNamespace) -> CurrentNamespace:
    namespace = verbs.find(desired.name)
    is_to_go = namespace is not None and desired.state == "absent"
    return CurrentNamespace(namespace, verbs.contents(desired.name) if is_to_go else {})


def plan(desired: DesiredNamespace, current: CurrentNamespace) -> Plan:
    return _plan_absent(desired, current) if desired.state == "absent" else _plan_present(desired, current)


def _plan_absent(desired: DesiredNamespace, current: CurrentNamespace) -> Plan:
    if current.namespace is None:
        return Plan((), current)
    if current.contents:
        held = ", ".join("%s (%d)" % item for item in current.contents.items())
        raise Refused(
            "namespace %s is not removed, since it still holds %s" % (desired.name, held),
            "remove these first, with ctr_container and ctr_image, or with ctr_prune and images=all; "
            "blobs and snapshots then go with the next garbage collection",
        )
    says = "removed namespace %s" % desired.name
    return Plan((Step("delete", (desired.name,), (says,)),), CurrentNamespace(None, {}))


def _plan_present(desired: DesiredNamespace, current: CurrentNamespace) -> Plan:
    before = current.namespace.labels if current.namespace else {}
    changed = {key: value for key, value in desired.labels.items() if before.get(key, "") != value}
    merged = {**before, **changed}
    labels = {key: value for key, value in merged.items() if value or key not in changed}
    after = CurrentNamespace(Namespace(desired.name, labels), {})
    if current.namespace is None:
        says = "made namespace %s" % desired.name
        return Plan((Step("create", (desired.name, labels), (says,)),), after)
    if not changed:
        return Plan((), current)
    says = "set labels of namespace %s: %s" % (desired.name, ", ".join(sorted(changed)))
    return Plan((Step("set_labels", (desired.name, changed), (says,)),), after)


def view(desired: DesiredNamespace, state: CurrentNamespace) -> Mapping[str, Any]:
    return {desired.name: _facts(state.namespace)}


def _facts(namespace: Namespace | None) -> dict[str, Any]:
    if namespace is None:
        return {"state": "absent"}
    return {"state": "present", "labels": dict(namespace.labels)}


def report(desired: DesiredNamespace, state: CurrentNamespace, results: Sequence[Any]) -> Mapping[str, Any]:
    return {"namespace": {"name": desired.name, **_facts(state.namespace)}}
