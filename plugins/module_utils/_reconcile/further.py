# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a container differs from what its user said of the rarer options. Loaded when one of them is said. Pure."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from .._spec.further import options_of, put_further
from .drift import Difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def compare_further(wish: Mapping[str, Any], spec: Mapping[str, Any]) -> Iterator[Difference]:
    for name, option in options_of(wish).items():
        wanted, current = wish[name], option.read(spec)
        if not _is_part(wanted, current):
            there = _shared(wanted, current)
            yield Difference(name, option.show(wanted), option.show(there), option.is_in_place)


def _is_part(wanted: Any, current: Any) -> bool:
    if isinstance(wanted, dict):
        return all(key in current and current[key] == value for key, value in wanted.items())
    if isinstance(wanted, frozenset):
        return bool(wanted <= current)
    return bool(wanted == current)


def _shared(wanted: Any, current: Any) -> Any:
    """Of what is there, the part that the user spoke of."""
    if isinstance(wanted, dict):
        return {key: current[key] for key in wanted if key in current}
    return wanted & current if isinstance(wanted, frozenset) else current


def shown(wish: Mapping[str, Any]) -> dict[str, Any]:
    """The wish in the user's words."""
    return {name: option.show(wish[name]) for name, option in options_of(wish).items()}


def with_limits(spec: Mapping[str, Any], wish: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The spec with these options of the wish in it; Refused when that breaks a rule."""
    from .._spec.validate import check_spec

    changed = copy.deepcopy(dict(spec))
    put_further(changed, {name: wish[name] for name in names if name in wish})
    check_spec(changed)
    return changed


def changed_limits(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of linux.resources that are not the same."""
    old: Mapping[str, Any] = (before.get("linux") or {}).get("resources") or {}
    new: Mapping[str, Any] = after["linux"]["resources"]
    return {kind: part for kind, part in new.items() if old.get(kind) != part}
