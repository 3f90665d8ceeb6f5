# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a decision is. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.plan import Plan


class Decision(Protocol):
    """What a module decides with: five functions, all pure but ``read``. A file of this folder is one."""

    def want(self, params: Mapping[str, Any]) -> Any:
        """The options as one value, checked as a whole."""

    def read(self, verbs: Any, desired: Any) -> Any:
        """What is there now. Changes nothing."""

    def plan(self, desired: Any, current: Any) -> Plan:
        """The steps from ``current`` to ``desired``; Refused when the wish cannot be granted."""

    def view(self, desired: Any, state: Any) -> Mapping[str, Any] | str:
        """The part of a state that the wish is about, in the user's words: what is compared and shown.

        A text where the state is one, so that its diff is one of lines.
        """

    def report(self, desired: Any, state: Any, results: Sequence[Any]) -> Mapping[str, Any]:
        """The module's return values: a state, and what each step brought back (none in a dry run)."""
