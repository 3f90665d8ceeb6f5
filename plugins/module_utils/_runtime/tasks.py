# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for tasks. What only a change needs is imported where a change begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .task_reading import TaskReading

if TYPE_CHECKING:
    from .._values.task import Exit
    from .lifecycle import Lifecycle


class TaskRuntime(TaskReading):
    """The verbs that a decision about tasks may use."""

    def start(self, container_id: str, log_uri: str | None) -> None:
        self.lifecycle.start(container_id, log_uri)

    def stop(self, container_id: str, signal_number: int, timeout_s: float) -> Exit:
        return self.lifecycle.stop(container_id, signal_number, timeout_s)

    def kill(self, container_id: str, signal_number: int) -> Exit | None:
        return self.lifecycle.kill(container_id, signal_number)

    def pause(self, container_id: str) -> None:
        self.lifecycle.pause(container_id)

    def resume(self, container_id: str) -> None:
        self.lifecycle.resume(container_id)

    def wait(self, container_id: str, timeout_s: float) -> Exit:
        return self.lifecycle.wait(container_id, timeout_s)

    def delete(self, container_id: str) -> Exit:
        return self.lifecycle.delete(container_id)

    @property
    def lifecycle(self) -> Lifecycle:
        from .lifecycle import Lifecycle

        return Lifecycle(self.session)
