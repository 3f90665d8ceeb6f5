# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frames of HTTP/2 as numbers and layouts (RFC 9113, sections 4, 6 and 7).

Must never know: what a frame does to a connection.
"""

from __future__ import annotations

import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    range(10)
)
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
HAS_PRIORITY = 0x20

HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = range(1, 6)

CANCEL = 8

DEFAULT_WINDOW = 65535
DEFAULT_MAX_FRAME = 16384
MAX_WINDOW = MAX_STREAM_ID = (1 << 31) - 1
HEADER_BYTES = 9

HEADER = struct.Struct(">HBBBL")  # length in 16 + 8 bits, type, flags, stream
SETTING = struct.Struct(">HL")
NUMBER = struct.Struct(">L")

# Where a frame belongs, and the length of those that have only one.
ON_STREAM = (DATA, HEADERS, PRIORITY, RST_STREAM, PUSH_PROMISE, CONTINUATION)
ON_CONNECTION = (SETTINGS, PING, GOAWAY)
LENGTHS = {PRIORITY: 5, RST_STREAM: 4, PING: 8, WINDOW_UPDATE: 4}


def format_header(length: int, kind: int, flags: int, stream_id: int) -> bytes:
    return HEADER.pack(length >> 8, length & 0xFF, kind, flags, stream_id)


def format_frame(kind: int, flags: int, stream_id: int, payload: bytes = b"") -> bytes:
    return format_header(len(payload), kind, flags, stream_id) + payload


def format_settings(settings: dict[int, int]) -> bytes:
    return format_frame(SETTINGS, 0, 0, b"".join(SETTING.pack(*item) for item in settings.items()))
