# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be told of an image beyond whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .image import Stored


class Details(Value):
    """What the store holds of an image, and what that says."""

    stored: Stored
    offered: tuple[str, ...]  # the platforms that the index lists
    config: (
        Mapping[str, Any] | None
    )  # the image's own words, and their digest; None: not asked for, or not here
    usage: Mapping[str, int]  # bytes that the unpacked layers take, by snapshotter; when asked for
    problem: str = ""  # why what is here is no image
