# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for reading about tasks: one call for all of them, but for their processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.containers import Containers
from .listing import ListingRuntime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.metrics import Metrics, RunningProcess


class TaskListing(ListingRuntime):
    """The verbs that a decision which only reads about tasks may use."""

    def restart_counts(self) -> dict[str, int]:
        """How often the restart monitor started a container again, of those where it counted."""
        from .._values.labels import RESTART_COUNT

        counted = Containers(self.session).iterate('labels."%s"' % RESTART_COUNT)
        counts = {each.id: each.labels.get(RESTART_COUNT, "") for each in counted}
        return {name: int(text) for name, text in counts.items() if text.isdecimal()}

    def metrics(self, names: Sequence[str] | None) -> dict[str, Metrics]:
        """What they use, by container; of all without names."""
        from .._services.task_metrics import read_metrics

        return read_metrics(self.session, names or ())

    def processes(self, container_id: str) -> list[RunningProcess]:
        """All processes inside a container."""
        from .._services.task_metrics import list_processes

        return list_processes(self.session, container_id)
