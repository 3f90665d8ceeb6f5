# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containerd says about a configuration file, and what it makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verdict(Value):
    """``complaint``: why it would not start with the file; '' when it would."""

    complaint: str
    dump: str = ""  # the file with all that it leaves out, as TOML, by containerd
    warnings: tuple[str, ...] = ()
    default: str = ""  # what it takes without any file
    imports: Mapping[str, Mapping[str, Any]] = {}  # what the files hold that it names, by their paths


class ConfigUse(Value):
    """Whether containerd reads what lies in a directory, or will when it starts. None: that cannot be known."""

    is_read: bool | None
    reason: str = ""  # why not, with the remedy, for a warning
