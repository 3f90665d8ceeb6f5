# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.snapshots.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import ENUM, INT64, STRING
from ..._wire.protobuf.well_known import EMPTY, TIMESTAMP
from .method import Method
from .types import MOUNT

KIND_VIEW, KIND_ACTIVE, KIND_COMMITTED = 1, 2, 3  # enum Kind

INFO = {
    1: ("name", STRING),
    2: ("parent", STRING),
    3: ("kind", ENUM),
    4: ("created_at", TIMESTAMP),
    5: ("updated_at", TIMESTAMP),
    6: ("labels", (STRING, STRING)),
}
_KEY = {1: ("snapshotter", STRING), 2: ("key", STRING)}
_MOUNTS = {1: ("mounts", [MOUNT])}
_COMMIT = {
    1: ("snapshotter", STRING),
    2: ("name", STRING),
    3: ("key", STRING),
    4: ("labels", (STRING, STRING)),
}
_NEW = {**_KEY, 3: ("parent", STRING), 4: ("labels", (STRING, STRING))}
PREPARE = Method("snapshots", "Prepare", _NEW, _MOUNTS)
VIEW = Method("snapshots", "View", _NEW, _MOUNTS)
MOUNTS = Method("snapshots", "Mounts", _KEY, _MOUNTS)
COMMIT = Method("snapshots", "Commit", _COMMIT, EMPTY)
REMOVE = Method("snapshots", "Remove", _KEY, EMPTY)
GET_STAT = Method("snapshots", "Stat", _KEY, {1: ("info", INFO)})
GET_USAGE = Method("snapshots", "Usage", _KEY, {1: ("size", INT64), 2: ("inodes", INT64)})
LIST = Method(
    "snapshots", "List", {1: ("snapshotter", STRING), 2: ("filters", [STRING])}, {1: ("info", [INFO])}
)
