# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Header blocks to header lists (HPACK, RFC 7541): everything that a peer may write.

Text is Latin-1, which maps every byte. Must never know: what a header means.
"""

from __future__ import annotations

from ..errors import TheirMistake
from . import huffman

MAX_LIST_BYTES = 64 * 1024  # as RFC 9113, section 6.5.2 counts: name, value and 32 for each field
MAX_INTEGER = (1 << 28) - 1  # nothing that HPACK counts comes near
ENTRY_OVERHEAD = 32
MAX_SEEN = 32  # header blocks that are remembered; most of a peer's blocks are always the same few

# RFC 7541, appendix A, from index 1 on: a name, and its value if it has one.
STATIC = tuple(
    (name, value)
    for name, _space, value in (
        line.partition(" ")
        for line in """\
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate""".splitlines()
    )
)


class Reader:
    """Reads the header blocks of one connection, in order: each may lean on those before.

    The peer now lets its table grow to `room` bytes, and may to `max_room`.
    """

    def __init__(self, room: int, max_room: int) -> None:
        self.max_room = max_room
        self._room = room
        self._table: list[tuple[str, str]] = []  # newest first
        self._table_bytes = 0
        self._block = b""
        self._pos = 0
        self._seen: dict[bytes, list[tuple[str, str]]] = {}

    def read(self, block: bytes) -> list[tuple[str, str]]:
        """The header list of a whole block, not to be changed; what is not HPACK, or too much: `TheirMistake`."""
        headers = None if self._room else self._seen.get(block)
        if headers is None:
            headers = self._read(block)
            # Without a table, the same block always means the same.
            if not self._room and len(self._seen) < MAX_SEEN:
                self._seen[block] = headers
        return headers

    def _read(self, block: bytes) -> list[tuple[str, str]]:
        self._block, self._pos = block, 0
        headers: list[tuple[str, str]] = []
        size = 0
        while self._pos < len(block):
            first = block[self._pos]
            if first & 0xE0 == 0x20:
                self._resize(self._integer(5), is_first=not headers)
                continue
            if self._room > self.max_room:
                raise TheirMistake("HPACK: the table was not shrunk to the size that we asked for")
            header = self._entry(self._integer(7)) if first & 0x80 else self._literal(first)
            size += len(header[0]) + len(header[1]) + ENTRY_OVERHEAD
            if size > MAX_LIST_BYTES:
                raise TheirMistake("HPACK: a header list of more than %s bytes" % MAX_LIST_BYTES)
            headers.append(header)
        return headers

    def _literal(self, first: int) -> tuple[str, str]:
        index = self._integer(6 if first & 0x40 else 4)
        name = self._entry(index)[0] if index else self._string()
        header = (name, self._string())
        if first & 0x40:
            self._table.insert(0, header)
            self._table_bytes += len(header[0]) + len(header[1]) + ENTRY_OVERHEAD
            self._evict()
        return header

    def _resize(self, room: int, *, is_first: bool) -> None:
        if not is_first:
            raise TheirMistake("HPACK: the table is resized within a header list")
        if room > self.max_room:
            raise TheirMistake("HPACK: a table of %s bytes where %s are allowed" % (room, self.max_room))
        self._room = room
        self._evict()

    def _evict(self) -> None:
        while self._table_bytes > self._room:
            name, value = self._table.pop()
            self._table_bytes -= len(name) + len(value) + ENTRY_OVERHEAD

    def _entry(self, index: int) -> tuple[str, str]:
        if 0 < index <= len(STATIC):
            return STATIC[index - 1]
        if not len(STATIC) < index <= len(STATIC) + len(self._table):
            raise TheirMistake("HPACK: no table entry %s" % index)
        return self._table[index - len(STATIC) - 1]

    def _integer(self, prefix_bits: int) -> int:
        """RFC 7541, section 5.1."""
        limit = (1 << prefix_bits) - 1
        value = self._byte() & limit
        if value < limit:
            return value
        shift = 0
        while value <= MAX_INTEGER and shift <= 28:
            byte = self._byte()
            value += (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise TheirMistake("HPACK: an integer beyond %s" % MAX_INTEGER)

    def _byte(self) -> int:
        if self._pos >= len(self._block):
            raise TheirMistake("HPACK: a header block is cut off")
        self._pos += 1
        return self._block[self._pos - 1]

    def _string(self) -> str:
        is_huffman = self._byte() & 0x80
        self._pos -= 1
        length = self._integer(7)
        begin = self._pos
        self._pos += length
        if self._pos > len(self._block):
            raise TheirMistake("HPACK: a string is longer than its header block")
        raw = self._block[begin : self._pos]
        return (huffman.decode(raw) if is_huffman else raw).decode("latin-1")
