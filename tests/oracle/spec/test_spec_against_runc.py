# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our specs and exec processes run by runc itself: it takes them, and the process is what was asked for."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.host import read_host
from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.process import exec_process
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Identity,
    Mount,
    SpecWish,
)
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.packages import program

ROOT = Identity(0, 0, (0, 10))
Runc = Callable[..., str]


@pytest.fixture
def runc(daemon: Daemon, tmp_path: Path) -> Runc:
    """Run runc; what it prints comes back, through a file: a detached container would hold a pipe open."""

    def call(*arguments: str) -> str:
        argv = [str(daemon.bin / "runc"), "--root", str(tmp_path / "state"), *arguments]
        output = tmp_path / "output"
        with output.open("w") as file:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, timeout=60, check=False
            )
        assert done.returncode == 0, output.read_text()
        return output.read_text()

    return call


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    binary = tmp_path / "rootfs" / "bin" / "busybox"
    binary.parent.mkdir(parents=True)
    shutil.copy(program("busybox"), binary)
    binary.chmod(0o755)
    return tmp_path


def shell(script: str) -> tuple[str, ...]:
    return ("/bin/busybox", "sh", "-c", script)


def spec_of(wish: SpecWish, identity: Identity, daemon: Daemon) -> tuple[str, dict[str, Any]]:
    """In the daemon's namespace, because the lab removes the cgroups of that in the end."""
    name = "runc-" + uuid.uuid4().hex[:12]
    return name, build_spec(
        wish, {}, identity, namespace=daemon.namespace, container_id=name, host=read_host()
    )


CASES: dict[str, tuple[SpecWish, Identity, str]] = {
    "nothing": (SpecWish(command=shell("echo $PATH; busybox pwd; busybox id")), ROOT, "groups=0,10"),
    "env": (SpecWish(command=shell('echo "$A"'), env={"A": "x  y=z"}), ROOT, "x  y=z"),
    "cwd": (SpecWish(command=shell("pwd"), working_dir="/bin"), ROOT, "/bin"),
    "user": (SpecWish(command=shell("/bin/busybox id")), Identity(7, 8, (8, 9)), "uid=7 gid=8 groups=8,9"),
    "hostname": (SpecWish(command=shell("/bin/busybox hostname"), hostname="web1"), ROOT, "web1"),
    "read-only": (
        SpecWish(command=shell("echo x > /file || echo refused"), read_only=True),
        ROOT,
        "refused",
    ),
    "tmpfs": (
        SpecWish(
            command=shell("/bin/busybox grep ' /cache ' /proc/mounts"),
            mounts=(Mount("/cache", "tmpfs", "", ("size=1m",)),),
        ),
        ROOT,
        "tmpfs /cache tmpfs rw,relatime,size=1024k",
    ),
    "bind": (
        SpecWish(
            command=shell("/bin/busybox grep -c ' /data ' /proc/mounts"),
            mounts=(Mount("/data", "bind", "/etc", ("ro",)),),
        ),
        ROOT,
        "1",
    ),
    "empty-network": (
        SpecWish(command=shell("/bin/busybox grep -c : /proc/net/dev")),
        ROOT,
        "1",
    ),
    "host-network": (
        SpecWish(command=shell("echo $HOSTNAME; echo x > /etc/hosts || echo refused"), network_mode="host"),
        ROOT,
        "refused",
    ),
    "privileged": (
        SpecWish(command=shell("test -c /dev/loop-control && echo device"), privileged=True),
        ROOT,
        "device",
    ),
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_runc_runs_what_was_asked_for(case: str, bundle: Path, runc: Runc, daemon: Daemon) -> None:
    wish, identity, expected = CASES[case]
    container_id, spec = spec_of(wish, identity, daemon)
    (bundle / "config.json").write_text(json.dumps(spec))
    assert expected in runc("run", "--bundle", str(bundle), container_id)


@pytest.fixture
def running(runc: Runc, bundle: Path, daemon: Daemon) -> Iterator[tuple[str, dict[str, Any]]]:
    wish = SpecWish(command=("/bin/busybox", "sleep", "60"), env={"A": "1"}, working_dir="/bin")
    container_id, spec = spec_of(wish, Identity(7, 8, (8, 9)), daemon)
    (bundle / "config.json").write_text(json.dumps(spec))
    runc("run", "--detach", "--bundle", str(bundle), container_id)
    yield container_id, spec
    runc("delete", "--force", container_id)


def exec_(runc: Runc, bundle: Path, container_id: str, process: dict[str, Any]) -> str:
    (bundle / "process.json").write_text(json.dumps(process))
    return runc("exec", "--process", str(bundle / "process.json"), container_id)


def test_an_exec_is_akin_to_the_containers_process(bundle: Path, runc: Runc, running: Any) -> None:
    container_id, spec = running
    script = "echo $A; pwd; /bin/busybox id; /bin/busybox grep NoNewPrivs /proc/self/status"
    output = exec_(runc, bundle, container_id, exec_process(spec, argv=shell(script)))
    assert output.split("\n")[:4] == ["1", "/bin", "uid=7 gid=8 groups=8,9", "NoNewPrivs:\t1"]


def test_an_exec_takes_what_it_is_told(bundle: Path, runc: Runc, running: Any) -> None:
    container_id, spec = running
    script = "echo $A $B; pwd; /bin/busybox id"
    process = exec_process(spec, argv=shell(script), cwd="/", env={"A": "2", "B": "3"}, identity=ROOT)
    output = exec_(runc, bundle, container_id, process)
    assert output.split("\n")[:3] == ["2 3", "/", "uid=0 gid=0 groups=0,10"]
