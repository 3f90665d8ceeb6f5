# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that find everything as it should be, and what they are measured against.

Knows a world in which nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from measure import Contestant, in_turns
from tasks import Tasks, host_python_with_requests

from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.registries import Registry

NAMESPACE = "bench-settled"
CONTAINER = "bench"
SETTLED = '"changed": false'


@dataclass(frozen=True)
class Settled:
    """A namespace with an image, a container of it and its running task."""

    daemon: Daemon
    registry: Registry
    tasks: Tasks

    @contextmanager
    def prepared(self) -> Iterator[list[Contestant]]:
        """Everything that takes turns, once all is in place; taken away afterwards."""
        with_requests = host_python_with_requests()
        make = [
            Contestant(name, [self.tasks.command(f"community.containerd.{name}", args, python=with_requests)])
            for name, args in self._ours.items()
        ]
        in_turns(make, rounds=0)
        try:
            yield list(self._contestants())
        finally:
            self.daemon.ctr("tasks", "rm", "--force", CONTAINER, namespace=NAMESPACE)
            self.daemon.ctr("containers", "rm", CONTAINER, namespace=NAMESPACE)
            self.daemon.ctr("images", "rm", "--sync", self._image, namespace=NAMESPACE)

    @property
    def _image(self) -> str:
        return f"{self.registry.host}/busybox:1"

    @property
    def _ours(self) -> dict[str, dict[str, Any]]:
        where = {"address": self.daemon.address, "namespace": NAMESPACE}
        container = {"name": CONTAINER, "image": self._image, "command": ["sleep", "100000"]}
        return {
            "ctr_image": {**where, "name": self._image, "plain_http": True},
            "ctr_container": {**where, **container, "state": "started"},
            "ctr_task": {**where, "container": CONTAINER, "state": "started"},
        }

    @property
    def _theirs(self) -> dict[str, list[str]]:
        """What people write instead; it cannot even tell whether something is to be done."""
        return {
            "ctr images ls": ["images", "ls", f"name=={self._image}"],
            "ctr containers info": ["containers", "info", CONTAINER],
            "ctr tasks ls": ["tasks", "ls"],
        }

    def _contestants(self) -> Iterator[Contestant]:
        yield Contestant("ping", [self.tasks.command("ansible.builtin.ping", {})], '"pong"')
        for name, args in self._ours.items():
            command = self.tasks.command(f"community.containerd.{name}", args)
            yield Contestant(name, [command], SETTLED)
        ctr = [str(self.daemon.ctr_path), "-a", self.daemon.address, "-n", NAMESPACE]
        for name, arguments in self._theirs.items():
            args = {"_raw_params": " ".join([*ctr, *arguments]), "_uses_shell": False}
            yield Contestant(name, [self.tasks.command("ansible.builtin.command", args)], '"rc": 0')
