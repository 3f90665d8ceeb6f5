# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.images.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import BOOL, STRING
from ..._wire.protobuf.well_known import EMPTY, FIELD_MASK, TIMESTAMP
from .method import Method
from .types import DESCRIPTOR

IMAGE = {
    1: ("name", STRING),
    2: ("labels", (STRING, STRING)),
    3: ("target", DESCRIPTOR),
    7: ("created_at", TIMESTAMP),
    8: ("updated_at", TIMESTAMP),
}
_ONE = {1: ("image", IMAGE)}
GET = Method("images", "Get", {1: ("name", STRING)}, _ONE)
LIST = Method("images", "List", {1: ("filters", [STRING])}, {1: ("images", [IMAGE])})
CREATE = Method("images", "Create", _ONE, _ONE, "image.target")
UPDATE = Method(
    "images", "Update", {1: ("image", IMAGE), 2: ("update_mask", FIELD_MASK)}, _ONE, "image.target"
)
DELETE = Method("images", "Delete", {1: ("name", STRING), 2: ("sync", BOOL)}, EMPTY)
