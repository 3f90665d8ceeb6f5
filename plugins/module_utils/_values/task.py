# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks: the processes of containers, as containerd reports them."""

from __future__ import annotations

from .value import Value


class Stdio(Value):
    """Where the streams of a process go: '' nowhere, a fifo's path, or a file:// or binary:// URI."""

    stdin: str = ""
    stdout: str = ""
    stderr: str = ""
    terminal: bool = False


class Exit(Value):
    """How a process ended; ``at`` is '' while it runs. An exit by signal N has status 128 + N."""

    status: int
    at: str


class Task(Value):
    """A process of a container; ``status`` is created, running, stopped, paused, pausing or unknown."""

    container_id: str
    pid: int
    status: str
    stdio: Stdio
    exit: Exit

    @property
    def is_alive(self) -> bool:
        """Whether there is a process, frozen or not, that would have to be stopped."""
        return self.status in ("running", "paused", "pausing")
