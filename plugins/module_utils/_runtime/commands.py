# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for commands inside containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.namespaces import list_namespaces
from .._services.session import Session
from .._services.tasks import Tasks

if TYPE_CHECKING:
    from .._values.container import Container
    from .._values.endpoint import Endpoint
    from .._values.execution import Command, Executed
    from .._values.task import Task


class CommandRuntime:
    """The verbs that a decision about a command may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)

    def container(self, container_id: str) -> Container | None:
        return Containers(self.session).find(container_id)

    def namespaces(self) -> list[str]:
        return sorted(list_namespaces(self.session))

    def task(self, container_id: str) -> Task | None:
        return Tasks(self.session).find(container_id)

    def has_path(self, task: Task, path: str) -> bool:
        """Whether the running container has something at ``path``, as it sees it itself."""
        from .rootfs import has_path

        return has_path(task.pid, path)

    def execute(self, container: Container, command: Command) -> Executed:
        """Run a command inside; returns when it has ended, unless it is detached."""
        from .execute import execute

        return execute(self.session, container, command)
