# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong on a wire, sorted by whose turn it is.

    WireError
    +-- NobodyThere    cannot connect, or the connection was lost: try again, or elsewhere
    +-- OurMistake     a value or a step of ours that the protocol does not allow: a bug here
    +-- TheirMistake   the peer broke a protocol or crossed one of our ceilings: do not trust it
    +-- NoProgress     nothing moved for as long as the caller was willing to wait
    +-- CallFailed     the peer answered: a gRPC status other than OK

Must never know: what the calls are about.
"""

from __future__ import annotations

# https://grpc.github.io/grpc/core/md_doc_statuscodes.html: the position is the code.
STATUS_NAMES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)


class WireError(Exception):
    """Root of everything that this floor raises."""


class NobodyThere(WireError):
    """No peer; `errno` is the operating system's reason where it gave one."""

    def __init__(self, message: str, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno


class OurMistake(WireError):
    """Local misuse, or a value that does not fit its field."""


class TheirMistake(WireError):
    """The peer broke HTTP/2, HPACK, gRPC or protobuf, or crossed a ceiling."""


class NoProgress(WireError):
    """The call did not move within its time."""


class CallFailed(WireError):
    """The call ended with gRPC status `code` and the peer's `message`."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        self.status_name = STATUS_NAMES[code] if 0 <= code < len(STATUS_NAMES) else "UNKNOWN"
        super().__init__("%s: %s" % (self.status_name, message))
