# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about commands: whether one has to run inside a container at all.

Knows creates and removes; never how a command runs.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.execution import Command, Executed
from .._values.plan import Plan, Step
from .._values.value import Value
from .running import find_running
from .words import texts, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.container import Container
    from .verbs import CommandVerbs


class DesiredExecution(Value):
    container_id: str
    namespace: str
    command: Command
    creates: str | None
    removes: str | None


class ExecutionState(Value):
    container: Container
    skip: str  # why the command need not run; '' when it must


def want(params: Mapping[str, Any]) -> DesiredExecution:
    argv = words(params["argv"] if params["argv"] is not None else params["command"], "command")
    if not argv:
        raise Refused("the command is empty", "set argv or command")
    if params["detach"] and (params["stdin"] is not None or params["tty"]):
        raise Refused("a detached command has neither stdin nor a terminal", "remove them, or detach")
    for option in ("creates", "removes"):
        if params[option] is not None and not params[option].startswith("/"):
            raise Refused("%s is not an absolute path" % option, "write it as the container sees it, from /")
    return DesiredExecution(
        container_id=params["container"],
        namespace=params["namespace"],
        command=Command(
            argv=argv,
            working_dir=params["chdir"],
            user=params["user"],
            env=texts(params, "env"),
            stdin=_stdin(params),
            tty=params["tty"],
            detach=params["detach"],
            timeout_s=None if params["exec_timeout"] is None else float(params["exec_timeout"]),
        ),
        creates=params["creates"],
        removes=params["removes"],
    )


def _stdin(params: Mapping[str, Any]) -> bytes | None:
    if params["stdin"] is None:
        return None
    text: str = params["stdin"] + ("\n" if params["stdin_add_newline"] else "")
    return text.encode("utf-8", "surrogateescape")


def read(verbs: CommandVerbs, desired: DesiredExecution) -> ExecutionState:
    container, task = find_running(verbs, desired.container_id, desired.namespace)
    if desired.creates is not None and verbs.has_path(task, desired.creates):
        return ExecutionState(container, "skipped, since %s exists" % desired.creates)
    if desired.removes is not None and not verbs.has_path(task, desired.removes):
        return ExecutionState(container, "skipped, since %s does not exist" % desired.removes)
    return ExecutionState(container, "")


def plan(desired: DesiredExecution, current: ExecutionState) -> Plan:
    if current.skip:
        return Plan((), current)
    says = "ran %s in container %s" % (shlex.quote(desired.command.argv[0]), desired.container_id)
    step = Step("execute", (current.container, desired.command), (says,), is_event=True)
    return Plan((step,), current)


def view(desired: DesiredExecution, state: ExecutionState) -> Mapping[str, Any]:
    """A command is an event: what it changes inside the container, only its author knows."""
    return {}


def report(desired: DesiredExecution, state: ExecutionState, results: Sequence[Any]) -> Mapping[str, Any]:
    ran: Executed | None = results[0] if results else None
    if ran is None:
        return {"rc": 0, "msg": state.skip or "would run", **_streams(b"", b"")}
    return {
        "rc": ran.rc or 0,  # Ansible takes any other value, None as well, for a failure
        "pid": ran.pid,
        "delta": "%.6f" % (ran.ended_at - ran.started_at),
        **_streams(ran.stdout, ran.stderr),
    }


def _streams(stdout: bytes, stderr: bytes) -> dict[str, str]:
    """As ansible.builtin.command returns them: text without its last newline. The lines of it Ansible adds itself."""
    return {"stdout": _text(stdout), "stderr": _text(stderr)}


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape").rstrip("\r\n")
