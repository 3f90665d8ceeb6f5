# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.containers.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import STRING
from ..._wire.protobuf.well_known import ANY, EMPTY, FIELD_MASK, TIMESTAMP
from .method import Method

CONTAINER = {
    1: ("id", STRING),
    2: ("labels", (STRING, STRING)),
    3: ("image", STRING),
    4: ("runtime", {1: ("name", STRING), 2: ("options", ANY)}),
    5: ("spec", ANY),
    6: ("snapshotter", STRING),
    7: ("snapshot_key", STRING),
    8: ("created_at", TIMESTAMP),
    9: ("updated_at", TIMESTAMP),
    10: ("extensions", (STRING, ANY)),
    11: ("sandbox", STRING),
}
_ONE = {1: ("container", CONTAINER)}
_ID = {1: ("id", STRING)}
GET = Method("containers", "Get", _ID, _ONE)
LIST = Method("containers", "ListStream", {1: ("filters", [STRING])}, _ONE)
CREATE = Method("containers", "Create", _ONE, _ONE, "container.runtime", "container.spec")
UPDATE = Method(
    "containers",
    "Update",
    {1: ("container", CONTAINER), 2: ("update_mask", FIELD_MASK)},
    _ONE,
    "container.runtime",
    "container.spec",
)
DELETE = Method("containers", "Delete", _ID, EMPTY)
