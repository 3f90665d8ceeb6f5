# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process of an exec: complete, as the task service wants it, and akin to the container's. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arguments import merge_env, user_of, with_terminal
from .validate import check_process

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.container import Identity


def exec_process(
    spec: Mapping[str, Any],
    *,
    argv: Sequence[str],
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    identity: Identity | None = None,
    tty: bool = False,
) -> dict[str, Any]:
    """The container's process with other arguments; limits, capabilities and profiles stay.

    ``None`` takes the container's word.
    """
    process = dict(spec.get("process") or {})
    for own in ("commandLine", "consoleSize", "terminal"):
        process.pop(own, None)
    process["args"] = list(argv)
    process["cwd"] = cwd or process.get("cwd") or "/"
    process["env"] = merge_env(process.get("env") or (), env or {})
    process["user"] = user_of(identity) if identity else dict(process.get("user") or {"uid": 0, "gid": 0})
    if tty:
        process["terminal"] = True
        process["env"] = with_terminal(process["env"])
    check_process(process)
    return process
