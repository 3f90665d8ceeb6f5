# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a spec laid over a spec, as JSON Merge Patch has it (RFC 7396): objects meet, all else replaces. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def merged(document: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """A new document with the patch in it; None removes."""
    result = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value) if isinstance(value, dict) else value
    return result


def touched(document: Any, patch: Mapping[str, Any]) -> dict[str, Any]:
    """What the document has where the patch says something."""
    found = {}
    for key, value in patch.items():
        there = document.get(key) if isinstance(document, dict) else None
        found[key] = touched(there, value) if isinstance(value, dict) else there
    return found
