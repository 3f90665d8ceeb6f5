# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a registry said when it said no, as a typed failure (OCI distribution-spec, "Error Codes").

Redaction happens here, where text is made. Knows statuses and bodies; never how they came.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from ..._values.errors import Failure, NotFound, Refused, TimedOut, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ERROR_BYTES = 64 << 10  # of an error body; the rest is not read
_MAX_QUOTE = 200
_QUERY = re.compile(r"\?[^\s\"']+")  # where signed addresses keep their signature
_USERINFO = re.compile(r"//[^/@\s]+@")

_BY_STATUS: dict[int, tuple[type[Failure], str]] = {
    401: (Refused, "set username and password, or correct the image name"),
    403: (Refused, "ask for the right to pull it, or correct the image name"),
    404: (NotFound, "correct the image name, or push the image first"),
    408: (TimedOut, "try again later"),
    429: (Refused, "wait, set username and password for a higher limit, or raise retries and retry_delay"),
}
_BROKEN = (Unreachable, "look at the registry's log, or raise retries")
_OTHER = (Refused, "look at the registry's log")


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` of a peer fit for a message: no secret, no signed query, no control character, short."""
    for secret in secrets:
        text = text.replace(secret, "***")
    text = _USERINFO.sub("//", _QUERY.sub("?...", text))
    return "".join(char if char.isprintable() else " " for char in text)[:_MAX_QUOTE].strip()


def said(body: bytes, secrets: Iterable[str] = ()) -> str:
    """The first error that a body tells of, else its plain text, else nothing."""
    try:
        first = json.loads(body)["errors"][0]
        return clean("%s %s" % (first.get("code") or "", first.get("message") or ""), secrets)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        text = body.decode("utf-8", "replace")
        return "" if text.lstrip()[:1] in ("<", "{", "[") else clean(text, secrets)


def refusal(status: int, body: bytes, *, what: str, host: str, call: str, secrets: Iterable[str]) -> Failure:
    """The failure for an answer of 400 and above to the wish for ``what``, such as "tag 1.2 of image x"."""
    kind, remedy = _BY_STATUS.get(status, _BROKEN if status >= 500 else _OTHER)
    text = said(body, secrets)
    quoted = " (%s)" % text if text else ""
    if kind is NotFound:
        message = "%s is not known to registry %s%s" % (what, host, quoted)
    else:
        message = "registry %s answered %d to the request for %s%s" % (host, status, what, quoted)
    return kind(message, remedy, call=call, code=str(status))
