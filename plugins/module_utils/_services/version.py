# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the daemon says about itself (containerd.services.version.v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages.version import VERSION

if TYPE_CHECKING:
    from .session import Session


def version_of(session: Session) -> str:
    """The release without the letter in front, such as 1.7.24 or 1.6.20~ds1."""
    return release_of(session)[0]


def release_of(session: Session) -> tuple[str, str]:
    """The release without the letter in front, and the commit that it was built from."""
    answer = session.call(VERSION, {})
    return answer["version"].lstrip("v"), answer["revision"]
