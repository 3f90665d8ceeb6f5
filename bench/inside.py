# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays of small tasks inside a container, through our connection and through the two of community.docker.

The containers are alike: busybox, with this machine's userland beside it, and a shell that counts how often it is
started. Must never know who wins.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from measure import Contestant
from tasks import run_tool

from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.docker import Docker, running
from ansible_collections.community.containerd.tests.lab.registries import Registry

ROOT = Path(__file__).resolve().parents[1]
NAMESPACE, CONTAINER = "bench-inside", "bench"
TASKS = 10
OURS, API, CLI = "community.containerd.ctr", "community.docker.docker_api", "community.docker.docker"
USERLAND = ("/usr", "/lib", "/lib64")
# The shell that Ansible starts within the shell of a command is no command of its own.
COUNTING = """\
printf '%s\\n' '#!/bin/sh' '[ "$COUNTED" ] || echo >>/count' 'export COUNTED=1' 'exec /bin/sh "$@"' >/bin/counting
chmod 755 /bin/counting
"""


@dataclass(frozen=True)
class Inside:
    """A container of containerd, and one of docker over the same containerd."""

    daemon: Daemon
    docker: Docker
    image: str
    folder: Path

    @classmethod
    @contextmanager
    def up(cls, daemon: Daemon, registry: Registry, folder: Path, sockets: Path) -> Iterator[Inside]:
        """Both containers run; they are gone afterwards. The path of ``sockets`` must be short."""
        with running(daemon, sockets) as docker:
            inside = cls(daemon, docker, f"{registry.host}/busybox:1", folder)
            try:
                inside._run_containers(registry)
                inside._write_plays()
                yield inside
            finally:
                docker.docker("rm", "--force", CONTAINER)
                daemon.ctr("tasks", "rm", "--force", CONTAINER, namespace=NAMESPACE)
                daemon.ctr("containers", "rm", CONTAINER, namespace=NAMESPACE)
                daemon.ctr("images", "rm", "--sync", inside.image, namespace=NAMESPACE)

    def contestants(self) -> Iterator[Contestant]:
        """For each connection a play of one task, and one of more: the difference is what tasks take."""
        for connection in (OURS, API, CLI):
            for tasks in (1, 1 + TASKS):
                yield Contestant(f"{connection} {tasks}", [self._command(connection, tasks)], "unreachable=0")

    def commands_of_a_task(self, connection: str) -> float:
        """How often a shell is started inside, for each task of a play."""
        for place in (self._in_ours, self._in_theirs):
            place("rm -f /count")
        subprocess.run(self._command(connection, 1 + TASKS), check=True, stdout=subprocess.DEVNULL)
        place = self._in_ours if connection == OURS else self._in_theirs
        return len(place("cat /count").splitlines()) / (1 + TASKS)

    def _command(self, connection: str, tasks: int) -> list[str]:
        foreign = run_tool(ROOT / "tests/tools/foreign_collection.py", "community.docker").strip()
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": f"{ROOT}/.dev:{foreign}",
            "ANSIBLE_PIPELINING": "true",
            "ANSIBLE_EXECUTABLE": "/bin/counting",
            "DOCKER_HOST": self.docker.address,
            "PATH": f"{self.docker.tree}/usr/bin:{os.environ['PATH']}",
        }
        options = ["--inventory", str(self.folder / "inside.json"), "--connection", connection]
        play = str(self.folder / f"inside-{tasks}.yml")
        return ["env", *(f"{k}={v}" for k, v in environment.items()), "ansible-playbook", *options, play]

    def _run_containers(self, registry: Registry) -> None:
        self.daemon.ctr("images", "pull", *registry.ctr_flags(), self.image, namespace=NAMESPACE)
        mounts = [f"--mount=type=bind,src={path},dst={path},options=rbind:ro" for path in USERLAND]
        process = [self.image, CONTAINER, "sleep", "100000"]
        self.daemon.ctr("run", "--detach", *mounts, *process, namespace=NAMESPACE)
        volumes = [f"--volume={path}:{path}:ro" for path in USERLAND]
        detached = ["--detach", f"--name={CONTAINER}", "--network=none"]
        self.docker.docker("run", *detached, *volumes, self.image, "sleep", "100000")
        for place in (self._in_ours, self._in_theirs):
            place(COUNTING)

    def _in_ours(self, script: str) -> str:
        argv = ["--exec-id", "bench", CONTAINER, "sh", "-c", script]
        return self.daemon.ctr("tasks", "exec", *argv, namespace=NAMESPACE)

    def _in_theirs(self, script: str) -> str:
        return self.docker.docker("exec", CONTAINER, "sh", "-c", script)

    def _write_plays(self) -> None:
        variables = {
            "ansible_ctr_address": self.daemon.address,
            "ansible_ctr_namespace": NAMESPACE,
            "ansible_docker_docker_host": self.docker.address,
            "ansible_python_interpreter": "/usr/bin/python3",
        }
        self._write("inside.json", {"all": {"hosts": {CONTAINER: variables}}})
        task = {"name": "A small task", "ansible.builtin.ping": {}}
        for tasks in (1, 1 + TASKS):
            play = {"name": "Inside", "hosts": CONTAINER, "gather_facts": False, "tasks": [task] * tasks}
            self._write(f"inside-{tasks}.yml", [play])

    def _write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content), encoding="utf-8")
