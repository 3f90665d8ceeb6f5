# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks as they are (containerd.services.tasks.v1): the processes of containers, and of execs inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound
from .._values.task import Exit, Stdio, Task
from .._values.timestamp import format_timestamp
from .messages import tasks as rpc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .session import Session


class Tasks:
    """The tasks of a namespace, to look at. ``exec_id`` '' means the container's own process."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, container_id: str, exec_id: str = "") -> Task | None:
        """The process as the shim sees it; None when there is no container or no task."""
        request = {"container_id": container_id, "exec_id": exec_id}
        try:
            return _task(self._session.call(rpc.GET, request)["process"])
        except NotFound:
            return None

    def list(self) -> list[Task]:
        return [_task(fields) for fields in self._session.call(rpc.LIST, {})["tasks"]]


def _task(fields: Mapping[str, Any]) -> Task:
    status = fields["status"]
    return Task(
        container_id=fields["container_id"] or fields["id"],  # Get leaves the first empty
        pid=fields["pid"],
        status=rpc.STATES[status] if status < len(rpc.STATES) else rpc.STATES[0],
        stdio=Stdio(fields["stdin"], fields["stdout"], fields["stderr"], fields["terminal"]),
        exit=Exit(fields["exit_status"], format_timestamp(fields["exited_at"])),
    )
