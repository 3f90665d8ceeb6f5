# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots as containerd tells of them. Knows neither snapshotters nor mounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Snapshot(Value):
    """One snapshot of one snapshotter (containerd.services.snapshots.v1.Info)."""

    key: str
    parent: str  # '' at the bottom of a chain
    kind: str  # view, active or committed
    labels: Mapping[str, str]
    created_at: str = ""
