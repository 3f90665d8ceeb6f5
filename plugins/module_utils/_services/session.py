# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One conversation with containerd: calls with the namespace and lease headers, failures as typed errors.

Knows no service in particular.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._wire.errors import WireError
from .._wire.grpc.channel import Call, Channel
from .._wire.protobuf.message import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._values.endpoint import Endpoint
    from .._values.errors import Failure
    from .messages.method import Method


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

    def within(self, namespace: str) -> Session:
        """The same connection, in another namespace."""
        return Session(self.endpoint.replace(namespace=namespace), channel=self._channel)

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
            raise self.failure(exc, method) from exc

    def stream(self, method: Method, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """One request, any number of answers."""
        with self.open(method) as stream:
            stream.send(request, is_last=True)
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
            raise self.failure(exc, method) from exc

    def failure(self, error: WireError, method: Method) -> Failure:
        """What went wrong, as what a caller can do about it."""
        from .failures import failure_of  # most calls go well

        return failure_of(error, method.name, self.endpoint.address)


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

    def send(self, request: Mapping[str, Any], *, is_last: bool = False) -> None:
        message = _encode(self._method, request)
        try:
            self._call.send(message, is_last=is_last)
        except WireError as exc:
            raise self._session.failure(exc, self._method) from exc

    def receive(self) -> dict[str, Any] | None:
        """The next answer; None once the peer has said that all went well."""
        try:
            answer = self._call.receive()
            return None if answer is None else decode(self._method.response, answer)
        except WireError as exc:
            raise self._session.failure(exc, self._method) from exc


def _encode(method: Method, request: Mapping[str, Any]) -> bytes:
    for path in method.needs:
        part: Any = request
        for name in path.split("."):
            part = part.get(name) if part else None
        if not part:
            raise ValueError("%s without %s would crash containerd" % (method.name, path))
    return encode(method.request, request)
