# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.introspection.v1. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import INT32, STRING, UINT64
from ..._wire.protobuf.well_known import EMPTY, TIMESTAMP
from .method import Method

PLATFORM = {1: ("os", STRING), 2: ("architecture", STRING), 3: ("variant", STRING)}
STATUS = {1: ("code", INT32), 2: ("message", STRING)}  # google.rpc.Status
PLUGIN = {
    1: ("type", STRING),
    2: ("id", STRING),
    3: ("requires", [STRING]),
    4: ("platforms", [PLATFORM]),
    5: ("exports", (STRING, STRING)),
    6: ("capabilities", [STRING]),
    7: ("init_err", STATUS),
}
PLUGINS = Method("introspection", "Plugins", {1: ("filters", [STRING])}, {1: ("plugins", [PLUGIN])})
DEPRECATION = {1: ("id", STRING), 2: ("message", STRING), 3: ("last_occurrence", TIMESTAMP)}
SERVER = Method(
    "introspection",
    "Server",
    EMPTY,
    {1: ("uuid", STRING), 2: ("pid", UINT64), 3: ("pidns", UINT64), 4: ("deprecations", [DEPRECATION])},
)
