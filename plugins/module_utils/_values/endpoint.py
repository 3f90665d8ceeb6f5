# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where containerd is, and in which of its namespaces we speak. Knows no socket."""

from __future__ import annotations

from .value import Value


class Endpoint(Value):
    """One containerd daemon seen from one namespace."""

    address: str
    namespace: str
    timeout_s: float  # seconds a call may go on without progress
