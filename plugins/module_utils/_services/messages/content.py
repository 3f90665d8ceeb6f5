# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.content.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import BYTES, ENUM, INT64, STRING
from ..._wire.protobuf.well_known import EMPTY, FIELD_MASK, TIMESTAMP
from .method import Method

STAT, WRITING, COMMIT = 0, 1, 2  # enum WriteAction

INFO = {
    1: ("digest", STRING),
    2: ("size", INT64),
    3: ("created_at", TIMESTAMP),
    4: ("updated_at", TIMESTAMP),
    5: ("labels", (STRING, STRING)),
}
STATUS = {
    1: ("started_at", TIMESTAMP),
    2: ("updated_at", TIMESTAMP),
    3: ("ref", STRING),
    4: ("offset", INT64),
    5: ("total", INT64),
    6: ("expected", STRING),
}
WRITE_REQUEST = {
    1: ("action", ENUM),
    2: ("ref", STRING),
    3: ("total", INT64),
    4: ("expected", STRING),
    5: ("offset", INT64),
    6: ("data", BYTES),
    7: ("labels", (STRING, STRING)),
}
WRITE_RESPONSE = {
    1: ("action", ENUM),
    2: ("started_at", TIMESTAMP),
    3: ("updated_at", TIMESTAMP),
    4: ("offset", INT64),
    5: ("total", INT64),
    6: ("digest", STRING),
}
_ONE = {1: ("info", INFO)}
_DIGEST = {1: ("digest", STRING)}
GET_INFO = Method("content", "Info", _DIGEST, _ONE)
UPDATE = Method("content", "Update", {1: ("info", INFO), 2: ("update_mask", FIELD_MASK)}, _ONE, "info")
DELETE = Method("content", "Delete", _DIGEST, EMPTY)
LIST = Method("content", "List", {1: ("filters", [STRING])}, {1: ("info", [INFO])})
READ = Method(
    "content",
    "Read",
    {1: ("digest", STRING), 2: ("offset", INT64), 3: ("size", INT64)},
    {1: ("offset", INT64), 2: ("data", BYTES)},
)
WRITE = Method("content", "Write", WRITE_REQUEST, WRITE_RESPONSE)
LIST_STATUSES = Method("content", "ListStatuses", {1: ("filters", [STRING])}, {1: ("statuses", [STATUS])})
GET_STATUS = Method("content", "Status", {1: ("ref", STRING)}, {1: ("status", STATUS)})
ABORT = Method("content", "Abort", {1: ("ref", STRING)}, EMPTY)
