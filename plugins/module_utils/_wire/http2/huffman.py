# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HPACK's Huffman code (RFC 7541, appendix B): reading only.

The code is canonical: within a length, codes ascend with their symbols, and each length goes on where the one
before stopped. So the symbols of each length are all the data there is.
"""

from __future__ import annotations

from bisect import bisect_right

from ..errors import TheirMistake

SYMBOLS = {
    5: b"012aceiost",
    6: b" %-./3456789=A_bdfghlmnpru",
    7: b":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
    8: b"&*,;XZ",
    10: b'!"()?',
    11: b"'+|",
    12: b"#>",
    13: b"\x00$@[]~",
    14: b"^}",
    15: b"<`{",
    19: b"\\\xc3\xd0",
    20: b"\x80\x82\x83\xa2\xb8\xc2\xe0\xe2",
    21: b"\x99\xa1\xa7\xac\xb0\xb1\xb3\xd1\xd8\xd9\xe3\xe5\xe6",
    22: b"\x81\x84\x85\x86\x88\x92\x9a\x9c\xa0\xa3\xa4\xa9\xaa\xad\xb2\xb5\xb9\xba\xbb\xbd\xbe\xc4\xc6"
    b"\xe4\xe8\xe9",
    23: b"\x01\x87\x89\x8a\x8b\x8c\x8d\x8f\x93\x95\x96\x97\x98\x9b\x9d\x9e\xa5\xa6\xa8\xae\xaf\xb4\xb6\xb7"
    b"\xbc\xbf\xc5\xe7\xef",
    24: b"\x09\x8e\x90\x91\x94\x9f\xab\xce\xd7\xe1\xec\xed",
    25: b"\xc7\xcf\xea\xeb",
    26: b"\xc0\xc1\xc8\xc9\xca\xcd\xd2\xd5\xda\xdb\xee\xf0\xf2\xf3\xff",
    27: b"\xcb\xcc\xd3\xd4\xd6\xdd\xde\xdf\xf1\xf4\xf5\xf6\xf7\xf8\xfa\xfb\xfc\xfd\xfe",
    28: b"\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x17\x18\x19\x1a\x1b\x1c"
    b"\x1d\x1e\x1f\x7f\xdc\xf9",
    30: b"\n\r\x16",  # and the end-of-string symbol, thirty ones, which no string may hold
}
LONGEST = 30
SHORTEST = 5


def _first_codes() -> tuple[list[int], list[tuple[int, int, bytes]]]:
    """For each length its first code, filled up to 30 bits, and (length, first code, symbols)."""
    starts, lengths = [], []
    code = previous = 0
    for length, symbols in SYMBOLS.items():
        code <<= length - previous
        starts.append(code << LONGEST - length)
        lengths.append((length, code, symbols))
        code += len(symbols)
        previous = length
    return starts, lengths


STARTS, LENGTHS = _first_codes()


def decode(raw: bytes) -> bytes:
    out = bytearray()
    window = available = 0  # the bits that are read but not yet understood
    for byte in raw:
        window = window << 8 | byte
        available += 8
        while available >= SHORTEST:
            filled = window << LONGEST - available if available < LONGEST else window >> available - LONGEST
            length, first, symbols = LENGTHS[bisect_right(STARTS, filled) - 1]
            if length > available:
                break
            offset = (window >> available - length) - first
            if offset >= len(symbols):
                raise TheirMistake("HPACK: end-of-string within a Huffman string")
            out.append(symbols[offset])
            available -= length
            window &= (1 << available) - 1
    # RFC 7541, section 5.2: what is left is the start of end-of-string, shorter than a byte.
    if available > 7 or window != (1 << available) - 1:
        raise TheirMistake("HPACK: bad padding of a Huffman string")
    return bytes(out)
