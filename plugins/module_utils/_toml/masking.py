# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TOML text of containerd's as it may be shown: passwords, tokens and headers are stars, whoever wrote them."""

from __future__ import annotations

import re

from .statements import statements

_SECRET = re.compile(r"(?i)password|^auths?$|token|^headers?$|secret")
_SECRET_INSIDE = re.compile(r"(?i)password|\bauths?\b|token|\bheaders?\b|secret")
_IN_ADDRESS = re.compile(r"(?<=://)[^\s/\"'@]+(?=@)")


def masked(text: str) -> str:
    """``text``, which has passed a parser, with stars for what is secret."""
    for pair in reversed(list(statements(text))):
        value = text[pair.value_start : pair.value_end]
        is_inner = value[:1] in ("{", "[") and _SECRET_INSIDE.search(value)
        if not pair.is_header and (is_inner or any(_SECRET.search(part) for part in pair.path)):
            text = text[: pair.value_start] + '"********"' + text[pair.value_end :]
    return masked_address(text)


def masked_address(text: str) -> str:
    """Without the user and the password that an address may have."""
    return _IN_ADDRESS.sub("********", text)
