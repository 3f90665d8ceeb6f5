# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about a namespace. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._values.namespace import Namespace


class NamespaceVerbs(Protocol):
    """For the decision about a namespace."""

    def find(self, name: str) -> Namespace | None:
        """The namespace; None when there is no such one."""

    def contents(self, name: str) -> dict[str, int]:
        """How many things of each kind are in it, those that are none left out."""

    def create(self, name: str, labels: Mapping[str, str]) -> None:
        """Make it, with these labels."""

    def set_labels(self, name: str, labels: Mapping[str, str]) -> None:
        """Set these labels and leave the others alone; an empty value removes one."""

    def delete(self, name: str) -> None:
        """Remove it; Refused when anything is in it."""
