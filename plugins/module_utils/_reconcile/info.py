# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read about the daemon: what it is, whether its parts work, what it holds. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.daemon import SNAPSHOTTER
from .._values.plan import Plan
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.daemon import Plugin, Server
    from .daemon_verbs import DaemonVerbs


class Found(Value):
    version: str
    revision: str
    server: Server
    plugins: list[Plugin]
    namespaces: Mapping[str, Mapping[str, str]]


def want(params: Mapping[str, Any]) -> None:
    return None


def read(verbs: DaemonVerbs, desired: None) -> Found:
    version, revision = verbs.release()
    return Found(version, revision, verbs.server(), verbs.plugins(), verbs.namespaces())


def plan(desired: None, current: Found) -> Plan:
    return Plan((), current)


def view(desired: None, state: Found) -> Mapping[str, Any]:
    return {}


def report(desired: None, state: Found, results: Sequence[Any]) -> Mapping[str, Any]:
    plugins = sorted(state.plugins, key=lambda plugin: (plugin.type, plugin.id))
    return {
        "daemon": _daemon_facts(state),
        "plugins": [_plugin_facts(plugin) for plugin in plugins],
        "snapshotters": [each.id for each in plugins if each.type == SNAPSHOTTER and not each.error],
        "namespaces": [
            {"name": name, "labels": dict(labels)} for name, labels in sorted(state.namespaces.items())
        ],
    }


def _daemon_facts(state: Found) -> dict[str, Any]:
    # Not at the top of the results, where Ansible would take "deprecations" for those of the module.
    return {
        "version": state.version,
        "revision": state.revision,
        "uuid": state.server.uuid,
        "pid": state.server.pid,
        "deprecations": [
            {"id": each.id, "message": each.message, "last_occurrence": each.last_occurrence}
            for each in state.server.deprecations
        ],
    }


def _plugin_facts(plugin: Plugin) -> dict[str, Any]:
    return {
        "type": plugin.type,
        "id": plugin.id,
        "status": _status(plugin),
        "error": plugin.error,
        "platforms": list(plugin.platforms),
        "exports": dict(plugin.exports),
        "capabilities": list(plugin.capabilities),
    }


def _status(plugin: Plugin) -> str:
    if not plugin.error:
        return "ok"
    return "skip" if plugin.is_skipped else "error"
