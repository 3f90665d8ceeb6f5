# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for looking at containers and their tasks. A module that only looks ships nothing that acts on them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.session import Session
from .._services.tasks import Tasks

if TYPE_CHECKING:
    from .._values.container import Container
    from .._values.endpoint import Endpoint
    from .._values.task import Task

LOOK_AGAIN_S = 0.1


class TaskReading:
    """The verbs that whoever asks what runs may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)
        self._patience_s = endpoint.timeout_s

    def container(self, container_id: str) -> Container | None:
        return Containers(self.session).find(container_id)

    def namespaces(self) -> list[str]:
        from .._services.namespaces import list_namespaces

        return sorted(list_namespaces(self.session))

    def task(self, container_id: str) -> Task | None:
        """The task; one whose shim gave containerd no answer in time is asked for again, as long as a call may take.

        A shim is busy for 30 seconds when the client of an exec died before it opened the streams.
        """
        tasks, ends_at = Tasks(self.session), time.monotonic() + self._patience_s
        while True:
            task = tasks.find(container_id)
            if task is None or task.status != "unknown" or time.monotonic() > ends_at:
                return task
            time.sleep(LOOK_AGAIN_S)
