# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that are killed while they make, start, remove or enter a container: the next run converges."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.faults.stage import Stage, command_line
from ansible_collections.community.containerd.tests.lab import packages
from ansible_collections.community.containerd.tests.lab.daemon import Daemon

# Of the time that the module takes when it is let go on: two for each version, what is left depends on neither.
POINTS = (0.35, 0.5, 0.6, 0.75, 0.85, 0.95)
# With these it has files of its own beside snapshot and record.
NAMES: dict[str, Any] = {"dns_servers": ["192.0.2.53"], "etc_hosts": {"db.example": "192.0.2.7"}}


@pytest.fixture
def no_fifos() -> Iterator[None]:
    """The private directories of ctr_exec that are new in a test are gone at its end."""
    before = inventory.fifo_directories()
    yield
    modules.wait_until(lambda: inventory.fifo_directories() <= before, "no directory of ctr_exec is left")


def points(daemon: Daemon) -> tuple[float, ...]:
    return POINTS[packages.VERSIONS.index(daemon.version) :: len(packages.VERSIONS)]


@pytest.mark.parametrize("state", ["present", "started"])
def test_a_container_that_was_killed_in_the_making_is_made(stage: Stage, state: str) -> None:
    whole_s = stage.time("ctr_container", **stage.options(state=state, **NAMES))
    stage.removes_all()
    for share in points(stage.daemon):
        stage.kill("ctr_container", whole_s * share, **stage.options(state=state, **NAMES))
        done = stage.run("ctr_container", **stage.options(state=state, **NAMES))
        assert done["container"]["state"] == "present", share
        if state == "started":
            assert done["container"]["task"]["status"] == "running", share
        assert not modules.run(
            "ctr_container", stage.daemon, stage.namespace, **stage.options(state=state, **NAMES)
        ).changed
        stage.removes_all()


def test_a_container_whose_removal_was_killed_can_be_removed_or_made_again(stage: Stage) -> None:
    stage.run("ctr_container", **stage.options(**NAMES))
    whole_s = stage.time("ctr_container", name="web", state="absent", stop_timeout=0)
    for share in points(stage.daemon):
        for is_made_again in (False, True):
            stage.run("ctr_container", **stage.options(**NAMES))
            stage.kill("ctr_container", whole_s * share, name="web", state="absent", stop_timeout=0)
            if is_made_again:
                done = stage.run("ctr_container", **stage.options(**NAMES))
                assert done["container"]["task"]["status"] == "running", share
            stage.removes_all()


def test_a_container_that_was_killed_while_made_anew_is_the_old_one_or_the_new(stage: Stage) -> None:
    old, new = (stage.options(env={"MADE": made}, **NAMES) for made in ("old", "new"))
    stage.run("ctr_container", **old)
    whole_s = stage.time("ctr_container", **new)
    stage.removes_all()
    for share in points(stage.daemon):
        stage.run("ctr_container", **old)
        stage.kill("ctr_container", whole_s * share, **new)
        done = stage.run("ctr_container", **new)
        assert done["container"]["task"]["status"] == "running", share
        assert "MADE=new" in done["container"]["spec"]["process"]["env"], share
        assert not modules.run("ctr_container", stage.daemon, stage.namespace, **new).changed
        stage.removes_all()


def test_a_snapshot_left_by_a_killed_run_is_in_nobodys_way(stage: Stage) -> None:
    """The moment between the snapshot and the record, as it is after the death of its maker."""
    stage.run("ctr_container", **stage.options(state="present"))
    daemon, namespace = stage.daemon, stage.namespace
    here = os.readlink("/proc/self/ns/pid")
    dead = f"community.containerd/owner=00000000-0000-0000-0000-000000000000 {here} 1 1"
    daemon.ctr("leases", "create", "--id", "dead", "--expires", "24h", dead, namespace=namespace)
    daemon.ctr("containers", "delete", "--keep-snapshot", "web", namespace=namespace)
    stage.run("ctr_container", **stage.options(state="present", recreate=True))
    assert "dead" not in daemon.ctr("leases", "list", "--quiet", namespace=namespace).split()
    stage.removes_all()


def test_a_command_whose_module_was_killed_leaves_no_directory(stage: Stage, no_fifos: None) -> None:
    stage.run("ctr_container", **stage.options())
    entering = {"container": "web", "argv": ["sleep", "900"]}
    with modules.running("ctr_exec", stage.daemon, stage.namespace, **entering) as process:
        modules.wait_until(lambda: _is_running(stage, "900"), "the command runs")
        time.sleep(0.3)
        process.kill()
    assert stage.run("ctr_exec", container="web", argv=["echo", "hello"])["stdout"] == "hello"
    stage.removes_all()


def test_directories_of_commands_whose_module_was_killed_are_swept(stage: Stage, no_fifos: None) -> None:
    stage.run("ctr_container", **stage.options())
    entering: dict[str, Any] = {"container": "web", "argv": ["echo", "hello"]}
    whole_s = stage.time("ctr_exec", **entering)
    for share in points(stage.daemon):
        stage.kill("ctr_exec", whole_s * share, **entering)
    # A shim whose client died before it opened the fifos waits 30 seconds for them, and 1.6 then knows no state:
    # the next command waits for as long.
    assert stage.run("ctr_exec", **entering)["stdout"] == "hello"
    stage.removes_all()


def _is_running(stage: Stage, argument: str) -> bool:
    pids = stage.daemon.ctr("tasks", "ps", "web", namespace=stage.namespace).split()
    return any(argument in command_line(int(pid)) for pid in pids if pid.isdecimal())


def test_a_command_that_outlives_its_timeout_is_killed(stage: Stage, no_fifos: None) -> None:
    stage.run("ctr_container", **stage.options())
    slow = modules.run(
        "ctr_exec", stage.daemon, stage.namespace, container="web", argv=["sleep", "901"], exec_timeout=1
    )
    modules.complaint(slow, "timed_out")
    assert not _is_running(stage, "901")
    stage.removes_all()


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"image": None}, "refused", "no image is named"),
        ({"command": ["/no/such/program"]}, "failed", "no such file"),
        ({"user": "nobody-knows-him"}, "not_found", "nobody-knows-him"),
        ({"working_dir": "relative"}, "refused", "working_dir"),
        ({"runtime": "io.containerd.nosuch.v9"}, "failed", "nosuch"),
        ({"snapshotter": "nosuch"}, "refused", "nosuch"),
        ({"mounts": [{"target": "/x", "source": "/no/such/directory"}]}, "failed", "/no/such/directory"),
        ({"network_mode": "ns:/no/such/namespace"}, "failed", "/no/such/namespace"),
        ({"name": "no good name"}, "refused", "no good name"),
        ({"labels": {"long": "x" * 5000}}, "refused", "long"),
        ({"command": "sh -c 'unbalanced"}, "refused", "command"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_container_that_cannot_be_is_refused_and_leaves_nothing(
    stage: Stage, options: dict[str, Any], kind: str, words: str
) -> None:
    wanted = stage.options(**options)
    result = modules.run("ctr_container", stage.daemon, stage.namespace, **wanted)
    message = modules.complaint(result, kind)
    assert words in message
    left = inventory.take(stage.daemon, stage.namespace)
    assert not left.tasks and not left.leases
    if left.containers:  # what cannot start is declared all the same, as the task said
        assert kind == "failed"
        stage.run("ctr_container", name=wanted["name"], state="absent")
        left = inventory.take(stage.daemon, stage.namespace)
    assert left == stage.bare
    modules.wait_until(lambda: not stage.shims(), "no shim is left")


@pytest.mark.parametrize("module", ["ctr_task", "ctr_exec"])
def test_a_container_that_is_not_there(stage: Stage, module: str) -> None:
    more = {"argv": ["true"]} if module == "ctr_exec" else {}
    result = modules.run(module, stage.daemon, stage.namespace, container="nowhere", **more)
    assert "nowhere" in modules.complaint(result, "not_found")
    result = modules.run(module, stage.daemon, stage.namespace + "-x", container="nowhere", **more)
    assert stage.namespace in modules.complaint(result, "not_found"), (
        "the namespaces that exist are not named"
    )
    assert inventory.take(stage.daemon, stage.namespace) == stage.bare


def test_a_process_that_cannot_be_entered_is_refused(stage: Stage, no_fifos: None) -> None:
    stage.run("ctr_container", **stage.options(state="present"))
    entering: dict[str, Any] = {"container": "web", "argv": ["/no/such/program"]}
    modules.complaint(modules.run("ctr_exec", stage.daemon, stage.namespace, **entering), "refused")
    stage.run("ctr_task", container="web")
    message = modules.complaint(modules.run("ctr_exec", stage.daemon, stage.namespace, **entering), "refused")
    assert "/no/such/program" in message
    stage.removes_all()


def test_an_image_in_use_is_not_removed(stage: Stage) -> None:
    stage.run("ctr_container", **stage.options(state="present"))
    result = modules.run("ctr_image", stage.daemon, stage.namespace, name=stage.image, state="absent")
    assert "web" in modules.complaint(result, "refused")
    stage.removes_all()
