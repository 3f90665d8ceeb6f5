# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A containerd made of functions: real HTTP/2 and gRPC over a real unix socket, one handler for each method.

Knows how a gRPC server behaves. What containerd remembers is `containerd_store`'s to know.
"""

from __future__ import annotations

import importlib
import inspect
import socket
import struct
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Union

from ansible_collections.community.containerd.plugins.module_utils._services.messages.method import Method
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import frames as f
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import hpack
from ansible_collections.community.containerd.plugins.module_utils._wire.http2.connection import (
    CONNECTION_WINDOW,
    STREAM_WINDOW,
)
from ansible_collections.community.containerd.plugins.module_utils._wire.protobuf.message import (
    decode,
    encode,
)
from ansible_collections.community.containerd.tests.unit.fakes import http2_peer as peer

FOLDER = Path(inspect.getfile(Method)).parent
TABLES = [
    importlib.import_module(Method.__module__[: -len("method")] + each.stem) for each in FOLDER.glob("*.py")
]
METHODS = {
    method.path: method for table in TABLES for method in vars(table).values() if isinstance(method, Method)
}
NAMES = {method.name: method for method in METHODS.values()}
# Methods whose requests are a stream: their handler is called for each message.
STREAMED = frozenset(("content.Write",))
ROOM = 1 << 30  # what a client may send before it hears from us again: more than any test does


class Status(Exception):
    """Raised by a handler: the gRPC status that ends the call."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class HangUp(Exception):
    """Raised by a handler: the daemon dies."""


class Silence(Exception):
    """Raised by a handler: no answer, now or later."""


class Call(NamedTuple):
    """One request as it came in. `scratch` lives as long as the call."""

    name: str
    request: dict[str, Any]
    metadata: dict[str, str]
    scratch: dict[str, Any]

    @property
    def namespace(self) -> str:
        return self.metadata.get("containerd-namespace", "")

    @property
    def lease(self) -> str:
        return self.metadata.get("containerd-lease", "")


Answer = Union[None, Dict[str, Any], List[Dict[str, Any]]]
Handler = Callable[[Call], Answer]


class FakeContainerd:
    """The daemon; a context manager. A method without a handler is UNIMPLEMENTED."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.connections = 0
        self._handlers: dict[str, Handler] = {}
        self._failures: dict[str, list[BaseException]] = {}
        self._open: list[socket.socket] = []
        self._sessions: list[Session] = []

    def __enter__(self) -> FakeContainerd:
        self._directory = tempfile.TemporaryDirectory(prefix="fake-containerd-")
        self.address = self._directory.name + "/s"
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(self.address)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        for session in self._sessions:
            session.close()
        self.hang_up()
        self._directory.cleanup()

    def hang_up(self) -> None:
        """Stop listening and close every connection."""
        _shut(self._listener)  # wakes the thread that accepts, which else could take the next fake's calls
        for each in self._open:
            _shut(each)

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self.connections += 1
            threading.Thread(target=_Connection(self, connection).run, daemon=True).start()

    def on(self, name: str, handler: Handler) -> None:
        if name not in NAMES:
            raise ValueError("no such method: " + name)
        self._handlers[name] = handler

    def answer(self, name: str, *answers: dict[str, Any]) -> None:
        """The same answer, or stream of answers, to every call."""
        self.on(name, lambda call: list(answers))

    def fail(self, name: str, failure: BaseException, *, times: int = 1) -> None:
        """The next calls of that name fail, before any handler sees them."""
        self._failures.setdefault(name, []).extend([failure] * times)

    def handle(self, call: Call) -> Answer:
        self.calls.append(call)
        failures = self._failures.get(call.name)
        if failures:
            raise failures.pop(0)
        handler = self._handlers.get(call.name)
        if handler is None:
            raise Status(12, "unknown method " + call.name)
        return handler(call)

    def endpoint(self, namespace: str = "default", timeout_s: float = 5.0) -> Endpoint:
        return Endpoint(self.address, namespace, timeout_s)

    def session(self, namespace: str = "default", *, timeout_s: float = 5.0) -> Session:
        session = Session(self.endpoint(namespace, timeout_s))
        self._sessions.append(session)
        return session

    def named(self, *names: str) -> list[Call]:
        return [call for call in self.calls if call.name in names]

    def sequence(self, *names: str) -> list[str]:
        """The names of the calls in their order; of these methods only, when any are given."""
        return [call.name for call in self.calls if not names or call.name in names]


class _Stream:
    """One call as the server sees it."""

    def __init__(self, method: Method, metadata: dict[str, str]) -> None:
        self.method, self.metadata = method, metadata
        self.inbox = b""
        self.scratch: dict[str, Any] = {}
        self.messages: list[bytes] = []
        self.outgoing: list[bytes] = []  # frames that wait for room
        self.room = STREAM_WINDOW
        self.is_answered = False

    def take(self, payload: bytes) -> Iterator[bytes]:
        """The messages that are whole by now."""
        self.inbox += payload
        while len(self.inbox) >= 5:
            end = 5 + struct.unpack_from(">L", self.inbox, 1)[0]
            if len(self.inbox) < end:
                return
            message, self.inbox = self.inbox[5:end], self.inbox[end:]
            yield message


class _Connection:
    """Serves one client, one call after the other."""

    def __init__(self, fake: FakeContainerd, connection: socket.socket) -> None:
        self._fake, self._socket = fake, connection
        self._streams: dict[int, _Stream] = {}
        self._room = CONNECTION_WINDOW
        self._hpack = hpack.Decoder()
        self._update = b"\x20"  # RFC 7541, 4.2: the first block says that the table shrank to the client's 0

    def run(self) -> None:
        try:
            settings = {f.MAX_CONCURRENT_STREAMS: 100, f.INITIAL_WINDOW_SIZE: ROOM}
            self._socket.sendall(f.format_settings(settings) + peer.window_update(ROOM))
            self._read(len(f.PREFACE))
            while True:
                high, low, kind, flags, number = f.HEADER.unpack(self._read(f.HEADER_BYTES))
                self._serve(kind, flags, number, self._read(high << 8 | low))
        except (OSError, EOFError, HangUp):
            for number in list(self._streams):
                self._drop(number)
            _shut(self._socket)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def _serve(self, kind: int, flags: int, number: int, payload: bytes) -> None:
        stream = self._streams.get(number)
        if kind == f.SETTINGS and not flags & f.ACK:
            self._socket.sendall(peer.SETTINGS_ACK)
        elif kind == f.HEADERS:
            pairs = dict(self._hpack.decode(payload))
            method = METHODS.get(pairs[":path"])
            metadata = {name: value for name, value in pairs.items() if not name.startswith(":")}
            if method is None:
                self._end(number, Status(12, "unknown path " + pairs[":path"]), answered=False)
            else:
                self._streams[number] = _Stream(method, metadata)
        elif kind == f.WINDOW_UPDATE:
            self._widen(number, struct.unpack(">L", payload)[0])
        elif kind == f.RST_STREAM:
            self._drop(number)
        elif kind == f.DATA and stream is not None:
            self._data(number, stream, payload, bool(flags & f.END_STREAM))

    def _data(self, number: int, stream: _Stream, payload: bytes, is_end: bool) -> None:
        try:
            for message in stream.take(payload):
                stream.messages.append(message)
                if stream.method.name in STREAMED:
                    self._answer(number, stream, message)
            if is_end:
                if stream.method.name not in STREAMED:
                    (message,) = stream.messages
                    self._answer(number, stream, message)
                self._end(number, None, answered=stream.is_answered)
        except Silence:
            self._drop(number)
        except Status as status:
            self._end(number, status, answered=stream.is_answered)

    def _drop(self, number: int) -> None:
        """The end of a call, which its scratch tells to what outlives it."""
        stream = self._streams.pop(number, None)
        if stream is not None:
            stream.scratch["has_ended"] = True

    def _answer(self, number: int, stream: _Stream, message: bytes) -> None:
        request = decode(stream.method.request, message)
        answer = self._fake.handle(Call(stream.method.name, request, stream.metadata, stream.scratch))
        answers: Iterable[dict[str, Any]] = answer if isinstance(answer, list) else [answer or {}]
        for each in answers:
            if not stream.is_answered:
                self._headers(number, peer.ANSWER, f.END_HEADERS)
                stream.is_answered = True
            body = peer.message(encode(stream.method.response, each))
            stream.outgoing += [body[at : at + 16384] for at in range(0, len(body), 16384)]
        self._flush(number, stream)

    def _flush(self, number: int, stream: _Stream) -> None:
        while stream.outgoing and min(self._room, stream.room) >= len(stream.outgoing[0]):
            part = stream.outgoing.pop(0)
            self._room -= len(part)
            stream.room -= len(part)
            self._socket.sendall(peer.data(part, stream=number))

    def _end(self, number: int, status: Status | None, *, answered: bool) -> None:
        """Trailers, once all before them has been sent. What is still waiting is waited for."""
        stream = self._streams.get(number)
        while stream is not None and stream.outgoing:
            high, low, kind, flags, other = f.HEADER.unpack(self._read(f.HEADER_BYTES))
            self._serve(kind, flags, other, self._read(high << 8 | low))
            stream = self._streams.get(number)
        if answered and stream is None:
            return
        self._drop(number)
        pairs = [("grpc-status", str(status.code if status else 0))]
        if status and status.message:
            pairs.append(("grpc-message", _percent_encode(status.message)))
        self._headers(number, pairs if answered else peer.ANSWER + pairs, f.END_HEADERS | f.END_STREAM)

    def _headers(self, number: int, pairs: list[tuple[str, str]], flags: int) -> None:
        block, self._update = self._update + hpack.encode(pairs), b""
        self._socket.sendall(f.format_frame(f.HEADERS, flags, number, block))

    def _widen(self, number: int, increment: int) -> None:
        if not number:
            self._room += increment
        for each, stream in list(self._streams.items()):
            if each == number:
                stream.room += increment
            self._flush(each, stream)


def _percent_encode(text: str) -> str:
    """As grpc-go does it (PROTOCOL-HTTP2.md, "Status-Message")."""
    return "".join(
        chr(byte) if 0x20 <= byte <= 0x7E and byte != 0x25 else "%%%02X" % byte for byte in text.encode()
    )


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
