# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading about the daemon: what works and what does not, in an order that does not change."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import info
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import reconcile
from ansible_collections.community.containerd.plugins.module_utils._values.daemon import (
    Deprecation,
    Plugin,
    Server,
)
from ansible_collections.community.containerd.tests.unit.fakes.params import params

SNAPSHOTTER = "io.containerd.snapshotter.v1"


def plugin(name: str, *, of: str = SNAPSHOTTER, error: str = "") -> Plugin:
    return Plugin(of, name, ("linux/amd64",), {"root": "/x"}, ("c",), error)


class DaemonWorld:
    """A daemon in memory."""

    def __init__(self, *plugins: Plugin) -> None:
        self.made = list(plugins)

    def release(self) -> tuple[str, str]:
        return "1.7.24", "88bf19b"

    def server(self) -> Server:
        return Server("u", 731, (Deprecation("a", "use b", "2026-11-24T03:11:52.000000000Z"),))

    def plugins(self) -> list[Plugin]:
        return self.made

    def namespaces(self) -> dict[str, dict[str, str]]:
        return {"moby": {}, "default": {"a": "1"}}


def told(*plugins: Plugin) -> dict[str, Any]:
    outcome = reconcile(info, DaemonWorld(*plugins), params("ctr_info"), dry_run=False)
    assert (outcome.changed, outcome.actions) == (False, ())
    return dict(outcome.values)


def test_the_daemon_is_told_of_with_its_deprecations() -> None:
    warning = {"id": "a", "message": "use b", "last_occurrence": "2026-11-24T03:11:52.000000000Z"}
    assert told()["daemon"] == {
        "version": "1.7.24",
        "revision": "88bf19b",
        "uuid": "u",
        "pid": 731,
        "deprecations": [warning],
    }


def test_deprecations_of_the_daemon_are_not_where_ansible_looks_for_those_of_the_module() -> None:
    assert not {"deprecations", "warnings"} & set(told())


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("", "ok"),
        ("no scratch file generator: skip plugin", "skip"),
        ("skip plugin: tracing endpoint not configured", "skip"),
        ("devmapper not configured", "error"),
    ],
)
def test_a_plugin_works_was_skipped_or_failed(error: str, status: str) -> None:
    (found,) = told(plugin("zfs", error=error))["plugins"]
    assert (found["status"], found["error"]) == (status, error)
    assert (found["platforms"], found["exports"]) == (["linux/amd64"], {"root": "/x"})


def test_plugins_and_namespaces_come_sorted_and_only_snapshotters_that_work_count() -> None:
    found = told(
        plugin("overlayfs"), plugin("native"), plugin("cri", of="a.grpc"), plugin("zfs", error="skip plugin")
    )
    assert [each["id"] for each in found["plugins"]] == ["cri", "native", "overlayfs", "zfs"]
    assert found["snapshotters"] == ["native", "overlayfs"]
    assert found["namespaces"] == [{"name": "default", "labels": {"a": "1"}}, {"name": "moby", "labels": {}}]
