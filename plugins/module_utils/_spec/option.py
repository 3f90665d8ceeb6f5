# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an option of a container is to its OCI spec: a way to put it there, and the way back. Pure.

Wishes and readings have one normal form, so that drift is a comparison of values: a mapping or a frozenset is
wanted as a part of what is there, anything else as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def plainly(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


class Option(Value):
    """One option of a container that only its spec knows."""

    put: Callable[[dict[str, Any], Any], None]
    read: Callable[[Mapping[str, Any]], Any]
    show: Callable[[Any], Any] = plainly  # in the user's words
    is_in_place: bool = False  # can change while the process runs


def child(parent: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The object below these keys, made where there is none."""
    for key in keys:
        if not isinstance(parent.get(key), dict):
            parent[key] = {}
        parent = parent[key]
    return parent


def look(document: Mapping[str, Any], *keys: str) -> Any:
    """What is below these keys; None where there is nothing."""
    found: Any = document
    for key in keys:
        found = (found or {}).get(key)
    return found
