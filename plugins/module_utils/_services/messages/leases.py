# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.leases.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import BOOL, STRING
from ..._wire.protobuf.well_known import EMPTY, TIMESTAMP
from .method import Method

LEASE = {1: ("id", STRING), 2: ("created_at", TIMESTAMP), 3: ("labels", (STRING, STRING))}
CREATE = Method(
    "leases", "Create", {1: ("id", STRING), 3: ("labels", (STRING, STRING))}, {1: ("lease", LEASE)}
)
DELETE = Method("leases", "Delete", {1: ("id", STRING), 2: ("sync", BOOL)}, EMPTY)
RESOURCE = {1: ("id", STRING), 2: ("type", STRING)}
ADD_RESOURCE = Method(
    "leases", "AddResource", {1: ("id", STRING), 2: ("resource", RESOURCE)}, EMPTY, "resource"
)
LIST_RESOURCES = Method("leases", "ListResources", {1: ("id", STRING)}, {1: ("resources", [RESOURCE])})
LIST = Method("leases", "List", {1: ("filters", [STRING])}, {1: ("leases", [LEASE])})
