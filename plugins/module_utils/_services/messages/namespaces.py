# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.namespaces.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import STRING
from ..._wire.protobuf.well_known import EMPTY, FIELD_MASK
from .method import Method

NAMESPACE = {1: ("name", STRING), 2: ("labels", (STRING, STRING))}
GET = Method("namespaces", "Get", {1: ("name", STRING)}, {1: ("namespace", NAMESPACE)})
LIST = Method("namespaces", "List", {1: ("filter", STRING)}, {1: ("namespaces", [NAMESPACE])})
CREATE = Method(
    "namespaces", "Create", {1: ("namespace", NAMESPACE)}, {1: ("namespace", NAMESPACE)}, "namespace"
)
UPDATE = Method(
    "namespaces",
    "Update",
    {1: ("namespace", NAMESPACE), 2: ("update_mask", FIELD_MASK)},
    {1: ("namespace", NAMESPACE)},
    "namespace",
    "update_mask",  # without it all labels are replaced
)
DELETE = Method("namespaces", "Delete", {1: ("name", STRING)}, EMPTY)
