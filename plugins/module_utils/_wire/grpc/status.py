# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a call failed: from gRPC's own trailers, or from what HTTP/2 said in their place.

Must never know: what the call was for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import STATUS_NAMES, CallFailed

if TYPE_CHECKING:
    from ..http2.connection import Stream

UNKNOWN = STATUS_NAMES.index("UNKNOWN")

# RFC 9113, section 7: the position is the code.
RESET_NAMES = (
    "NO_ERROR",
    "PROTOCOL_ERROR",
    "INTERNAL_ERROR",
    "FLOW_CONTROL_ERROR",
    "SETTINGS_TIMEOUT",
    "STREAM_CLOSED",
    "FRAME_SIZE_ERROR",
    "REFUSED_STREAM",
    "CANCEL",
    "COMPRESSION_ERROR",
    "CONNECT_ERROR",
    "ENHANCE_YOUR_CALM",
    "INADEQUATE_SECURITY",
    "HTTP_1_1_REQUIRED",
)

# https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, "Errors"; all others are INTERNAL.
STATUS_OF_RESET = {
    "REFUSED_STREAM": "UNAVAILABLE",
    "CANCEL": "CANCELLED",
    "ENHANCE_YOUR_CALM": "RESOURCE_EXHAUSTED",
    "INADEQUATE_SECURITY": "PERMISSION_DENIED",
}

# https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md; all others are UNKNOWN.
STATUS_OF_HTTP = {
    "400": "INTERNAL",
    "401": "UNAUTHENTICATED",
    "403": "PERMISSION_DENIED",
    "404": "UNIMPLEMENTED",
    "429": "UNAVAILABLE",
    "502": "UNAVAILABLE",
    "503": "UNAVAILABLE",
    "504": "UNAVAILABLE",
}


def failure_of(stream: Stream) -> CallFailed:
    """The failure of a stream that has ended without status OK."""
    if stream.reset is not None:
        name = RESET_NAMES[stream.reset] if stream.reset < len(RESET_NAMES) else "error %#x" % stream.reset
        return _failed(STATUS_OF_RESET.get(name, "INTERNAL"), "the call was reset: %s" % name)
    trailers = dict(stream.trailers)
    status = trailers.get("grpc-status")
    if status is None:
        headers = dict(stream.headers)
        http, kind = headers[":status"], headers.get("content-type", "none")
        message = "an answer without gRPC status: HTTP status %s, content type %s" % (http, kind)
        return _failed(STATUS_OF_HTTP.get(http, "UNKNOWN"), message)
    message = _percent_decode(trailers.get("grpc-message", ""))
    return CallFailed(int(status) if re.fullmatch("[1-9][0-9]{0,8}", status) else UNKNOWN, message)


def _failed(name: str, message: str) -> CallFailed:
    return CallFailed(STATUS_NAMES.index(name), message)


def _percent_decode(text: str) -> str:
    raw = re.sub(rb"%([0-9a-fA-F]{2})", lambda match: bytes((int(match[1], 16),)), text.encode("latin-1"))
    return raw.decode("utf-8", "replace")
