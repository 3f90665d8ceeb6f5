# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits change for the process first and then on record, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Failure,
    NotFound,
    Unreachable,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import (
    PAUSED,
    RUNNING,
    STOPPED,
    Store,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status

SPEC = {"process": {"args": ["x"]}, "linux": {"resources": {"pids": {"limit": 5}, "devices": []}}}
MEMORY = {"memory": {"limit": 1 << 20}}


@pytest.fixture
def verbs(fake: FakeContainerd, store: Store) -> ContainerRuntime:
    store.space().containers["web"] = {
        "id": "web",
        "image": "nginx",
        "labels": {"a": "b"},
        "runtime": {"name": "io.containerd.runc.v2"},
        "spec": {"value": json.dumps(SPEC).encode()},
        "snapshotter": "overlayfs",
        "snapshot_key": "web",
    }
    return ContainerRuntime(fake.endpoint())


def resources_of(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store.space().containers["web"]["spec"]["value"])["linux"]["resources"]
    return found


@pytest.mark.parametrize("status", [RUNNING, PAUSED])
def test_a_process_gets_its_limits_and_the_record_tells_them(
    store: Store, verbs: ContainerRuntime, status: int
) -> None:
    process = store.process("web", status=status)
    verbs.limit("web", MEMORY)
    assert process.resources == MEMORY
    assert resources_of(store) == {"pids": {"limit": 5}, "devices": [], **MEMORY}
    assert store.space().containers["web"]["labels"] == {"a": "b"}


@pytest.mark.parametrize("status", [STOPPED, None])
def test_without_a_process_the_record_is_enough(
    store: Store, verbs: ContainerRuntime, status: int | None
) -> None:
    if status is not None:
        store.process("web", status=status)
    verbs.limit("web", MEMORY)
    assert resources_of(store)["memory"] == MEMORY["memory"]


def test_what_the_kernel_refuses_is_not_recorded(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    store.process("web", status=RUNNING)
    fake.fail("tasks.Update", Status(2, "unable to set memory limit: device or resource busy"))
    with pytest.raises(Failure, match="limits of container web cannot change: .*busy; memory in use"):
        verbs.limit("web", MEMORY)
    assert "memory" not in resources_of(store)


def test_a_daemon_that_is_gone_is_named_as_such(
    fake: FakeContainerd, store: Store, verbs: ContainerRuntime
) -> None:
    store.process("web", status=RUNNING)
    fake.fail("tasks.Update", Status(14, "going away"))
    with pytest.raises(Unreachable):
        verbs.limit("web", MEMORY)
    assert "memory" not in resources_of(store)


def test_limits_need_a_container(store: Store, verbs: ContainerRuntime) -> None:
    with pytest.raises(NotFound, match="there is no container db"):
        verbs.limit("db", MEMORY)
