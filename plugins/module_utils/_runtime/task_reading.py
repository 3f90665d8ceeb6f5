# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for looking at containers and their tasks. A module that only looks ships nothing that acts on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.session import Session
from .._services.tasks import Tasks

if TYPE_CHECKING:
    from .._values.container import Container
    from .._values.endpoint import Endpoint
    from .._values.task import Task


class TaskReading:
    """The verbs that whoever asks what runs may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)

    def container(self, container_id: str) -> Container | None:
        return Containers(self.session).find(container_id)

    def namespaces(self) -> list[str]:
        from .._services.namespaces import list_namespaces

        return sorted(list_namespaces(self.session))

    def task(self, container_id: str) -> Task | None:
        return Tasks(self.session).find(container_id)
