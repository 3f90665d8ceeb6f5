# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of a container by real daemons: declared, the same again, another value, and no longer said.

Without a module's process for each step, since there are some hundred steps.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import container
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import Outcome, reconcile
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import ContainerRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.faults.stage import Stage
from ansible_collections.community.containerd.tests.lab import namespaces
from ansible_collections.community.containerd.tests.lab.world import Lab
from ansible_collections.community.containerd.tests.unit.fakes.params import (
    CONNECTION,
    DEFAULTS,
    REGISTRY,
    params,
)

MOUNT = {"source": None, "type": "bind", "options": None, "read_only": False, "propagation": None}
# Which container, what to do with it, and how to judge the others.
NOT_COMPARED = {"state", "comparisons", "recreate", "restart", *CONNECTION, *REGISTRY}
# These have tests of their own: an image and a root file system have to be there, a CDI device described.
ELSEWHERE = {"image", "rootfs", "cdi_devices", "log_driver"}


@dataclass(frozen=True)
class Row:
    """An option, a value of it, and another one."""

    option: str
    value: Any
    other: Any
    beside: dict[str, Any] = field(default_factory=dict)  # what it needs
    shown_as: str = ""  # in the diff, when that is not its name

    @property
    def is_in_place(self) -> bool:
        """Whether the container stays the one that it is."""
        return self.option.startswith(IN_PLACE)

    def __str__(self) -> str:
        return self.option


RESOURCES = ("memory", "cpu", "pids_limit", "blkio_weight")
IN_PLACE = ("labels", "stop_", "restart_", *RESOURCES)
ROWS = (
    Row("command", ["sleep", "1"], ["sleep", "2"]),
    Row("entrypoint", ["sleep"], ["true"], {"command": ["1"]}, shown_as="command"),
    Row("working_dir", "/www", "/"),
    Row("env", {"A": "1"}, {"A": "2"}),
    Row("env_file", ["@first"], ["@second"], shown_as="env"),
    Row("user", "1000:50", "33:33"),
    Row("groups", ["50"], ["33"]),
    Row("tty", True, False),
    Row("privileged", True, False),
    Row("hostname", "one", "two"),
    Row(
        "mounts", [{**MOUNT, "target": "/m", "type": "tmpfs"}], [{**MOUNT, "target": "/m", "source": "/srv"}]
    ),
    Row("volumes", ["/srv:/v:ro"], ["/srv:/v"]),
    Row("tmpfs", ["/t:size=1m"], ["/t:size=2m"]),
    Row("shm_size", "1m", "2m"),
    Row("read_only", True, False),
    Row("network_mode", "none", "host"),
    Row("dns_servers", ["192.0.2.1"], ["192.0.2.2"]),
    Row("dns_search_domains", ["a.example"], ["b.example"]),
    Row("dns_opts", ["ndots:1"], ["ndots:2"]),
    Row("etc_hosts", {"one": "192.0.2.1"}, {"one": "192.0.2.2"}),
    Row("labels", {"a": "1"}, {"a": "2"}),
    Row("annotations", {"a": "1"}, {"a": "2"}),
    Row("devices", ["/dev/null:/dev/a:r"], ["/dev/zero:/dev/a:r"]),
    Row("capabilities", ["NET_ADMIN"], ["SYS_TIME"]),
    Row("cap_drop", ["CHOWN"], ["KILL"]),
    Row("security_opts", ["seccomp=unconfined"], ["seccomp=builtin"]),
    Row("ulimits", ["nofile:10:20"], ["nofile:10:21"]),
    Row(
        "sysctls",
        {"net.ipv4.ip_unprivileged_port_start": "80"},
        {"net.ipv4.ip_unprivileged_port_start": "81"},
    ),
    Row("oom_score_adj", 5, 6),
    Row("memory", "32m", "33m"),
    Row("memory_reservation", "16m", "17m"),
    Row("memory_swap", "64m", "65m", {"memory": "32m"}),
    Row("cpu_shares", 512, 256),
    Row("cpu_period", 50000, 60000),
    Row("cpu_quota", 20000, 30000),
    Row("cpus", 0.5, 0.25),
    Row("cpuset_cpus", "0", "0-1"),
    Row("cpuset_mems", "0", "0-1"),
    Row("pids_limit", 100, 200),
    Row("blkio_weight", 100, 200),
    Row("cgroup_parent", "/one", "/two"),
    Row("runtime", "io.containerd.runc.v2", "io.containerd.other.v2"),
    Row("runtime_options", {"systemd_cgroup": True}, {"systemd_cgroup": False}),
    Row("snapshotter", "overlayfs", "native"),
    Row("log_options", {"path": "/run/a.log"}, {"path": "/run/b.log"}, {"log_driver": "file"}, "log_driver"),
    Row("restart_policy", "always", "no"),
    Row("restart_retries", 2, 3, {"restart_policy": "on-failure"}, "restart_policy"),
    Row("stop_signal", "INT", "QUIT"),
    Row("stop_timeout", 1, 2),
    Row("spec", {"process": {"oomScoreAdj": 7}}, {"process": {"oomScoreAdj": 8}}),
)


def test_every_option_is_tried() -> None:
    tried = {row.option for row in ROWS}
    assert tried | NOT_COMPARED | ELSEWHERE == set(DEFAULTS["ctr_container"])
    assert len(tried) == len(ROWS)


@pytest.fixture(scope="module")
def stage(lab: Lab) -> Iterator[Stage]:
    """The newest daemon, for what none has a say in."""
    daemon = lab.daemons[-1]
    namespace = f"{daemon.namespace}-options"
    try:
        yield Stage(lab, daemon, namespace)
    finally:
        namespaces.remove(daemon, namespace)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_option_is_declared_kept_changed_and_left_alone(stage: Stage, row: Row, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).write_text("NAME=%s\n" % name)
    verbs = ContainerRuntime(Endpoint(stage.daemon.address, stage.namespace, 30.0))

    def ensure(*, dry_run: bool = False, state: str = "present", **options: Any) -> Outcome:
        text = json.dumps({"image": stage.image, **options}).replace('"@', '"%s/' % tmp_path)
        wanted = params("ctr_container", name="web", state=state, **json.loads(text))
        return reconcile(container, verbs, wanted, dry_run=dry_run)

    said = {**row.beside, row.option: row.value}
    other = {**said, row.option: row.other}
    try:
        assert ensure(**said).changed
        assert not ensure(**said).changed
        assert not ensure().changed
        told, done = ensure(dry_run=True, **other), ensure(**other)
        assert told.changed and (told.before, told.after) == (done.before, done.after)
        assert isinstance(done.before, dict) and isinstance(done.after, dict)
        differ = [key for key, value in done.before.items() if done.after[key] != value]
        assert differ == [row.shown_as or row.option]
        assert any("anew" in action for action in done.actions) != row.is_in_place
        assert not ensure(**other).changed
    finally:
        ensure(state="absent")
