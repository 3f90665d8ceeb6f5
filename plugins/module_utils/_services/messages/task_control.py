# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.tasks.v1 for acting. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import BOOL, STRING, UINT32
from ..._wire.protobuf.well_known import ANY, EMPTY, TIMESTAMP
from .method import Method
from .tasks import PROCESS_NAME
from .types import MOUNT

_CREATE = {
    1: ("container_id", STRING),
    3: ("rootfs", [MOUNT]),
    4: ("stdin", STRING),
    5: ("stdout", STRING),
    6: ("stderr", STRING),
    7: ("terminal", BOOL),
    9: ("options", ANY),
}
_EXEC = {
    1: ("container_id", STRING),
    2: ("stdin", STRING),
    3: ("stdout", STRING),
    4: ("stderr", STRING),
    5: ("terminal", BOOL),
    6: ("spec", ANY),
    7: ("exec_id", STRING),
}
_DELETED = {1: ("id", STRING), 2: ("pid", UINT32), 3: ("exit_status", UINT32), 4: ("exited_at", TIMESTAMP)}
_TASK = {1: ("container_id", STRING)}
_PID = {1: ("pid", UINT32)}
CREATE = Method("tasks", "Create", _CREATE, {1: ("container_id", STRING), 2: ("pid", UINT32)})
START = Method("tasks", "Start", PROCESS_NAME, _PID)
DELETE = Method("tasks", "Delete", _TASK, _DELETED)
DELETE_PROCESS = Method("tasks", "DeleteProcess", PROCESS_NAME, _DELETED)
KILL = Method("tasks", "Kill", {**PROCESS_NAME, 3: ("signal", UINT32), 4: ("all", BOOL)}, EMPTY)
EXEC = Method("tasks", "Exec", _EXEC, EMPTY, "spec")
CLOSE_IO = Method("tasks", "CloseIO", {**PROCESS_NAME, 3: ("stdin", BOOL)}, EMPTY)
PAUSE = Method("tasks", "Pause", _TASK, EMPTY)
UPDATE = Method("tasks", "Update", {1: ("container_id", STRING), 2: ("resources", ANY)}, EMPTY, "resources")
RESUME = Method("tasks", "Resume", _TASK, EMPTY)
WAIT = Method("tasks", "Wait", PROCESS_NAME, {1: ("exit_status", UINT32), 2: ("exited_at", TIMESTAMP)})
