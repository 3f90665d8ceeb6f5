# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.version.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import STRING
from ..._wire.protobuf.well_known import EMPTY
from .method import Method

VERSION = Method("version", "Version", EMPTY, {1: ("version", STRING), 2: ("revision", STRING)})
