# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.tasks.v1 for looking. Data only; ``task_control`` has the rest."""

from __future__ import annotations

from ..._wire.protobuf.fields import BOOL, ENUM, STRING, UINT32
from ..._wire.protobuf.well_known import TIMESTAMP
from .method import Method

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
PROCESS_NAME = {1: ("container_id", STRING), 2: ("exec_id", STRING)}
GET = Method("tasks", "Get", PROCESS_NAME, {1: ("process", PROCESS)})
LIST = Method("tasks", "List", {1: ("filter", STRING)}, {1: ("tasks", [PROCESS])})
