# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for reading about containers: all of them in two calls, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.session import Session
from .._services.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.container import Container
    from .._values.endpoint import Endpoint
    from .._values.task import Task


class ListingRuntime:
    """The verbs that a decision which only reads about containers may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)

    def containers(self, names: Sequence[str] | None) -> list[Container]:
        """Those of these names that are there, in this order; without names all, sorted."""
        containers = Containers(self.session)
        if names is None:
            return sorted(containers.iterate(), key=lambda container: container.id)
        found = [containers.find(name) for name in dict.fromkeys(names)]
        return [container for container in found if container is not None]

    def tasks(self) -> dict[str, Task]:
        """By container."""
        return {task.container_id: task for task in Tasks(self.session).list()}
