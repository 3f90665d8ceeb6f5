# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed call means: the one place where a gRPC status, or a lost connection, becomes a ``Failure``."""

from __future__ import annotations

import os

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
_FULL = (
    "no space left on device",
    "disk quota exceeded",
)  # strerror(3), which containerd passes on as UNKNOWN
_MAX_TEXT = 600  # characters of the daemon's own words that are quoted


def failure_of(error: WireError, call: str, address: str) -> Failure:
    """The failure of ``call``, such as images.Get, at the daemon of ``address``."""
    if isinstance(error, CallFailed):
        return _refusal(error, call)
    if isinstance(error, NobodyThere):
        return _unreachable(address, error, call)
    if isinstance(error, NoProgress):
        return TimedOut(
            "containerd at %s did not answer %s: %s" % (address, call, error),
            "see whether the daemon is still starting or hangs (its log tells), or set a larger timeout",
            call=call,
        )
    if isinstance(error, TheirMistake):
        return Damaged(
            "what answers at %s does not speak gRPC as containerd does: %s" % (address, error),
            "set address to containerd's own socket",
            call=call,
        )
    raise error  # a mistake of ours is a bug and looks like one


def _refusal(error: CallFailed, call: str) -> Failure:
    kind, remedy = _BY_CODE.get(error.code, _OTHERWISE)
    text = "".join(c if c.isprintable() else " " for c in error.message).strip()
    if kind is Unreachable and "locked" in text:
        kind, remedy = Locked, "wait for the other client and run the task again"
    if any(words in text.lower() for words in _FULL):
        remedy = "free space on the disk of containerd's root directory, and run the task again"
    if len(text) > _MAX_TEXT:
        text = text[:_MAX_TEXT] + " ..."
    said = "containerd answered %s to %s: %s" % (error.status_name, call, text or "no reason given")
    return kind(said, remedy, call=call, code=error.status_name)


def _unreachable(address: str, error: NobodyThere, call: str) -> Unreachable:
    path = address[len("unix://") :] if address.startswith("unix://") else address
    if error.errno is None:
        remedy = "see its log, and run the task again once it is up"
    elif os.path.exists(path):
        remedy = "start containerd" if os.geteuid() == 0 else "run with become, or start containerd"
    else:
        remedy = "start containerd, set address to its socket, or run with become"
    return Unreachable("cannot reach containerd at %s: %s" % (path, error), remedy, call=call)
