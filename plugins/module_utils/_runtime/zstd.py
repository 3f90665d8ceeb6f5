# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacking zstd by the libzstd of the host, for Pythons before 3.14, which have none of their own.

The streaming interface of zstd.h (RFC 8878 is the format). Knows no archive.
"""

from __future__ import annotations

import ctypes
from typing import Any

CHUNK_BYTES = 1 << 17


class _Buffer(ctypes.Structure):
    """ZSTD_inBuffer and ZSTD_outBuffer, which have the same members."""

    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t), ("position", ctypes.c_size_t))


# What each function that we call returns, and what it takes.
_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "ZSTD_createDStream": (ctypes.c_void_p, ()),
    "ZSTD_freeDStream": (ctypes.c_size_t, (ctypes.c_void_p,)),
    "ZSTD_decompressStream": (
        ctypes.c_size_t,
        (ctypes.c_void_p, ctypes.POINTER(_Buffer), ctypes.POINTER(_Buffer)),
    ),
    "ZSTD_isError": (ctypes.c_uint, (ctypes.c_size_t,)),
    "ZSTD_getErrorName": (ctypes.c_char_p, (ctypes.c_size_t,)),
}


class ZstdFile:
    """What a file has in it, frame after frame. OSError without the library, and for bytes that are not zstd's."""

    def __init__(self, file: Any) -> None:
        self._library = ctypes.CDLL("libzstd.so.1")
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
        self._file = file
        self._stream = self._library.ZSTD_createDStream()
        self._packed = b""  # must live for as long as _input points into it
        self._input = _Buffer(None, 0, 0)
        self._room = ctypes.create_string_buffer(CHUNK_BYTES)
        self._is_within_frame = False

    def __enter__(self) -> ZstdFile:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._library.ZSTD_freeDStream(self._stream)

    def read(self, count: int) -> bytes:
        """At least one and at most ``count`` bytes, none at the end; EOFError for an end within a frame."""
        output = _Buffer(ctypes.addressof(self._room), min(count, CHUNK_BYTES), 0)
        while not output.position:
            is_over = self._input.position == self._input.size and not self._refill()
            if is_over and not self._is_within_frame:
                return b""
            self._step(output)
            if is_over and not output.position and self._is_within_frame:
                raise EOFError
        return ctypes.string_at(self._room, output.position)  # the only copy

    def _refill(self) -> bool:
        """Whether there is more to unpack."""
        self._packed = self._file.read(CHUNK_BYTES)
        start = ctypes.cast(ctypes.c_char_p(self._packed), ctypes.c_void_p)
        self._input = _Buffer(start.value, len(self._packed), 0)
        return bool(self._packed)

    def _step(self, output: _Buffer) -> None:
        """Some of the input into ``output``, which the library moves on in both."""
        wanted = self._library.ZSTD_decompressStream(
            self._stream, ctypes.byref(output), ctypes.byref(self._input)
        )
        if self._library.ZSTD_isError(wanted):
            raise OSError(self._library.ZSTD_getErrorName(wanted).decode())
        self._is_within_frame = wanted != 0
