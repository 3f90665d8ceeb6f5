# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command to run inside a container, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Command(Value):
    """What to run; ``None`` takes the container's own word."""

    argv: tuple[str, ...]
    working_dir: str | None = None
    user: str | None = None
    env: Mapping[str, str] | None = None
    stdin: bytes | None = None
    tty: bool = False
    detach: bool = False
    timeout_s: float | None = None  # None: as long as it takes


class Executed(Value):
    """How it went; of a detached command only the pid is known."""

    pid: int
    rc: int | None
    stdout: bytes
    stderr: bytes
    started_at: float  # seconds since 1970
    ended_at: float
