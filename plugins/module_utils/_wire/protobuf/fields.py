# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of a field table: what a protobuf field may hold.

A message is described by a plain dict `{number: (name, kind)}`. A kind is

    INT32 … BYTES    a scalar, one of the constants below
    {…}              a message: another table
    [kind]           repeated
    (kind, kind)     a map: kind of the keys, kind of the values

Must never know: any message. Kinds are their own names in the protobuf language, so errors can print them.
"""

from __future__ import annotations

from typing import Any, Dict, Tuple

Kind = Any  # str | Table | list of one Kind | pair of Kinds; recursive, so beyond what 3.8 can spell
Table = Dict[int, Tuple[str, Kind]]

INT32 = "int32"
INT64 = "int64"
UINT32 = "uint32"
UINT64 = "uint64"
SINT32 = "sint32"
SINT64 = "sint64"
BOOL = "bool"
ENUM = "enum"
STRING = "string"
BYTES = "bytes"
DOUBLE = "double"
FLOAT = "float"
FIXED32 = "fixed32"
FIXED64 = "fixed64"
SFIXED32 = "sfixed32"
SFIXED64 = "sfixed64"
