# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulls into namespaces that have nothing, of a daemon that has nothing left.

Knows how to make a daemon forget. containerd shares content between namespaces, so a fresh one is not enough.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from measure import BenchError, Contestant
from tasks import Tasks, host_python_with_requests

from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.registries import Registry


@dataclass
class Pulls:
    """Contestants that pull the same images; each run in a namespace of its own."""

    daemon: Daemon
    registry: Registry
    tasks: Tasks
    _used: set[str] = field(default_factory=set)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def ours(self, references: Sequence[str]) -> Contestant:
        namespace = f"ours-{next(self._numbers)}"
        args = {
            "address": self.daemon.address,
            "namespace": namespace,
            "name": list(references),
            "plain_http": True,
        }
        python = host_python_with_requests()
        command = self.tasks.command("community.containerd.ctr_image", args, python=python)
        return Contestant("ours", [command], '"changed": true', lambda: self._forget(namespace))

    def theirs(self, references: Sequence[str]) -> Contestant:
        """One call of the stock ctr for each image, with what it needs to find a registry without TLS."""
        namespace = f"theirs-{next(self._numbers)}"
        ctr = [str(self.daemon.ctr_path), "-a", self.daemon.address, "-n", namespace]
        pull = [*ctr, "images", "pull", *self.registry.ctr_flags()]
        commands = [[*pull, reference] for reference in references]
        return Contestant("theirs", commands, before=lambda: self._forget(namespace))

    def _forget(self, namespace: str) -> None:
        """Leave nothing of earlier pulls, in any namespace and on the disk."""
        self._used.add(namespace)
        for used in self._used:
            names = self.daemon.ctr("images", "ls", "-q", namespace=used).split()
            if names:
                self.daemon.ctr("images", "rm", "--sync", *names, namespace=used)
            for kind in ("content", "snapshots"):
                left = self.daemon.ctr(kind, "ls", namespace=used).splitlines()[1:]
                if left:
                    raise BenchError(f"namespace {used} still has {kind}: {left[0]}")
        blobs = Path(self.daemon.root, "io.containerd.content.v1.content/blobs/sha256")
        if blobs.is_dir() and any(blobs.iterdir()):
            raise BenchError(f"{blobs} is not empty, so a pull could share what is there")
        os.sync()  # what an earlier run has written is no burden for the next
