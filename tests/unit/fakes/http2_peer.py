# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end of an HTTP/2 connection, played from a script: for tests of whatever speaks gRPC.

Knows how a server's frames look, and nothing about when they are right.
"""

from __future__ import annotations

import struct
from typing import Iterable, NamedTuple

from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import frames as f
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import hpack

SETTINGS = f.format_settings({f.MAX_CONCURRENT_STREAMS: 100})
SETTINGS_ACK = f.format_frame(f.SETTINGS, f.ACK, 0)
ANSWER = [(":status", "200"), ("content-type", "application/grpc")]
OK = [("grpc-status", "0"), ("grpc-message", "")]


def message(body: bytes, *, flag: int = 0) -> bytes:
    return struct.pack(">BL", flag, len(body)) + body


def data(body: bytes, *, stream: int = 1, flags: int = 0) -> bytes:
    return f.format_frame(f.DATA, flags, stream, body)


def headers(pairs: Iterable[tuple[str, str]], *, stream: int = 1, flags: int = f.END_HEADERS) -> bytes:
    return f.format_frame(f.HEADERS, flags, stream, hpack.encode(pairs))


def trailers(pairs: Iterable[tuple[str, str]] = tuple(OK), *, stream: int = 1) -> bytes:
    return headers(pairs, stream=stream, flags=f.END_HEADERS | f.END_STREAM)


def window_update(increment: int, *, stream: int = 0) -> bytes:
    return f.format_frame(f.WINDOW_UPDATE, 0, stream, struct.pack(">L", increment))


def reset(code: int, *, stream: int = 1) -> bytes:
    return f.format_frame(f.RST_STREAM, 0, stream, struct.pack(">L", code))


def goaway(last: int, code: int = 0) -> bytes:
    return f.format_frame(f.GOAWAY, 0, 0, struct.pack(">LL", last, code))


def unary(body: bytes, *, stream: int = 1) -> bytes:
    """A whole answer, as a gRPC server gives it."""
    return headers(ANSWER, stream=stream) + data(message(body), stream=stream) + trailers(stream=stream)


class After(NamedTuple):
    """Something that is said only after such a frame was heard. None hangs up."""

    kind: int
    stream: int
    says: bytes | None
    flags: int = 0

    def is_due(self, heard: list[tuple[int, int, int, bytes]]) -> bool:
        return any(
            (k, s, fl & self.flags) == (self.kind, self.stream, self.flags) for k, fl, s, _payload in heard
        )


class Script:
    """An `answer` for a MemoryTransport: says one thing whenever it is asked, and in the end it is silent."""

    def __init__(self, *says: bytes | None | After) -> None:
        self.says = list(says)
        self.heard = b""

    def __call__(self, sent: bytes) -> bytes | None:
        self.heard += sent
        if not self.says:
            return b""
        if isinstance(self.says[0], After) and not self.says[0].is_due(self.frames()):
            return b""
        said = self.says.pop(0)
        return said.says if isinstance(said, After) else said

    def frames(self) -> list[tuple[int, int, int, bytes]]:
        """What the client said so far: (type, flags, stream, payload)."""
        rest = self.heard[len(f.PREFACE) :]
        found = []
        while rest:
            high, low, kind, flags, stream = f.HEADER.unpack_from(rest)
            end = f.HEADER_BYTES + (high << 8 | low)
            found.append((kind, flags, stream, rest[f.HEADER_BYTES : end]))
            rest = rest[end:]
        return found
