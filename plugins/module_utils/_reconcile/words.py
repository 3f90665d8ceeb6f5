# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands and mappings of texts, as several modules take them. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from .._values.errors import Refused


def words(value: Any, option: str) -> tuple[str, ...] | None:
    """A command as a list, or as one string that is split as a shell splits it."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError as exc:
            raise Refused("%s cannot be split into words: %s" % (option, exc), "write it as a list") from exc
    if isinstance(value, Sequence) and not any(isinstance(item, (dict, list)) for item in value):
        return tuple(str(item) for item in value)
    raise Refused("%s is neither a string nor a list of strings" % option, "write it as a list of strings")


def texts(params: Mapping[str, Any], option: str) -> dict[str, str] | None:
    """A mapping of texts; numbers and booleans without quotes are refused, since YAML has changed them already."""
    given = params[option]
    if given is None:
        return None
    for key, value in given.items():
        if not isinstance(value, str):
            raise Refused(
                "the value of %s.%s is not a string" % (option, key), 'put it in quotes, as in %s: "1"' % key
            )
    return {str(key): value for key, value in given.items()}
