# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that few containers have: which file of this folder knows each. Pure.

A task that uses none of them loads none of those files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from .option import Option


_SECURITY = ("devices", "cap_drop", "capabilities", "ulimits", "oom_score_adj", "sysctls", "security_opts")


def options_of(names: Collection[str]) -> dict[str, Option]:
    """These options, in the order in which they have to be put."""
    known: dict[str, Option] = {}
    for name in names:
        if name in _SECURITY and name not in known:
            from .security import OPTIONS as SECURITY

            known.update(SECURITY)
        elif name not in known:
            from .resources import OPTIONS as RESOURCES

            known.update(RESOURCES)
    return {name: option for name, option in known.items() if name in names}


def put_further(spec: dict[str, Any], wish: Mapping[str, Any]) -> None:
    for name, option in options_of(wish).items():
        option.put(spec, wish[name])
    if "memory" in (spec["linux"].get("resources") or {}):
        from .resources import check_memory

        check_memory(spec)
