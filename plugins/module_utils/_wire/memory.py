# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The in-memory twin of a socket, for tests and for whoever wants to speak to a peer in the same process.

A file of its own, so that no managed host has to read it. Must never know: what the bytes mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from typing import Sequence

    from .transport import Buffer


class MemoryTransport:
    """A peer without a socket: `answer` is given what was sent since it was last asked and returns its bytes.

    An empty answer is silence (a wait for it runs out at once, whatever the clock says); None hangs up.
    """

    def __init__(self, answer: Callable[[bytes], bytes | None]) -> None:
        self._answer = answer
        self._sent = bytearray()
        self._arrived: bytes | None = None

    def send(self, buffers: Sequence[Buffer]) -> int:
        before = len(self._sent)
        for buffer in buffers:
            self._sent += buffer
        return len(self._sent) - before

    def receive(self) -> bytes | None:
        if self._arrived is None:
            self.wait(False, 0)
        arrived, self._arrived = self._arrived, None
        return arrived

    def wait(self, for_room: bool, timeout_s: float) -> bool:
        answer = self._answer(bytes(self._sent))
        self._sent.clear()
        self._arrived = b"" if answer is None else answer or None
        return self._arrived is not None

    def close(self) -> None:
        self._sent.clear()
