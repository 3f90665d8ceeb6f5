# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain words for what the operating system and TLS report, under whatever a library wrapped around it.

Knows the exceptions of the standard library; never who was called.
"""

from __future__ import annotations

import errno
import socket
import ssl
from typing import TYPE_CHECKING, Any

from ..._values.errors import TimedOut, Unreachable
from .errors import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..._values.errors import Failure

LOST = "CONNECTION_LOST"
NO_CONNECTION = "ETIMEDOUT"
UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
TRANSIENT = frozenset(("408", "429", "500", "502", "503", "504"))  # statuses that pass
_NAMELESS = "NAME_NOT_KNOWN"
_FINAL = frozenset(  # the next attempt would fail as this one did
    (
        UNTRUSTED,
        _NAMELESS,
        "WRONG_VERSION_NUMBER",
        "RECORD_LAYER_FAILURE",
        "HTTP_REQUEST",
        "UNSUPPORTED_PROTOCOL",
    )
)
_NO_WAY = _FINAL | frozenset(
    (NO_CONNECTION, "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "EAI_AGAIN")
)


def is_passing(failure: Failure) -> bool:
    """Whether another attempt may succeed where this one did not."""
    if failure.code.isdigit():
        return failure.code in TRANSIENT
    return isinstance(failure, (Unreachable, TimedOut)) and failure.code not in _FINAL


def is_out_of_reach(failure: Failure) -> bool:
    """Whether there was not even a connection over which something could be said."""
    return failure.code in _NO_WAY


def all_causes(exc: BaseException) -> list[BaseException]:
    """``exc`` and all that it wraps, outermost first, each once."""
    found: list[BaseException] = []
    todo: list[Any] = [exc]
    while todo:
        item = todo.pop(0)
        if isinstance(item, BaseException) and item not in found:
            found.append(item)
            todo += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
    return found


def named_fault(causes: Sequence[BaseException]) -> tuple[str, str, str]:
    """Words, code and remedy of the fault that tells most: certificate, TLS, name, then the kernel's word."""
    for cause in causes:
        # urllib3 1.x compares names itself where Python has no ssl.match_hostname any more
        if isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ == "CertificateError":
            words = clean(getattr(cause, "verify_message", "") or str(cause))
            remedy = "set ca_path to the CA that signed it, or validate_certs: false"
            return "its certificate is not trusted (%s)" % words, UNTRUSTED, remedy
    for kind in (ssl.SSLError, socket.gaierror, OSError):
        for cause in causes:
            if isinstance(cause, kind) and (kind is not OSError or (cause.errno and cause.strerror)):
                return _described(cause)
    return "the connection was lost", LOST, "try again, or raise retries"


def _described(cause: OSError) -> tuple[str, str, str]:
    if isinstance(cause, ssl.SSLError):
        reason = cause.reason or "TLS"
        words = "the TLS handshake failed (%s)" % reason.lower().replace("_", " ")
        return words, reason, "set plain_http: true if it serves without TLS"
    if isinstance(cause, socket.gaierror):
        passing = cause.errno == socket.EAI_AGAIN
        words = "its name is not known (%s)" % (cause.strerror or "no such host").lower()
        return words, "EAI_AGAIN" if passing else _NAMELESS, "correct the host in the image name, or the DNS"
    code = errno.errorcode.get(cause.errno or 0, str(cause.errno))
    return (cause.strerror or "").lower(), code, "start the registry, or correct its host and port"
