# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of one large image that is here, ours and ctr's, to the same disk.

Knows how to begin anew: without the archive of an earlier run. Must never know who wins.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measure import Contestant
from tasks import Tasks

from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.registries import Registry

NAMESPACE = "bench-export"


@dataclass(frozen=True)
class Exports:
    daemon: Daemon
    registry: Registry
    tasks: Tasks
    folder: Path

    def contestants(self, references: Sequence[str]) -> list[Contestant]:
        """Both, once the images are here."""
        for reference in references:
            self.daemon.ctr("images", "pull", *self.registry.ctr_flags(), reference, namespace=NAMESPACE)
        return [self._ours(references), self._theirs(references)]

    def forget(self, references: Sequence[str]) -> None:
        self._remove_archive()
        self.daemon.ctr("images", "rm", "--sync", *references, namespace=NAMESPACE)

    def _ours(self, references: Sequence[str]) -> Contestant:
        where = {"address": self.daemon.address, "namespace": NAMESPACE}
        args = {**where, "names": list(references), "path": str(self._archive)}
        command = self.tasks.command("community.containerd.ctr_image_export", args)
        return Contestant("ours", [command], '"changed": true', self._remove_archive)

    def _theirs(self, references: Sequence[str]) -> Contestant:
        ctr = [str(self.daemon.ctr_path), "-a", self.daemon.address, "-n", NAMESPACE]
        command = [*ctr, "images", "export", str(self._archive), *references]
        return Contestant("theirs", [command], before=self._remove_archive)

    @property
    def _archive(self) -> Path:
        return self.folder / "export.tar"

    def _remove_archive(self) -> None:
        self._archive.unlink(missing_ok=True)
        os.sync()  # what an earlier run has written is no burden for the next
