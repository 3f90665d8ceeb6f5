# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks to act on (containerd.services.tasks.v1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._values.task import Exit, Stdio
from .._values.timestamp import format_timestamp
from .messages import task_control as rpc
from .snapshots import mount_messages
from .tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.container import SnapshotMount

RESOURCES_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources"
PROCESS_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Process"


class TaskControl(Tasks):
    """The tasks of a namespace, to start, signal, pause and remove."""

    def create(self, container_id: str, rootfs: Sequence[SnapshotMount], stdio: Stdio) -> int:
        """Make the process without starting it; returns its pid."""
        request = {"container_id": container_id, "rootfs": mount_messages(rootfs), **_stdio(stdio)}
        return int(self._session.call(rpc.CREATE, request)["pid"])

    def exec(self, container_id: str, exec_id: str, process: Mapping[str, Any], stdio: Stdio) -> None:
        """Declare a further process; ``process`` is the whole Process object of the runtime spec."""
        spec = {"type_url": PROCESS_TYPE, "value": json.dumps(process, separators=(",", ":")).encode()}
        request = {"container_id": container_id, "exec_id": exec_id, "spec": spec, **_stdio(stdio)}
        self._session.call(rpc.EXEC, request)

    def start(self, container_id: str, exec_id: str = "") -> int:
        request = {"container_id": container_id, "exec_id": exec_id}
        return int(self._session.call(rpc.START, request)["pid"])

    def kill(self, container_id: str, signal: int, *, exec_id: str = "", everything: bool = False) -> None:
        """Send a signal to the process, or to ``everything`` in the container."""
        request = {"container_id": container_id, "exec_id": exec_id, "signal": signal, "all": everything}
        self._session.call(rpc.KILL, request)

    def pause(self, container_id: str) -> None:
        self._session.call(rpc.PAUSE, {"container_id": container_id})

    def resume(self, container_id: str) -> None:
        self._session.call(rpc.RESUME, {"container_id": container_id})

    def update(self, container_id: str, resources: Mapping[str, Any]) -> None:
        """Other limits for the process; ``resources`` are parts of the runtime spec's linux.resources."""
        document = {
            "type_url": RESOURCES_TYPE,
            "value": json.dumps(resources, separators=(",", ":")).encode(),
        }
        self._session.call(rpc.UPDATE, {"container_id": container_id, "resources": document})

    def close_stdin(self, container_id: str, exec_id: str = "") -> None:
        request = {"container_id": container_id, "exec_id": exec_id, "stdin": True}
        self._session.call(rpc.CLOSE_IO, request)

    def wait(self, container_id: str, exec_id: str = "", *, timeout_s: float) -> Exit:
        """How the process ended; TimedOut when it still runs after ``timeout_s``."""
        request = {"container_id": container_id, "exec_id": exec_id}
        answer = self._session.call(rpc.WAIT, request, timeout_s=timeout_s)
        return Exit(answer["exit_status"], format_timestamp(answer["exited_at"]))

    def delete(self, container_id: str, *, timeout_s: float | None = None) -> Exit:
        """Remove a stopped task. Takes up to ten seconds when nobody drains its output."""
        answer = self._session.call(rpc.DELETE, {"container_id": container_id}, timeout_s=timeout_s)
        return Exit(answer["exit_status"], format_timestamp(answer["exited_at"]))

    def delete_process(self, container_id: str, exec_id: str) -> Exit:
        request = {"container_id": container_id, "exec_id": exec_id}
        answer = self._session.call(rpc.DELETE_PROCESS, request)
        return Exit(answer["exit_status"], format_timestamp(answer["exited_at"]))


def _stdio(stdio: Stdio) -> dict[str, Any]:
    return {
        "stdin": stdio.stdin,
        "stdout": stdio.stdout,
        "stderr": stdio.stderr,
        "terminal": stdio.terminal,
    }
