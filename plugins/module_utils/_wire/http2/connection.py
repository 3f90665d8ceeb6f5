# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's half of one HTTP/2 connection, sans I/O (RFC 9113).

Bytes that arrive go into `Connection.feed`, which keeps the streams' state; bytes to send pile up in
`outgoing`. A breach of protocol by the peer, or of one of our ceilings, is a `TheirMistake`, after which the
connection is of no use. Must never know: sockets, clocks, gRPC.

A stream as the peer's frames move it (ours move nothing here but `is_sending`):

    WAITING --headers--> OPEN --data--> OPEN --END_STREAM--> ENDED
       +------headers with END_STREAM, or RST_STREAM, or GOAWAY----^
"""

from __future__ import annotations

from ..errors import OurMistake, TheirMistake
from . import frames as f
from .hpack import Decoder

STREAM_WINDOW = 1 << 20  # what a peer may send on a stream that nobody reads
CONNECTION_WINDOW = 1 << 24
MAX_BLOCK_BYTES = 64 * 1024  # one header block, with its CONTINUATIONs
MAX_CONTINUATIONS = 16
MAX_IDLE_FRAMES = 10_000  # in a row without a byte of a call: pings, settings, empty or late frames

SETTINGS = {f.HEADER_TABLE_SIZE: 0, f.ENABLE_PUSH: 0, f.INITIAL_WINDOW_SIZE: STREAM_WINDOW}

WAITING, OPEN, ENDED = "waiting", "open", "ended"


class Stream:
    """One exchange. `headers` come first, `inbox` fills, `trailers` or `reset` (an HTTP/2 code) come last."""

    def __init__(self, number: int, send_room: int) -> None:
        self.number = number
        self.state = WAITING
        self.headers: list[tuple[str, str]] = []
        self.trailers: list[tuple[str, str]] = []
        self.inbox = bytearray()
        self.reset: int | None = None
        self.is_refused = False  # the peer went away without having looked at this stream
        self.is_sending = True
        self.send_room = send_room
        self.receive_room = STREAM_WINDOW
        self.moved = 0  # grows with whatever brings this stream further


class Connection:
    """All streams of one connection, and what has to be sent."""

    def __init__(self) -> None:
        self.outgoing: list[bytes | memoryview] = [
            f.PREFACE
            + f.format_settings(SETTINGS)
            + f.format_frame(f.WINDOW_UPDATE, 0, 0, f.NUMBER.pack(CONNECTION_WINDOW - f.DEFAULT_WINDOW))
        ]
        self.is_going_away = False
        self.data_sent = 0
        self._streams: dict[int, Stream] = {}
        self._next_number = 1
        self._send_room = f.DEFAULT_WINDOW
        self._receive_room = CONNECTION_WINDOW
        self._stream_send_room = f.DEFAULT_WINDOW
        self._max_frame = f.DEFAULT_MAX_FRAME
        self._max_streams = f.MAX_STREAM_ID
        self._hpack = Decoder()
        self._rest = b""  # of a frame that has not arrived whole
        self._block: bytearray | None = None  # a header block that goes on in CONTINUATIONs
        self._block_start = (0, 0)  # its stream and flags
        self._continuations = 0
        self._idle_frames = 0
        self._is_settled = False  # the peer's SETTINGS have come

    # Ours: open, send, credit, reset.

    def open(self, block: bytes) -> Stream:
        """A new stream whose request headers are `block`."""
        if self.is_going_away or self._next_number > f.MAX_STREAM_ID:
            raise OurMistake("HTTP/2: no new stream on a connection that is going away")
        if len(self._streams) >= self._max_streams:
            raise OurMistake("HTTP/2: the peer allows no more than %s streams at once" % self._max_streams)
        if len(block) > f.DEFAULT_MAX_FRAME:
            raise OurMistake("HTTP/2: request headers of %s bytes" % (len(block),))
        stream = Stream(self._next_number, self._stream_send_room)
        self._streams[stream.number] = stream
        self._next_number += 2
        self.outgoing.append(f.format_frame(f.HEADERS, f.END_HEADERS, stream.number, block))
        return stream

    def send(self, stream: Stream, data: memoryview, *, is_last: bool) -> int:
        """Queue as much of `data` as both windows allow, END_STREAM after the last byte; return how much."""
        room = max(0, min(len(data), stream.send_room, self._send_room))
        ends = is_last and room == len(data)
        sent = 0
        while sent < room or (ends and stream.is_sending):
            size = min(room - sent, self._max_frame)
            if ends and sent + size == room:
                stream.is_sending = False
            flags = 0 if stream.is_sending else f.END_STREAM
            self.outgoing.append(f.format_header(size, f.DATA, flags, stream.number))
            if size:
                self.outgoing.append(data[sent : sent + size])
            sent += size
        if sent:
            self._send_room -= sent
            stream.send_room -= sent
            stream.moved += sent
            self._idle_frames = 0
        self._forget_if_done(stream)
        return sent

    def sent(self, size: int) -> None:
        """`size` bytes of `outgoing` are on their way."""
        done = 0
        for buffer in self.outgoing:
            length = len(buffer)
            if isinstance(buffer, memoryview):
                self.data_sent += min(size, length)
            if size < length:
                self.outgoing[done] = buffer[size:]
                break
            size -= length
            done += 1
        del self.outgoing[:done]

    def credit(self, stream: Stream, unread: int) -> None:
        """Let the peer fill the stream's window again, but for `unread` bytes."""
        missing = STREAM_WINDOW - unread - stream.receive_room
        if missing >= STREAM_WINDOW // 2 and stream.state != ENDED:
            stream.receive_room += missing
            self._send_number(f.WINDOW_UPDATE, stream.number, missing)

    def reset(self, stream: Stream, code: int) -> None:
        """Give the stream up; what still comes for it is skipped."""
        if self._streams.pop(stream.number, None):
            stream.state, stream.is_sending, stream.reset = ENDED, False, code
            self._send_number(f.RST_STREAM, stream.number, code)

    @property
    def is_idle(self) -> bool:
        return not self._streams

    def _send_number(self, kind: int, stream_number: int, number: int) -> None:
        self.outgoing.append(f.format_frame(kind, 0, stream_number, f.NUMBER.pack(number)))

    def _forget_if_done(self, stream: Stream) -> None:
        if stream.state == ENDED and not stream.is_sending:
            self._streams.pop(stream.number, None)

    # Theirs: one method for each kind of frame.

    def feed(self, data: bytes) -> None:
        """Bytes as they arrive, cut anywhere."""
        if self._rest:
            data = self._rest + data
        view = memoryview(data)
        pos, end = 0, len(data)
        while end - pos >= f.HEADER_BYTES:
            high, low, kind, flags, number = f.HEADER.unpack_from(data, pos)
            length = high << 8 | low
            if length > f.DEFAULT_MAX_FRAME:
                raise TheirMistake(
                    "HTTP/2: a frame of %s bytes where %s are allowed" % (length, f.DEFAULT_MAX_FRAME)
                )
            next_pos = pos + f.HEADER_BYTES + length
            if next_pos > end:
                break
            self._read_frame(kind, flags, number & f.MAX_STREAM_ID, view[pos + f.HEADER_BYTES : next_pos])
            pos = next_pos
        self._rest = data[pos:]

    def _read_frame(self, kind: int, flags: int, number: int, payload: memoryview) -> None:
        if not self._is_settled and (kind != f.SETTINGS or flags & f.ACK):
            raise TheirMistake("HTTP/2: the peer does not begin with SETTINGS; is this a gRPC server?")
        if self._block is not None and (kind != f.CONTINUATION or number != self._block_start[0]):
            raise TheirMistake("HTTP/2: a header block is interrupted")
        self._idle_frames += 1
        if self._idle_frames > MAX_IDLE_FRAMES:
            raise TheirMistake("HTTP/2: %s frames in a row that bring no call further" % MAX_IDLE_FRAMES)
        if (kind in f.ON_STREAM and not number) or (kind in f.ON_CONNECTION and number):
            raise TheirMistake("HTTP/2: a frame of type %s on stream %s" % (kind, number))
        if len(payload) != f.LENGTHS.get(kind, len(payload)):
            raise TheirMistake("HTTP/2: a frame of type %s with %s bytes" % (kind, len(payload)))
        if number and kind != f.PRIORITY and (number >= self._next_number or number % 2 == 0):
            raise TheirMistake("HTTP/2: a frame on stream %s, which nobody opened" % number)
        reader = READERS.get(kind)
        if reader:
            reader(self, flags, number, payload)

    def _read_data(self, flags: int, number: int, payload: memoryview) -> None:
        size = len(payload)
        self._receive_room -= size
        if self._receive_room < 0:
            raise TheirMistake("HTTP/2: more data than the connection's window allows")
        if self._receive_room < CONNECTION_WINDOW // 2:
            self._send_number(f.WINDOW_UPDATE, 0, CONNECTION_WINDOW - self._receive_room)
            self._receive_room = CONNECTION_WINDOW
        content = _unpad(flags, payload)
        stream = self._streams.get(number)
        if stream is None:
            return
        if stream.state != OPEN:
            raise TheirMistake("HTTP/2: data on a stream that is %s" % stream.state)
        stream.receive_room -= size
        if stream.receive_room < 0:
            raise TheirMistake("HTTP/2: more data than the stream's window allows")
        if content:
            stream.inbox += content
            self._advance(stream)
        if flags & f.END_STREAM:
            self._end(stream)

    def _read_headers(self, flags: int, number: int, payload: memoryview) -> None:
        content = _unpad(flags, payload)
        if flags & f.HAS_PRIORITY:
            if len(content) < 5:
                raise TheirMistake("HTTP/2: a HEADERS frame is too short for its priority")
            content = content[5:]
        self._block, self._block_start, self._continuations = bytearray(), (number, flags), 0
        self._add_to_block(flags, content)

    def _read_continuation(self, flags: int, _number: int, payload: memoryview) -> None:
        if self._block is None:
            raise TheirMistake("HTTP/2: a CONTINUATION of nothing")
        self._continuations += 1
        if self._continuations > MAX_CONTINUATIONS:
            raise TheirMistake("HTTP/2: more than %s CONTINUATION frames" % MAX_CONTINUATIONS)
        self._add_to_block(flags, payload)

    def _add_to_block(self, flags: int, content: memoryview) -> None:
        block = self._block if self._block is not None else bytearray()
        block += content
        if len(block) > MAX_BLOCK_BYTES:
            raise TheirMistake("HTTP/2: a header block of more than %s bytes" % MAX_BLOCK_BYTES)
        if flags & f.END_HEADERS:
            self._block = None
            number, first_flags = self._block_start
            headers = self._hpack.decode(bytes(block))  # also for a stream that is gone: the table goes on
            stream = self._streams.get(number)
            if stream:
                self._take_headers(stream, headers, bool(first_flags & f.END_STREAM))

    def _take_headers(self, stream: Stream, headers: list[tuple[str, str]], is_end: bool) -> None:
        if stream.state == ENDED or (stream.state == OPEN and not is_end):
            raise TheirMistake("HTTP/2: headers on a stream that is %s" % stream.state)
        if stream.state == WAITING:
            status = [value for name, value in headers if name == ":status"]
            if len(status) != 1 or len(status[0]) != 3 or not status[0].isdecimal():
                raise TheirMistake("HTTP/2: an answer without a status")
            if status[0].startswith("1"):
                if is_end:
                    raise TheirMistake("HTTP/2: an interim answer ends the stream")
                return  # brings the call no further
            stream.headers, stream.state = headers, OPEN
        elif any(name.startswith(":") for name, _value in headers):
            raise TheirMistake("HTTP/2: a pseudo-header in trailers")
        self._advance(stream)
        if is_end:
            stream.trailers = headers
            self._end(stream)

    def _read_reset(self, _flags: int, number: int, payload: memoryview) -> None:
        stream = self._streams.get(number)
        if stream:
            if stream.state != ENDED:
                stream.reset = f.NUMBER.unpack(payload)[0]
            stream.is_sending = False
            self._end(stream)

    def _read_settings(self, flags: int, _number: int, payload: memoryview) -> None:
        if len(payload) % f.SETTING.size or (flags & f.ACK and payload):
            raise TheirMistake("HTTP/2: SETTINGS of %s bytes" % (len(payload),))
        if flags & f.ACK:
            return self._hpack.limit_table(SETTINGS[f.HEADER_TABLE_SIZE])
        for name, value in f.SETTING.iter_unpack(payload):
            self._apply(name, value)
        self._is_settled = True
        self.outgoing.append(f.format_frame(f.SETTINGS, f.ACK, 0))
        return None

    def _apply(self, name: int, value: int) -> None:
        low, high = BOUNDS.get(name, (0, value))
        if not low <= value <= high:
            raise TheirMistake("HTTP/2: setting %s is %s" % (name, value))
        if name == f.MAX_CONCURRENT_STREAMS:
            self._max_streams = value
        elif name == f.MAX_FRAME_SIZE:
            self._max_frame = value
        elif name == f.INITIAL_WINDOW_SIZE:
            difference = value - self._stream_send_room
            self._stream_send_room = value
            for stream in self._streams.values():
                stream.send_room = _widen(stream.send_room, difference)  # may become negative: section 6.9.2

    def _read_ping(self, flags: int, _number: int, payload: memoryview) -> None:
        if not flags & f.ACK:
            self.outgoing.append(f.format_frame(f.PING, f.ACK, 0, bytes(payload)))

    def _read_goaway(self, _flags: int, _number: int, payload: memoryview) -> None:
        if len(payload) < 8:
            raise TheirMistake("HTTP/2: a GOAWAY that is too short")
        self.is_going_away = True
        last = f.NUMBER.unpack_from(payload)[0] & f.MAX_STREAM_ID
        for stream in [stream for number, stream in self._streams.items() if number > last]:
            stream.is_refused, stream.is_sending = stream.state != ENDED, False
            self._end(stream)

    def _read_window_update(self, _flags: int, number: int, payload: memoryview) -> None:
        increment = f.NUMBER.unpack(payload)[0] & f.MAX_WINDOW
        if not increment:
            raise TheirMistake("HTTP/2: a WINDOW_UPDATE of nothing")
        stream = self._streams.get(number)
        if stream:
            stream.send_room = _widen(stream.send_room, increment)
        elif not number:
            self._send_room = _widen(self._send_room, increment)

    def _read_push(self, _flags: int, _number: int, _payload: memoryview) -> None:
        raise TheirMistake("HTTP/2: a push, which we did not allow")

    def _advance(self, stream: Stream) -> None:
        stream.moved += 1
        self._idle_frames = 0

    def _end(self, stream: Stream) -> None:
        stream.state = ENDED
        stream.moved += 1
        self._forget_if_done(stream)


def _unpad(flags: int, payload: memoryview) -> memoryview:
    if not flags & f.PADDED:
        return payload
    if not payload or payload[0] >= len(payload):
        raise TheirMistake("HTTP/2: more padding than frame")
    return payload[1 : len(payload) - payload[0]]


def _widen(room: int, increment: int) -> int:
    if room + increment > f.MAX_WINDOW:
        raise TheirMistake("HTTP/2: a window beyond 2^31-1")
    return room + increment


BOUNDS = {  # RFC 9113, section 6.5.2
    f.ENABLE_PUSH: (0, 0),
    f.INITIAL_WINDOW_SIZE: (0, f.MAX_WINDOW),
    f.MAX_FRAME_SIZE: (f.DEFAULT_MAX_FRAME, (1 << 24) - 1),
}
READERS = {
    f.DATA: Connection._read_data,
    f.HEADERS: Connection._read_headers,
    f.RST_STREAM: Connection._read_reset,
    f.SETTINGS: Connection._read_settings,
    f.PUSH_PROMISE: Connection._read_push,
    f.PING: Connection._read_ping,
    f.GOAWAY: Connection._read_goaway,
    f.WINDOW_UPDATE: Connection._read_window_update,
    f.CONTINUATION: Connection._read_continuation,
}
