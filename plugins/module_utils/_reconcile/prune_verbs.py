# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about pruning. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.holdings import Going, Holdings


class PruneVerbs(Protocol):
    """For the decision about what is no longer needed."""

    def snapshotter(self, wish: str | None) -> str:
        """The snapshotter to use; Refused when the daemon does not have the one that is wished for."""

    def holdings(self, snapshotter: str) -> Holdings:
        """All that the namespace holds, in that snapshotter and every other one that something there names."""

    def usage(self, snapshots: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        """The bytes that each of these snapshots takes."""

    def elsewhere(self, digests: Sequence[str]) -> frozenset[str]:
        """Those of these blobs that another namespace holds too: their bytes stay on the disk."""

    def prune(self, going: Going) -> Going:
        """Remove what is named, let the garbage collector run; returns what has really gone."""
