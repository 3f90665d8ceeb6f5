# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of an image the user means: for which platforms, and whether unpacked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.image import Extent
from .._values.platform import host_platform, parse_platform

if TYPE_CHECKING:
    from collections.abc import Mapping


def want_extent(params: Mapping[str, Any], snapshotter: str) -> Extent:
    """The platforms that count: the named ones, all, or by default the host's."""
    if params["all_platforms"] and params["platform"]:
        raise Refused("platform and all_platforms exclude each other", "set one of them")
    named = tuple(parse_platform(text) for text in params["platform"] or ())
    platforms = () if params["all_platforms"] else named or (host_platform(),)
    return Extent(platforms, params["unpack"], snapshotter)
