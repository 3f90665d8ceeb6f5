# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of the messages that several services share (containerd api/types). Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import INT64, STRING

DESCRIPTOR = {
    1: ("media_type", STRING),
    2: ("digest", STRING),
    3: ("size", INT64),
    5: ("annotations", (STRING, STRING)),
}
MOUNT = {1: ("type", STRING), 2: ("source", STRING), 3: ("target", STRING), 4: ("options", [STRING])}
