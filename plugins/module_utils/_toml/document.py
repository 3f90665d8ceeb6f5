# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only reader of TOML: Python's own from 3.11 on, else tomlkit.

Knows text; never what it means, nor where it came from.
"""

from __future__ import annotations

import sys
from typing import Any

from .._values.errors import Missing, Refused

try:
    from tomllib import loads
except ImportError:
    try:
        from tomlkit import parse as loads  # type: ignore[assignment]
    except ImportError:
        HAS_TOML = False
    else:
        HAS_TOML = True
else:
    HAS_TOML = True


def parse_toml(text: str, path: str) -> dict[str, Any]:
    """The tables of ``text`` as plain values, in their order; Refused when it is no TOML, by ``path``."""
    if not HAS_TOML:
        raise Missing(
            "reading %s needs the Python library tomlkit, which %s lacks" % (path, sys.executable),
            "install python3-tomlkit with apt, dnf or zypper, or run pip install tomlkit",
        )
    try:
        found: dict[str, Any] = _plain(loads(text))
    except ValueError as exc:  # the errors of both parsers are
        raise Refused("%s is not valid TOML: %s" % (path, exc), "correct the file") from exc
    return found


def _plain(value: Any) -> Any:
    """Values of Python's own types; tomlkit's classes behave as these, but are slow and not equal."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if hasattr(value, "unwrap"):
        value = value.unwrap()  # what is in a list may be a class of tomlkit's that is no bool
    for kind in (bool, str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return value  # a date or a time
