# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One blob on its way to a registry: begun or mounted, resumed after a loss, cancelled on failure.

Knows offsets, losses and when to give up; never whose blob it is, nor how a registry is asked.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Callable

from ..._values.errors import Damaged, Failure, NotFound, Refused
from .faults import LOST, is_passing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..._values.descriptor import Descriptor
    from .target import Target

# What is handed to the socket at once: each time, this much must move before the timeout.
PIECE_BYTES = 128 << 10

Source = Callable[[int], "Iterable[bytes]"]


class Upload:
    """The bytes of one blob, and the way that they take."""

    def __init__(self, target: Target, blob: Descriptor, source: Source) -> None:
        self._target = target
        self._blob = blob
        self._source = source
        self._location = ""
        self._offset = 0

    def run(self, mount_from: str = "") -> bool:
        """Whether the bytes had to move; not, when the registry could mount the blob from another repository."""
        self._location = self._target.begin(self._blob.digest, mount_from)
        if not self._location:
            return False
        try:
            self._persist()
        except BaseException:
            self._cancel()
            raise
        return True

    def _persist(self) -> None:
        """Send, and after each loss go on from where the registry is; docker-registry 2 has forgotten it by then."""
        delays, mark = self._target.delays(), 0
        while True:
            body = _Body(self._source, self._offset, self._blob)
            try:
                self._target.send(self._location, self._blob, self._offset, body if len(body) else b"")
                return
            except Failure as exc:
                if exc is body.failure:  # our own side failed, not the registry
                    raise
                if self._offset and isinstance(exc, (Refused, NotFound)) and not is_passing(exc):
                    self._restart()  # what it kept of the upload is of no use
                    continue
                delay = next(delays, None)
                if delay is None or not is_passing(exc):
                    raise
            time.sleep(max(delay, self._target.asked_wait_s))
            if self._target.has(self._blob.digest):  # the answer was lost, not the blob
                return
            self._location, self._offset = self._target.progress(self._location)
            if self._offset > mark:  # it moves: losses far apart do not add up
                delays, mark = self._target.delays(), self._offset
            if not 0 < self._offset <= self._blob.size:
                self._restart()

    def _restart(self) -> None:
        self._cancel()
        self._offset = 0
        self._location = self._target.begin(self._blob.digest)

    def _cancel(self) -> None:
        """The registry forgets it by itself some day; so twice is enough."""
        for _attempt in range(2):  # the connection may be one that the registry closes after its refusal
            try:
                self._target.cancel(self._location)
            except Failure as exc:
                if exc.code == LOST:
                    continue
            return


class _Body:
    """The rest of a blob, read anew each time that it is sent; its length goes ahead of it."""

    def __init__(self, source: Source, offset: int, blob: Descriptor) -> None:
        self.failure: Failure | None = None  # of reading, not of sending
        self._source = source
        self._offset = offset
        self._blob = blob

    def __len__(self) -> int:
        return self._blob.size - self._offset

    def __iter__(self) -> Iterator[memoryview]:
        try:
            left = len(self)
            for chunk in self._source(self._offset):
                left -= len(chunk)
                view = memoryview(chunk)
                for start in range(0, len(view), PIECE_BYTES):
                    yield view[start : start + PIECE_BYTES]
            if left:
                raise Damaged(
                    "blob %s here has not the %d bytes that its image says"
                    % (self._blob.digest, self._blob.size),
                    "remove the image and pull it again",
                )
        except Failure as exc:
            self.failure = exc
            raise
