# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers in quantity: many of them, much output, other runtimes, and daemons that come and go meanwhile."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import container
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import reconcile
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import ContainerRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.faults.stage import Stage
from ansible_collections.community.containerd.tests.lab import packages
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.world import Lab
from ansible_collections.community.containerd.tests.unit.fakes.params import params

MIB = 1 << 20
CROWD = 20
# A pipe and a terminal take 64 KiB each before they make a writer wait. A terminal is slow.
FLOOD_BYTES = {"none": 32 * MIB, "file": 32 * MIB, "binary": 32 * MIB, "terminal": MIB // 2}
# What containerd starts for log_driver=binary: the streams are 3 and 4, and to close 5 says that it is ready.
READER = """#!/bin/sh
exec 5>&-
cat <&3 >>"$2" &
cat <&4 >>"$2" &
wait
"""
DRAIN_S = 10  # for as long containerd waits for output that nobody reads
MONITOR_S = 10  # how often its restart monitor looks


def test_a_command_takes_and_gives_a_hundred_mib_whole(
    lab: Lab, newest: Daemon, newest_namespace: str
) -> None:
    stage = Stage(lab, newest, newest_namespace)
    stage.run("ctr_container", **stage.options())
    text = "".join("%015d\n" % number for number in range(100 * MIB // 16))
    entering = {"container": "web", "argv": ["cat"], "stdin": text, "stdin_add_newline": False}
    result = modules.done(modules.run("ctr_exec", newest, newest_namespace, **entering))
    assert result["stdout"] == text[:-1]
    # Options and result go through JSON, which takes several copies of either; a list of lines would take ten more.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1600 * 1024
    stage.removes_all()


@pytest.mark.parametrize("way", FLOOD_BYTES)
def test_a_process_that_floods_its_output_never_waits(stage: Stage, way: str, tmp_path: Path) -> None:
    log, reader = tmp_path / "log", tmp_path / "reader"
    reader.write_text(READER)
    reader.chmod(0o755)
    how: dict[str, Any] = {
        "none": {"log_driver": "none"},
        "file": {"log_driver": "file", "log_options": {"path": str(log)}},
        "binary": {
            "log_driver": "binary",
            "log_options": {"path": str(reader), "args": {"--to": str(log)}},
        },
        "terminal": {"tty": True},
    }
    size = FLOOD_BYTES[way]
    flood = "yes | head -c %d; touch /done; while usleep 50000; do echo; done" % size
    stage.run("ctr_container", **stage.options(command=["sh", "-c", flood], **how[way]))
    modules.wait_until(lambda: _has(stage, "/done"), "all is said")
    if way == "file":
        modules.wait_until(lambda: log.stat().st_size > size, "all is in the file")
        os.truncate(log, 0)  # as logrotate does with copytruncate
        modules.wait_until(lambda: log.stat().st_size, "it is written to again")
        assert set(log.read_bytes()) == {ord("\n")}, "a hole is left where the old lines were"
    if way == "binary":
        modules.wait_until(lambda: log.stat().st_size > size, "the program got all of it")
    stage.removes_all()


def test_a_process_that_floods_its_output_is_removed_in_time(stage: Stage) -> None:
    stage.run("ctr_container", **stage.options(command=["yes"], stop_timeout=1))
    assert stage.time("ctr_container", name="web", state="absent") < DRAIN_S
    stage.removes_all()


def _has(stage: Stage, path: str) -> bool:
    return not stage.run("ctr_exec", container="web", argv=["true"], creates=path)["changed"]


def test_a_crowd_comes_and_goes_without_a_trace(stage: Stage) -> None:
    """Without a process for each task, which would take nine tenths of the time."""
    runtime = ContainerRuntime(Endpoint(stage.daemon.address, stage.namespace, 60.0))
    names = ["web-%d" % number for number in range(CROWD)]

    def ensure(state: str) -> None:
        for name in names:
            wanted = params("ctr_container", **stage.options(name=name, state=state))
            assert reconcile(container, runtime, wanted, dry_run=False).changed

    ensure("started")
    listed = stage.run("ctr_container_info", spec=False)["containers"]
    assert {each["id"]: each["task"]["status"] for each in listed} == dict.fromkeys(names, "running")
    ensure("stopped")
    ensure("absent")
    stage.removes_all()
    assert not inventory.control_groups(stage.namespace)


def test_another_runtime_and_another_snapshotter_do_the_same(stage: Stage, tmp_path: Path) -> None:
    wanted = stage.options(
        runtime_options={"binary_name": str(_crun(tmp_path))},
        snapshotter="native",
        command=["sh", "-c", "trap 'exit 7' TERM; sleep 1000 & wait"],
        stop_timeout=10,
    )
    made = stage.run("ctr_container", **wanted)
    assert (made["container"]["snapshotter"], made["container"]["task"]["status"]) == ("native", "running")
    assert not stage.run("ctr_container", **wanted)["changed"]
    entering = {"container": "web", "argv": ["sh", "-c", "id -u; cat"], "stdin": "said", "user": "app"}
    assert stage.run("ctr_exec", **entering)["stdout"] == "1000\nsaid"
    assert stage.run("ctr_task", name="web", state="paused")["task"]["status"] == "paused"
    assert stage.run("ctr_task", name="web", state="started")["task"]["status"] == "running"
    assert stage.run("ctr_task", name="web", state="stopped")["exit_code"] == 7
    stage.run("ctr_container", name="web", state="absent")
    left = inventory.take(stage.daemon, stage.namespace)
    assert not (left.containers or left.tasks or left.leases)
    modules.wait_until(lambda: not stage.shims(), "no shim is left")


def _crun(place: Path) -> Path:
    """One that is unpacked and not installed, so it has to be told where its library is.

    It wants cgroups of either version and not of both, so it does not see those that a host has beside version 1.
    """
    trees = packages.unpacked("crun", "libyajl2")
    (library,) = trees["libyajl2"].glob("usr/lib/*/libyajl.so.2")
    program = place / "crun"
    program.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH={library.parent}\n"
        "exec unshare --mount sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec \"$@\"' sh "
        f'{trees["crun"]}/usr/bin/crun "$@"\n'
    )
    program.chmod(0o755)
    return program


def test_policies_outlive_the_daemon(lab: Lab, private_daemon: Callable[..., Daemon]) -> None:
    """On every version at once, since containerd takes its time to look."""
    stages = []
    for each in lab.daemons:
        daemon = private_daemon(each.version)
        stage = Stage(lab, daemon, daemon.namespace)
        # The monitor goes by their names: it has seen the first when it starts the last.
        for name in ("a-stopped", "b-running", "c-killed"):
            stage.run("ctr_container", **stage.options(name=name, restart_policy="always"))
        stage.run("ctr_task", name="a-stopped", state="stopped", stop_timeout=0)
        stages.append((stage, _tasks(stage)))
    for stage, before in stages:
        stage.daemon.stop()
        _end(before["c-killed"]["pid"])
        stage.daemon.start()
    for stage, before in stages:
        modules.wait_until(
            lambda stage=stage: _tasks(stage)["c-killed"]["status"] == "running",
            "the monitor has looked",
            timeout_s=4 * MONITOR_S,
        )
        after = _tasks(stage)
        assert after["c-killed"]["pid"] != before["c-killed"]["pid"]
        assert after["b-running"] == before["b-running"]
        assert after["a-stopped"]["status"] != "running"


def _tasks(stage: Stage) -> dict[str, dict[str, Any]]:
    return {each["id"]: each["task"] for each in stage.run("ctr_container_info", spec=False)["containers"]}


def _end(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    modules.wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the process is gone")
