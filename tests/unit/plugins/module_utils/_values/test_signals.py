# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals by every name that images and people give them."""

from __future__ import annotations

import signal

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.signals import parse_signal


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("SIGTERM", 15),
        ("TERM", 15),
        ("term", 15),
        (" sigkill ", 9),
        ("15", 15),
        ("1", 1),
        ("64", 64),
        ("SIGRTMIN", int(signal.SIGRTMIN)),
        ("SIGRTMIN+3", int(signal.SIGRTMIN) + 3),
        ("rtmin+3", int(signal.SIGRTMIN) + 3),
        ("SIGRTMAX-1", int(signal.SIGRTMAX) - 1),
        ("RTMAX", int(signal.SIGRTMAX)),
    ],
)
def test_a_signal_has_many_names(text: str, number: int) -> None:
    assert parse_signal(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "65",
        "-9",
        "99999999999999999999",
        "NOSUCH",
        "SIG",
        "SIG_DFL",
        "_BLOCK",
        "SIGRTMIN-1",
        "SIGRTMAX+1",
        "SIGRTMIN+999",
        "TERM;KILL",
        "1.5",
        "\u00b2",
    ],
)
def test_what_the_kernel_does_not_know_is_refused_by_name(text: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_signal(text)
    assert repr(text) in str(caught.value)
    assert "SIGTERM" in caught.value.remedy
