# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field tables of containerd.services.diff.v1. Data only."""

from __future__ import annotations

from .method import Method
from .types import DESCRIPTOR, MOUNT

APPLY = Method(
    "diff", "Apply", {1: ("diff", DESCRIPTOR), 2: ("mounts", [MOUNT])}, {1: ("applied", DESCRIPTOR)}, "diff"
)
