# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans: what stands between what is and what is wanted. Data only, so that a plan can be compared."""

from __future__ import annotations

from typing import Any

from .value import Value


class Step(Value):
    """One verb to call, with its arguments, and the sentences that tell the user about it."""

    verb: str
    args: tuple[Any, ...]
    says: tuple[str, ...]
    is_event: bool = False  # changes something that no later read shows, such as a signal or a command


class Plan(Value):
    """The steps in their order, and the state that a read will find once they are done."""

    steps: tuple[Step, ...]
    after: Any
