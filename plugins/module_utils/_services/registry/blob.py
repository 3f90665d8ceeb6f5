# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One blob on its way: exactly the promised bytes, through lost connections and servers that ignore ranges.

Knows ranges, lengths and when to go on; never who is asked, nor how.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from ..._values.errors import Damaged, TimedOut, Unreachable
from .exchange import CHUNK_BYTES
from .faults import LOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from .exchange import Answer

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,19})-[0-9]{1,19}/(\*|[0-9]{1,19})")  # RFC 9110, Section 14.4


class Download:
    """A context whose value is an iterator over the bytes; the first request is made on entry."""

    def __init__(
        self,
        open_at: Callable[[int, Callable[[Answer], None]], Answer],
        delays: Callable[[], Iterator[float]],
        size: int,
        offset: int,
        what: str,
        spare: int = 0,
    ) -> None:
        self._open_at = open_at
        self._delays = delays
        self._size = size
        self._at = offset
        self._what = what
        self._spare = spare  # further hosts, each of which may do better at once
        self._answer: Answer | None = None

    def __enter__(self) -> Iterator[bytes]:
        if self._at >= self._size:
            return iter(())
        return self._chunks(self._open())

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._answer is not None:
            self._answer.close()

    def _chunks(self, answer: Answer) -> Iterator[bytes]:
        delays = self._delays()
        mark = self._at
        while self._at < self._size:
            try:
                chunk = self._next(answer)
            except (Unreachable, TimedOut, Damaged) as exc:
                answer.close()
                if self._at - mark >= CHUNK_BYTES:  # it moves: losses far apart do not add up
                    delays, mark = self._delays(), self._at
                delay = 0.0 if self._spare > 0 else next(delays, None)
                if delay is None or (self._spare < 1 and isinstance(exc, Damaged)):
                    raise
                self._spare -= 1
                time.sleep(delay)
            else:
                self._at += len(chunk)
                yield chunk
                continue
            answer = self._open()
        if answer.length is None and answer.read(1):
            raise self._damaged("more", answer)

    def _next(self, answer: Answer) -> bytes:
        chunk = answer.read(min(CHUNK_BYTES, self._size - self._at))
        if not chunk and answer.ends_itself:
            raise self._damaged("fewer", answer)
        if not chunk:
            raise self._lost(answer)
        return chunk

    def _open(self) -> Answer:
        """Ask for the rest; whoever breaks a promise at its beginning is not the one to have it from."""
        self._answer = self._open_at(self._at, self._skip)
        return self._answer

    def _skip(self, answer: Answer) -> None:
        """Check the promises of the headers, then read and drop what a server that ignores ranges repeats."""
        start = 0
        if answer.status == 206:
            found = _CONTENT_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
            if found is None or int(found.group(1)) != self._at:
                raise self._damaged("another part", answer)
            start = self._at
        if answer.length is not None and start + answer.length != self._size:
            raise self._damaged("fewer" if start + answer.length < self._size else "more", answer)
        while start < self._at:
            dropped = answer.read(min(CHUNK_BYTES, self._at - start))
            if not dropped:
                raise self._lost(answer)
            start += len(dropped)

    def _lost(self, answer: Answer) -> Unreachable:
        return Unreachable(
            "the connection was lost after %d of %d bytes of %s" % (self._at, self._size, self._what),
            "try again, or raise retries",
            call=answer.call,
            code=LOST,
        )

    def _damaged(self, how: str, answer: Answer) -> Damaged:
        return Damaged(
            "the registry sent %s than the promised %d bytes of %s" % (how, self._size, self._what),
            "try another registry, or push the image again",
            call=answer.call,
        )
