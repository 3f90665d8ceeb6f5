# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Header lists to header blocks and back (HPACK, RFC 7541), for calls that go as most calls go.

We write literals without indexing and no Huffman code. Of what peers write, the few blocks that every call has
are known by heart; `hpack_reader` reads all others. Text is Latin-1, which maps every byte. Must never know: what a
header means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable

if TYPE_CHECKING:
    from .hpack_reader import Reader

MAX_TABLE_BYTES = 4096  # RFC 9113, section 6.5.2: what a peer may use until our SETTINGS have reached it

# RFC 7541, appendix A: the fields of a request that are in the static table as a whole.
INDEX = {(":method", "POST"): 3, (":scheme", "http"): 6}

# How grpc-go, and so containerd, begins an answer, and ends one that is well. These blocks neither read nor write
# the dynamic table, and so always mean the same.
FAMILIAR = {
    bytes.fromhex("88 0f10 8b1d75d0620d263d4c4d6564"): [
        (":status", "200"),
        ("content-type", "application/grpc"),
    ],
    bytes.fromhex("00 889acac8b21234da8f 0130 00 899acac8b5254207317f 00"): [
        ("grpc-status", "0"),
        ("grpc-message", ""),
    ],
}
NO_TABLE = b"\x20"  # section 6.3: a block that begins so empties the table, and keeps it so


def encode(headers: Iterable[tuple[str, str]]) -> bytes:
    """A header block that leaves no trace in the peer's dynamic table."""
    out = bytearray()
    for name, value in headers:
        index = INDEX.get((name, value))
        if index:
            out += _format_integer(index, 7, 0x80)
        else:
            out += b"\0" + _format_string(name) + _format_string(value)
    return bytes(out)


def _format_string(text: str) -> bytes:
    raw = text.encode("latin-1")
    return _format_integer(len(raw), 7, 0) + raw


def _format_integer(value: int, prefix_bits: int, pattern: int) -> bytes:
    """RFC 7541, section 5.1."""
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes((pattern | value,))
    out = bytearray((pattern | limit,))
    value -= limit
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Decoder:
    """Reads the header blocks of one connection, in order: each may lean on those before."""

    def __init__(self) -> None:
        self._room = self._max_room = MAX_TABLE_BYTES
        self._reader: Reader | None = None  # once there was a block that is not familiar

    def limit_table(self, max_bytes: int) -> None:
        """The peer has acknowledged our SETTINGS_HEADER_TABLE_SIZE; it now has to shrink its table to it."""
        self._max_room = max_bytes
        if self._reader:
            self._reader.max_room = max_bytes

    def decode(self, block: bytes) -> list[tuple[str, str]]:
        """The header list of a whole block, not to be changed; what is not HPACK, or too much: `TheirMistake`."""
        if self._reader is None:
            headers = self._recognise(block)
            if headers is not None:
                return headers
            from .hpack_reader import Reader

            self._reader = Reader(self._room, self._max_room)
        return self._reader.read(block)

    def _recognise(self, block: bytes) -> list[tuple[str, str]] | None:
        """Only without a table: whether the peer shrinks it when it has to is for the reader to see."""
        if self._room and block[:1] == NO_TABLE and block[1:] in FAMILIAR:
            self._room, block = 0, block[1:]
        return None if self._room else FAMILIAR.get(block)
