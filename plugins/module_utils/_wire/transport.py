# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only socket of the wire: bytes out, bytes in, and waiting. memory.py has its in-memory twin.

A transport blocks nowhere but in `wait`, and while it dials. Must never know: what the bytes mean.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import time
from typing import TYPE_CHECKING

from .errors import NobodyThere, NoProgress, OurMistake

if TYPE_CHECKING:
    from typing import Protocol, Sequence, Union

    Buffer = Union[bytes, memoryview]

    class Transport(Protocol):
        """What a channel needs of a transport."""

        def send(self, buffers: Sequence[Buffer]) -> int:
            """Take what fits now, in order; return how many bytes that was."""

        def receive(self) -> bytes | None:
            """What has arrived; None when nothing has yet, empty when the peer is gone."""

        def wait(self, for_room: bool, timeout_s: float) -> bool:
            """Until there is something to receive (or room to send); False when time ran out."""

        def close(self) -> None:
            """Let go of the peer."""


RECEIVE_BYTES = 256 * 1024
SEND_BUFFERS = 64  # in one system call; 512 KiB of DATA frames, more than a socket takes, far below IOV_MAX
LONGEST_WAIT_S = 1_000_000  # poll counts milliseconds in 31 bits
DIAL_AGAIN_S = 0.01  # a listener whose queue is full refuses for the moment


def parse_address(address: str) -> str:
    """`unix:///p`, `unix:/p` or `/p` → `/p`."""
    path = address[5:] if address.startswith("unix:") else address
    path = path[2:] if path.startswith("//") else path
    if not path.startswith("/") or "\0" in path:
        raise OurMistake("not the address of a unix socket: %r; write /path or unix:///path" % address)
    return path


class UnixTransport:
    """A connected stream socket at `path`."""

    def __init__(self, path: str, *, timeout_s: float) -> None:
        self._path = path
        self._is_broken = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.setblocking(False)
            self._dial(time.monotonic() + timeout_s)
        except BaseException:
            self._socket.close()
            raise
        self._poll = select.poll()
        self._poll.register(self._socket, select.POLLIN)

    def _dial(self, deadline: float) -> None:
        while True:
            try:
                return self._socket.connect(self._path)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise NoProgress("%s accepts no connection: its queue stays full" % self._path) from None
                time.sleep(DIAL_AGAIN_S)
            except OSError as exc:
                raise self._nobody("cannot connect to", exc) from exc

    def _nobody(self, tried: str, exc: OSError) -> NobodyThere:
        number, reason = exc.errno, exc.strerror
        if number is None:  # Python itself refuses a path that does not fit into sockaddr_un
            number, reason = errno.ENAMETOOLONG, str(exc)
        elif number == errno.ECONNREFUSED and (os.path.isfile(self._path) or os.path.isdir(self._path)):
            number, reason = errno.ENOTSOCK, os.strerror(errno.ENOTSOCK)
        return NobodyThere("%s %s: %s" % (tried, self._path, reason), number)

    def send(self, buffers: Sequence[Buffer]) -> int:
        try:
            return self._socket.sendmsg(buffers[:SEND_BUFFERS])
        except BlockingIOError:
            return 0
        except (BrokenPipeError, ConnectionResetError):
            self._is_broken = True  # what the peer said before it went is still to be read
            return 0
        except OSError as exc:
            raise self._nobody("lost the connection to", exc) from exc

    def receive(self) -> bytes | None:
        try:
            return self._socket.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return b"" if self._is_broken else None
        except ConnectionResetError:
            return b""
        except OSError as exc:
            raise self._nobody("lost the connection to", exc) from exc

    def wait(self, for_room: bool, timeout_s: float) -> bool:
        self._poll.modify(self._socket, select.POLLIN | select.POLLOUT if for_room else select.POLLIN)
        return bool(self._poll.poll(timeout_s and int(min(timeout_s, LONGEST_WAIT_S) * 1000) + 1))

    def close(self) -> None:
        self._socket.close()
