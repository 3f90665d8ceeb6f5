# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of the messages that protobuf itself defines (google/protobuf/*.proto). Data only."""

from __future__ import annotations

from .fields import BYTES, INT32, INT64, STRING, Table

EMPTY: Table = {}
TIMESTAMP: Table = {1: ("seconds", INT64), 2: ("nanos", INT32)}
DURATION: Table = {1: ("seconds", INT64), 2: ("nanos", INT32)}
ANY: Table = {1: ("type_url", STRING), 2: ("value", BYTES)}
FIELD_MASK: Table = {1: ("paths", [STRING])}
