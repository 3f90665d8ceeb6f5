# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports of one large image from an archive, ours and ctr's, into a store that has forgotten it.

Knows how to begin anew: without the image of an earlier run. Must never know who wins.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import BenchError, Contestant
from tasks import Tasks

from ansible_collections.community.containerd.tests.lab.daemon import Daemon

NAMESPACE = "bench-import"


@dataclass(frozen=True)
class Imports:
    daemon: Daemon
    tasks: Tasks
    archive: Path

    def contestants(self) -> Sequence[Contestant]:
        where = {"address": self.daemon.address, "namespace": NAMESPACE}
        args = {**where, "path": str(self.archive)}
        ours = self.tasks.command("community.containerd.ctr_image_import", args)
        ctr = [str(self.daemon.ctr_path), "-a", self.daemon.address, "-n", NAMESPACE]
        return (
            Contestant("ours", [ours], '"changed": true', self.forget),
            Contestant("theirs", [[*ctr, "images", "import", str(self.archive)]], before=self.forget),
        )

    def forget(self) -> None:
        names = self.daemon.ctr("images", "ls", "-q", namespace=NAMESPACE).split()
        if names:
            self.daemon.ctr("images", "rm", "--sync", *names, namespace=NAMESPACE)
        for kind in ("content", "snapshots"):
            left = self.daemon.ctr(kind, "ls", namespace=NAMESPACE).splitlines()[1:]
            if left:
                raise BenchError(f"namespace {NAMESPACE} still has {kind}: {left[0]}")
        os.sync()  # what an earlier run has written is no burden for the next
