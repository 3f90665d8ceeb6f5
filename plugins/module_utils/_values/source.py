# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The label that says where a blob came from, so that a later push can mount it instead of sending it."""

from __future__ import annotations

PREFIX = (
    "containerd.io/distribution.source."  # followed by a host; its value are repositories, joined by commas
)


def source_key(host: str) -> str:
    """The label for a registry host; as containerd has it, without the port."""
    return PREFIX + (host if host.startswith("[") else host.partition(":")[0])
