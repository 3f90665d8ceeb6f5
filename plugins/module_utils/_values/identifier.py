# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule for what containerd takes as a name of its own things (identifiers.Validate)."""

from __future__ import annotations

import re

_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_MAX_LETTERS = 76
HOW_TO_NAME = "use at most %d letters and digits, with single . _ or - between them" % _MAX_LETTERS


def is_identifier(text: str) -> bool:
    return len(text) <= _MAX_LETTERS and _IDENTIFIER.fullmatch(text) is not None
