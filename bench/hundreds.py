# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two hundred containers, each step of their lives a play of one task in a loop; at the end no trace of them.

Must never know who wins.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import BenchError
from tasks import HOST_PYTHON

from ansible_collections.community.containerd.tests.faults import inventory
from ansible_collections.community.containerd.tests.faults.stage import Stage
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.namespaces import remove
from ansible_collections.community.containerd.tests.lab.world import Lab

ROOT = Path(__file__).resolve().parents[1]  # where ansible.cfg lies
CONTAINERS = 200
NAMES = [f"web-{number}" for number in range(CONTAINERS)]
CONTAINER = "community.containerd.ctr_container"
MADE = {"command": ["sleep", "100000"], "stop_timeout": 0}


@dataclass(frozen=True)
class Hundreds:
    stage: Stage
    folder: Path

    @classmethod
    @contextmanager
    def up(cls, lab: Lab, daemon: Daemon, folder: Path) -> Iterator[Hundreds]:
        """In a namespace of its own, which is gone afterwards."""
        namespace = f"bench-{os.getpid()}"
        try:
            yield cls(Stage(lab, daemon, namespace), folder)
        finally:
            remove(daemon, namespace)

    def lives(self) -> dict[str, float]:
        """Seconds of each step for all of them, and of a ping as often; a step that fails or leaves a trace ends it."""
        took = {"ping": self._play("ping", "ansible.builtin.ping", {}, changed=False)}
        made = {**MADE, "image": self.stage.image}
        took["started"] = self._play("started", CONTAINER, {**made, "state": "started"}, changed=True)
        took["listed"] = self._list()
        took["stopped"] = self._play("stopped", CONTAINER, {"state": "stopped"}, changed=True)
        took["removed"] = self._play("removed", CONTAINER, {"state": "absent"}, changed=True)
        if trace := self._trace():
            raise BenchError(f"containers that were removed left {trace}")
        return took

    def _trace(self) -> dict[str, object]:
        """What is left of them: shims, mounts, control groups, and what the namespace holds."""
        daemon, namespace = self.stage.daemon, self.stage.namespace
        left = {
            "shims": self.stage.shims(),
            "mounts": inventory.mounts_below(daemon.state / "io.containerd.runtime.v2.task" / namespace),
            "control groups": inventory.control_groups(namespace),
            **inventory.take(daemon, namespace).beyond(self.stage.bare),
        }
        return {kind: what for kind, what in left.items() if what}

    def _list(self) -> float:
        began = time.perf_counter()
        listed = self.stage.run("ctr_container_info", spec=False)["containers"]
        if {each["id"]: each["task"]["status"] for each in listed} != dict.fromkeys(NAMES, "running"):
            raise BenchError(f"not all of {CONTAINERS} containers are running")
        return time.perf_counter() - began

    def _play(self, name: str, module: str, args: dict[str, Any], *, changed: bool) -> float:
        where = {"address": self.stage.daemon.address, "namespace": self.stage.namespace}
        task = {
            "name": name,
            module: {"name": "{{ item }}", **args} if args else {},
            "loop": NAMES,
            "module_defaults": {"group/community.containerd.ctr": where},
            "register": "ran",
            "failed_when": f"ran is {'not ' if changed else ''}changed",
        }
        play = {"name": name, "hosts": "localhost", "gather_facts": False, "tasks": [task]}
        path = self.folder / f"{name}.yml"
        path.write_text(json.dumps([play]), encoding="utf-8")
        options = ["--connection", "local", "--extra-vars", f"ansible_python_interpreter={HOST_PYTHON}"]
        began = time.perf_counter()
        done = subprocess.run(
            ["ansible-playbook", str(path), *options],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"the play {name} ended with {done.returncode}: {done.stdout[-3000:]}")
        return time.perf_counter() - began
