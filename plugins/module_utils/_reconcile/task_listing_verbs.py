# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for reading about tasks. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.metrics import Metrics, RunningProcess
    from .._values.task import Task


class TaskListingVerbs(Protocol):
    """For reading about tasks."""

    def tasks(self) -> dict[str, Task]:
        """By container."""

    def restart_counts(self) -> dict[str, int]:
        """How often the restart monitor started a container again, of those where it counted."""

    def metrics(self, names: Sequence[str] | None) -> dict[str, Metrics]:
        """What they use, by container; of all without names."""

    def processes(self, container_id: str) -> list[RunningProcess]:
        """All processes inside a container."""
