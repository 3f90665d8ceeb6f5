# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One conversation with containerd: calls with the namespace and lease headers, failures as typed errors.

The only place where a gRPC status becomes a ``Failure``. Knows no service in particular.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from .._values.endpoint import Endpoint
from .._values.errors import (
    AlreadyExists,
    Damaged,
    Failure,
    Locked,
    NotFound,
    Refused,
    TimedOut,
    Unreachable,
    Unsupported,
)
from .._wire.errors import CallFailed, NobodyThere, NoProgress, TheirMistake, WireError
from .._wire.grpc.channel import Call, Channel
from .._wire.protobuf.message import decode, encode
from .messages.method import Method

# gRPC status codes (grpc/statuscodes.md) to what a caller can do about them, with the usual remedy.
_BY_CODE: dict[int, tuple[type[Failure], str]] = {
    1: (Failure, "run the task again"),  # CANCELLED
    3: (Refused, "correct the value it names"),  # INVALID_ARGUMENT
    4: (TimedOut, "run the task again, or set a larger timeout"),  # DEADLINE_EXCEEDED
    5: (NotFound, "check the name and the namespace"),  # NOT_FOUND
    6: (AlreadyExists, "run the task again"),  # ALREADY_EXISTS
    7: (Refused, "run with become"),  # PERMISSION_DENIED
    8: (Refused, "free what it names (disk, memory, quota) and run the task again"),  # RESOURCE_EXHAUSTED
    9: (Refused, "look at the state it names"),  # FAILED_PRECONDITION
    11: (Refused, "run the task again"),  # OUT_OF_RANGE
    12: (Unsupported, "upgrade containerd, or do without"),  # UNIMPLEMENTED
    14: (Unreachable, "see the log of containerd"),  # UNAVAILABLE
    15: (Damaged, "see the log of containerd"),  # DATA_LOSS
    16: (Refused, "run with become"),  # UNAUTHENTICATED
}
_OTHERWISE = (Failure, "see the log of containerd")
_MAX_TEXT = 600  # characters of the daemon's own words that are quoted


class Session:
    """Calls to one daemon in one namespace over one connection; for one thread."""

    def __init__(self, endpoint: Endpoint, lease: str = "", channel: Channel | None = None) -> None:
        self.endpoint = endpoint
        self.lease = lease
        self._channel = channel or Channel(endpoint.address, timeout_s=endpoint.timeout_s)
        self._metadata = [("containerd-namespace", endpoint.namespace)]
        if lease:
            self._metadata.append(("containerd-lease", lease))

    def under(self, lease: str) -> Session:
        """The same connection, everything made through it held by ``lease``."""
        return Session(self.endpoint, lease, self._channel)

    def sibling(self) -> Session:
        """A connection of its own to the same place, for another thread."""
        return Session(self.endpoint, self.lease)

    def close(self) -> None:
        self._channel.close()

    def call(
        self, method: Method, request: Mapping[str, Any], *, timeout_s: float | None = None
    ) -> dict[str, Any]:
        """One request, one answer."""
        message = _encode(method, request)
        try:
            answer = self._channel.unary(method.path, message, metadata=self._metadata, timeout_s=timeout_s)
            return decode(method.response, answer)
        except WireError as exc:
            raise self._failure(exc, method) from exc

    def stream(self, method: Method, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """One request, any number of answers."""
        with self.open(method) as stream:
            stream.send(request)
            stream.finish_sending()
            while True:
                answer = stream.receive()
                if answer is None:
                    return
                yield answer

    def open(self, method: Method) -> Stream:
        """A call that goes on in both directions; leaving its ``with`` early cancels it."""
        try:
            return Stream(self, method, self._channel.call(method.path, metadata=self._metadata))
        except WireError as exc:
            raise self._failure(exc, method) from exc

    def _failure(self, error: WireError, method: Method) -> Failure:
        if isinstance(error, CallFailed):
            return _refusal(error, method)
        if isinstance(error, NobodyThere):
            return _unreachable(self.endpoint.address, error, method)
        if isinstance(error, NoProgress):
            return TimedOut(
                "containerd at %s did not answer %s: %s" % (self.endpoint.address, method.name, error),
                "see whether the daemon is still starting or hangs (its log tells), or set a larger timeout",
                call=method.name,
            )
        if isinstance(error, TheirMistake):
            return Damaged(
                "what answers at %s does not speak gRPC as containerd does: %s"
                % (self.endpoint.address, error),
                "set address to containerd's own socket",
                call=method.name,
            )
        raise error  # a mistake of ours is a bug and looks like one


class Stream:
    """One streaming call of a session."""

    def __init__(self, session: Session, method: Method, call: Call) -> None:
        self._session = session
        self._method = method
        self._call = call

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._call.cancel()  # does nothing once the call has ended

    def send(self, request: Mapping[str, Any]) -> None:
        message = _encode(self._method, request)
        try:
            self._call.send(message)
        except WireError as exc:
            raise self._session._failure(exc, self._method) from exc

    def finish_sending(self) -> None:
        try:
            self._call.finish_sending()
        except WireError as exc:
            raise self._session._failure(exc, self._method) from exc

    def receive(self) -> dict[str, Any] | None:
        """The next answer; None once the peer has said that all went well."""
        try:
            answer = self._call.receive()
            return None if answer is None else decode(self._method.response, answer)
        except WireError as exc:
            raise self._session._failure(exc, self._method) from exc


def _encode(method: Method, request: Mapping[str, Any]) -> bytes:
    for path in method.needs:
        part: Any = request
        for name in path.split("."):
            part = part.get(name) if part else None
        if not part:
            raise ValueError("%s without %s would crash containerd" % (method.name, path))
    return encode(method.request, request)


def _refusal(error: CallFailed, method: Method) -> Failure:
    kind, remedy = _BY_CODE.get(error.code, _OTHERWISE)
    text = "".join(c if c.isprintable() else " " for c in error.message).strip()
    if kind is Unreachable and "locked" in text:
        kind, remedy = Locked, "wait for the other client and run the task again"
    if len(text) > _MAX_TEXT:
        text = text[:_MAX_TEXT] + " ..."
    said = "containerd answered %s to %s: %s" % (error.status_name, method.name, text or "no reason given")
    return kind(said, remedy, call=method.name, code=error.status_name)


def _unreachable(address: str, error: NobodyThere, method: Method) -> Unreachable:
    path = address[len("unix://") :] if address.startswith("unix://") else address
    if error.errno is None:
        remedy = "see its log, and run the task again once it is up"
    elif os.path.exists(path):
        remedy = "start containerd" if os.geteuid() == 0 else "run with become, or start containerd"
    else:
        remedy = "start containerd, set address to its socket, or run with become"
    return Unreachable("cannot reach containerd at %s: %s" % (path, error), remedy, call=method.name)
