# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals by the names and numbers that images, people and the kernel use."""

from __future__ import annotations

import re
import signal

from .errors import Refused

_REAL_TIME = re.compile(r"(?:SIG)?RT(MIN|MAX)([+-][0-9]+)?")  # systemd images stop by SIGRTMIN+3


def parse_signal(text: str) -> int:
    """``TERM``, ``SIGTERM`` or ``15``; Refused for what the kernel does not know."""
    word = text.strip().upper()
    if word.isdecimal() and 0 < int(word) <= signal.SIGRTMAX:
        return int(word)
    named = getattr(signal, word if word.startswith("SIG") else "SIG" + word, None)
    if isinstance(named, signal.Signals):
        return int(named)
    match = _REAL_TIME.fullmatch(word)
    if match:
        number = (signal.SIGRTMIN if match.group(1) == "MIN" else signal.SIGRTMAX) + int(match.group(2) or 0)
        if signal.SIGRTMIN <= number <= signal.SIGRTMAX:
            return int(number)
    raise Refused("signal %r is not known" % text, "write a name such as SIGTERM, or a number from 1 to 64")
