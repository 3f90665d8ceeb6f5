# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""gRPC calls over one connection (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).

The one place where the protocol meets a transport and a clock. Blocking, for one thread; several calls may be
open, and whichever waits also reads for the others. Time is counted as seconds without progress of a call: a peer
that only keeps the connection alive makes none. Must never know: any service, protobuf.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

from ..errors import NobodyThere, NoProgress, OurMistake, TheirMistake, WireError
from ..http2 import frames, hpack
from ..http2.connection import ENDED, Connection, Stream
from ..transport import UnixTransport, parse_address

if TYPE_CHECKING:
    from typing import Sequence

    from ..transport import Transport

    Metadata = Sequence[tuple[str, str]]

MAX_MESSAGE_BYTES = 64 << 20  # four times what containerd sends by default
SMALL_BYTES = 8192  # up to here copying a message behind its prefix is cheaper than a frame more
PREFIX = struct.Struct(">BL")  # compressed flag, length

REQUEST = ((":method", "POST"), (":scheme", "http"))
REQUEST_END = ((":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc"))
NAME_CHARACTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz_-.")


class Channel:
    """Calls to the server at `address`; connects at the first call, and again when the connection is lost."""

    def __init__(self, address: str, *, timeout_s: float, transport: Transport | None = None) -> None:
        self._path = parse_address(address)
        self._timeout_s = timeout_s
        self._transport = transport  # good for one connection
        self._link: _Link | None = None

    def unary(
        self, method: str, message: bytes, *, metadata: Metadata = (), timeout_s: float | None = None
    ) -> bytes:
        """One message there, one message back."""
        with self.call(method, metadata=metadata, timeout_s=timeout_s) as call:
            call.send(message, is_last=True)
            answer = call.receive()
            if answer is None or call.receive() is not None:
                raise TheirMistake(
                    "gRPC: %s answered with %s" % (method, "no message" if answer is None else "several")
                )
            return answer

    def call(self, method: str, *, metadata: Metadata = (), timeout_s: float | None = None) -> Call:
        """A call that streams in either direction. Nothing is sent before its first message."""
        timeout_s = self._timeout_s if timeout_s is None else timeout_s
        block = _format_request(method, tuple(metadata))
        link = self._ready_link(timeout_s)
        return Call(link, link.connection.open(block), method, timeout_s)

    def close(self) -> None:
        if self._link:
            self._link.close("the channel was closed")
            self._link = None

    def __enter__(self) -> Channel:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _ready_link(self, timeout_s: float) -> _Link:
        """The connection that we have, if it is still good for a new call."""
        if self._link and not self._link.is_usable():
            self._link.retire()
            self._link = None
        if self._link is None:
            transport, self._transport = self._transport, None
            self._link = _Link(transport or UnixTransport(self._path, timeout_s=timeout_s), self._path)
        return self._link


class Call:
    """One call. As a context manager: leaving before the end cancels it."""

    def __init__(self, link: _Link, stream: Stream, method: str, timeout_s: float) -> None:
        self._link = link
        self._stream = stream
        self._method = method
        self._timeout_s = timeout_s
        self._deadline = 0.0

    def __enter__(self) -> Call:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.cancel()

    def send(self, message: bytes, *, is_last: bool = False) -> None:
        """Hand a message to the kernel, as fast as the peer takes it.

        An answer that arrives meanwhile is kept, up to the stream's window. If the peer has ended the call with
        an error, that is raised; if it has ended it well, it wants no more and the message is dropped.
        """
        prefix = PREFIX.pack(0, len(message))
        self._start_clock()
        if len(message) <= SMALL_BYTES:
            self._queue(prefix + message, is_last)
        else:
            self._queue(prefix, False)
            self._queue(message, is_last)
        self._flush()

    def finish_sending(self) -> None:
        """Tell the peer that no message follows."""
        self._start_clock()
        if self._stream.is_sending:
            self._queue(b"", True)
            self._flush()

    def receive(self) -> bytes | None:
        """The next message; None when the call has ended well, `CallFailed` when not."""
        self._start_clock()
        while True:
            message = self._take()
            if message is not None or self._stream.state == ENDED:
                break
            self._link.connection.credit(self._stream, 0)
            self._turn()
        if message is None:
            self._raise_outcome()
            if self._stream.inbox:
                raise TheirMistake("gRPC: %s ended within a message" % self._method)
        return message

    def poll(self, wait_s: float) -> bool:
        """Whether `receive` would return (or raise) at once; waits for that no longer than `wait_s`."""
        deadline = monotonic() + wait_s
        while not self._first_message_end() and self._stream.state != ENDED:
            self._link.connection.credit(self._stream, 0)
            if not self._link.turn(deadline) or (monotonic() >= deadline and not self._first_message_end()):
                return self._stream.state == ENDED
        return True

    def cancel(self) -> None:
        """Tell the peer that we are not interested any more; nothing, if the call has ended."""
        self._link.cancel(self._stream)

    def _start_clock(self) -> None:
        self._deadline = monotonic() + self._timeout_s

    def _turn(self) -> None:
        before = self._stream.moved + self._link.connection.data_sent
        came = self._link.turn(self._deadline)
        if self._stream.moved + self._link.connection.data_sent != before:
            self._start_clock()
        elif not came or monotonic() >= self._deadline:
            message = "gRPC: no progress of %s at %s for %g s" % (
                self._method,
                self._link.name,
                self._timeout_s,
            )
            self._link.close(message)
            raise NoProgress(message)

    def _queue(self, data: bytes, is_last: bool) -> None:
        view = memoryview(data)
        while self._stream.is_sending and self._stream.state != ENDED:
            view = view[self._link.connection.send(self._stream, view, is_last=is_last) :]
            if not view:
                return
            self._turn()
        if self._stream.state == ENDED:
            self._raise_outcome()
        else:
            raise OurMistake("gRPC: a message of %s after the last one" % self._method)

    def _flush(self) -> None:
        while self._link.connection.outgoing and self._stream.state != ENDED:
            self._turn()

    def _first_message_end(self) -> int:
        """Where the first message of the inbox ends; 0 while it is not there as a whole."""
        inbox = self._stream.inbox
        if len(inbox) < PREFIX.size:
            return 0
        flag, size = PREFIX.unpack_from(inbox)
        if flag:
            raise self._link.broken("gRPC: a compressed message, which we did not ask for")
        if size > MAX_MESSAGE_BYTES:
            raise self._link.broken(
                "gRPC: a message of %s bytes where %s are allowed" % (size, MAX_MESSAGE_BYTES)
            )
        end = PREFIX.size + size
        return end if end <= len(inbox) else 0

    def _take(self) -> bytes | None:
        inbox, end = self._stream.inbox, self._first_message_end()
        if not end:
            return None
        with memoryview(inbox) as view:
            message = bytes(view[PREFIX.size : end])
        del inbox[:end]
        self._link.connection.credit(self._stream, len(inbox))
        return message

    def _raise_outcome(self) -> None:
        """Nothing, after an ended call's status OK."""
        stream = self._stream
        if stream.is_refused:
            raise NobodyThere("%s is going away and did not take %s" % (self._link.name, self._method))
        if stream.reset is not None or ("grpc-status", "0") not in stream.trailers:
            from .status import failure_of  # most calls end well and never read that file

            raise failure_of(stream)


class _Link:
    """A connection and the transport that it runs over, until the first failure."""

    def __init__(self, transport: Transport, name: str) -> None:
        self.name = name
        self.connection = Connection()
        self.failure = ""
        self._transport = transport

    def turn(self, deadline: float) -> bool:
        """Send what fits, read what is there; if neither moves, wait. False when `deadline` came first."""
        if self.failure:
            raise NobodyThere("%s: %s" % (self.name, self.failure))
        try:
            size = 0
            if self.connection.outgoing:
                size = self._transport.send(self.connection.outgoing)
                self.connection.sent(size)
            data = self._transport.receive()
            if data:
                self.connection.feed(data)
            elif data is not None:
                raise NobodyThere("%s closed the connection" % self.name)
            elif not size:
                wait_s = deadline - monotonic()
                return wait_s > 0 and self._transport.wait(bool(self.connection.outgoing), wait_s)
            return True
        except WireError as exc:
            self.close(str(exc))
            raise

    def is_usable(self) -> bool:
        """Look at what came since the last call: the peer may have gone."""
        try:
            while not self.failure and self.turn(0.0):
                pass
        except WireError:
            pass
        return not self.failure and not self.connection.is_going_away

    def cancel(self, stream: Stream) -> None:
        self.connection.reset(stream, frames.CANCEL)
        try:
            if not self.failure and self.connection.outgoing:
                self.turn(0.0)
        except WireError:
            pass  # whoever uses the connection next will hear of it
        if self.connection.is_going_away:
            self.retire()

    def retire(self) -> None:
        """Close as soon as no call needs the connection."""
        if self.connection.is_idle:
            self.close("the peer went away")

    def broken(self, message: str) -> TheirMistake:
        self.close(message)
        return TheirMistake(message)

    def close(self, failure: str) -> None:
        self.failure = self.failure or failure
        self._transport.close()


@lru_cache(maxsize=64)
def _format_request(method: str, metadata: Metadata) -> bytes:
    for name, value in (("path", method), *metadata):
        is_reserved = name.startswith("grpc-") or name.endswith(
            "-bin"
        )  # gRPC's own names, and values in base64
        if is_reserved or not name or not NAME_CHARACTERS.issuperset(name):
            raise OurMistake("gRPC: not a name of metadata: %r" % name)
        if not (value.isascii() and value.isprintable()):
            raise OurMistake("gRPC: the value of %r is not printable ASCII" % name)
    return hpack.encode((*REQUEST, (":path", method), *REQUEST_END, *metadata))
