# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values and keys as TOML 1.0 writes them, each on one line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_LITERAL = re.compile(r"[^'\x00-\x08\x0a-\x1f\x7f]*")


def format_key(path: Sequence[str], *, is_literal: bool = False) -> str:
    """The parts with dots between them, quoted where they must be."""
    return ".".join(
        part if _BARE_KEY.fullmatch(part) else format_value(part, is_literal=is_literal) for part in path
    )


def format_value(value: Any, *, is_literal: bool = False) -> str:
    """``is_literal``: strings stand in single quotes where that is possible."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'%s'" % value if is_literal and _LITERAL.fullmatch(value) else _string(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value)  # that of nan and inf is TOML's too
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(format_value(item, is_literal=is_literal) for item in value)
    if isinstance(value, dict):
        pairs = [
            "%s = %s" % (format_key([key]), format_value(value[key], is_literal=is_literal)) for key in value
        ]
        return "{ %s }" % ", ".join(pairs) if pairs else "{}"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise Refused(
        "%r has no form in TOML" % (value,), "write a string, a number, true, false, a list or a dict"
    )


def _string(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise Refused("%r is not UTF-8" % text, "correct the value") from exc
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
