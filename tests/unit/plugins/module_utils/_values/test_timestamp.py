# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in time as text."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.timestamp import (
    UNSET_S,
    format_timestamp,
)


@pytest.mark.parametrize(
    ("stamp", "text"),
    [
        (None, ""),
        ({}, ""),
        ({"seconds": 0, "nanos": 0}, ""),
        ({"seconds": UNSET_S, "nanos": 0}, ""),
        ({"seconds": UNSET_S - 5, "nanos": 0}, ""),
        ({"seconds": 0, "nanos": 1}, "1970-01-01T00:00:00.000000001Z"),
        ({"seconds": 1_700_000_000, "nanos": 0}, "2023-11-14T22:13:20.000000000Z"),
        ({"seconds": 1_700_000_000, "nanos": 123_456_789}, "2023-11-14T22:13:20.123456789Z"),
        ({"seconds": 253_402_300_799, "nanos": 999_999_999}, "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_a_timestamp_is_text_and_nothing_for_what_has_not_happened(
    stamp: dict[str, int] | None, text: str
) -> None:
    assert format_timestamp(stamp) == text


def test_a_later_time_sorts_later() -> None:
    times = [{"seconds": 1_700_000_000 + s, "nanos": n} for s in (0, 9, 60) for n in (0, 5, 999_999_999)]
    texts = [format_timestamp(stamp) for stamp in times]
    assert texts == sorted(texts)


@pytest.mark.parametrize("seconds", [1 << 62, -(1 << 62) // 2])
def test_a_time_beyond_all_calendars_is_no_crash(seconds: int) -> None:
    """A peer's number: whatever it is, the record around it can still be read."""
    assert isinstance(format_timestamp({"seconds": seconds, "nanos": 0}), str)
