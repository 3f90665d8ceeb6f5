# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in time as containerd sends them, and as people read them (RFC 3339, UTC)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSET_S = -62135596800  # Go's zero time, which containerd sends for "has not happened"
LAST_S = 253402300799  # the end of the year 9999, where the format ends


def format_timestamp(stamp: Mapping[str, int] | None) -> str:
    """Seconds and nanoseconds since 1970 as text; '' for what has not happened, or never will."""
    if not stamp or not UNSET_S < stamp["seconds"] <= LAST_S or not (stamp["seconds"] or stamp["nanos"]):
        return ""
    return "%s.%09dZ" % (_whole(stamp["seconds"]), stamp["nanos"])


def seconds_ago(seconds: float) -> str:
    """Such a text of a moment before now; two of them compare as the moments do."""
    return _whole(time.time() - seconds)


def _whole(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
