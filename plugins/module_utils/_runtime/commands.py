# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for commands inside containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .task_reading import TaskReading

if TYPE_CHECKING:
    from .._values.container import Container
    from .._values.execution import Command, Executed
    from .._values.task import Task


class CommandRuntime(TaskReading):
    """The verbs that a decision about a command may use."""

    def has_path(self, task: Task, path: str) -> bool:
        """Whether the running container has something at ``path``, as it sees it itself."""
        from .rootfs import has_path

        return has_path(task.pid, path)

    def execute(self, container: Container, command: Command) -> Executed:
        """Run a command inside; returns when it has ended, unless it is detached."""
        from .execute import execute

        return execute(self.session, container, command)
