# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.tasks.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import BOOL, ENUM, STRING, UINT32
from ..._wire.protobuf.well_known import ANY, EMPTY, TIMESTAMP
from .method import Method
from .types import MOUNT

STATES = ("unknown", "created", "running", "stopped", "paused", "pausing")  # enum containerd.v1.types.Status

PROCESS = {
    1: ("container_id", STRING),
    2: ("id", STRING),
    3: ("pid", UINT32),
    4: ("status", ENUM),
    5: ("stdin", STRING),
    6: ("stdout", STRING),
    7: ("stderr", STRING),
    8: ("terminal", BOOL),
    9: ("exit_status", UINT32),
    10: ("exited_at", TIMESTAMP),
}
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
_PROCESS = {1: ("container_id", STRING), 2: ("exec_id", STRING)}
_PID = {1: ("pid", UINT32)}
CREATE = Method("tasks", "Create", _CREATE, {1: ("container_id", STRING), 2: ("pid", UINT32)})
START = Method("tasks", "Start", _PROCESS, _PID)
DELETE = Method("tasks", "Delete", _TASK, _DELETED)
DELETE_PROCESS = Method("tasks", "DeleteProcess", _PROCESS, _DELETED)
GET = Method("tasks", "Get", _PROCESS, {1: ("process", PROCESS)})
LIST = Method("tasks", "List", {1: ("filter", STRING)}, {1: ("tasks", [PROCESS])})
KILL = Method("tasks", "Kill", {**_PROCESS, 3: ("signal", UINT32), 4: ("all", BOOL)}, EMPTY)
EXEC = Method("tasks", "Exec", _EXEC, EMPTY, "spec")
CLOSE_IO = Method("tasks", "CloseIO", {**_PROCESS, 3: ("stdin", BOOL)}, EMPTY)
PAUSE = Method("tasks", "Pause", _TASK, EMPTY)
RESUME = Method("tasks", "Resume", _TASK, EMPTY)
WAIT = Method("tasks", "Wait", _PROCESS, {1: ("exit_status", UINT32), 2: ("exited_at", TIMESTAMP)})
