# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pushes of one large image, ours and ctr's, to a registry that has forgotten it.

Knows how to make a registry forget: it keeps nothing in memory. Must never know who wins.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import Contestant
from tasks import Tasks, host_python_with_requests

from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.registries import Registry

NAMESPACE = "bench-push"
REPOSITORY = "bench/pushed"


@dataclass(frozen=True)
class Pushes:
    daemon: Daemon
    registry: Registry
    tasks: Tasks
    digests: Sequence[str]  # of all that is pushed

    @property
    def reference(self) -> str:
        return f"{self.registry.host}/{REPOSITORY}:1"

    def contestants(self, archive: Path) -> Sequence[Contestant]:
        """Both, once the image is here; from an archive, as what was pulled would be mounted in the registry."""
        self.daemon.ctr("images", "import", "--no-unpack", str(archive), namespace=NAMESPACE)
        where = {"address": self.daemon.address, "namespace": NAMESPACE, "plain_http": True}
        python = host_python_with_requests()
        args = {**where, "name": self.reference}
        ours = self.tasks.command("community.containerd.ctr_image_push", args, python=python)
        ctr = [str(self.daemon.ctr_path), "-a", self.daemon.address, "-n", NAMESPACE]
        theirs = [*ctr, "images", "push", "--plain-http", self.reference]
        return (
            Contestant("ours", [ours], '"changed": true', self._forget),
            Contestant("theirs", [theirs], before=self._forget),
        )

    def end(self) -> None:
        self._forget()
        self.daemon.ctr("images", "rm", "--sync", self.reference, namespace=NAMESPACE)

    def _forget(self) -> None:
        store = Path(self.registry.log).parent / "storage/docker/registry/v2"
        shutil.rmtree(store / "repositories" / REPOSITORY, ignore_errors=True)
        for digest in self.digests:
            algorithm, _colon, encoded = digest.partition(":")
            shutil.rmtree(store / "blobs" / algorithm / encoded[:2] / encoded, ignore_errors=True)
        os.sync()  # what an earlier run has written is no burden for the next
