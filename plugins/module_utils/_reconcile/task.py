# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about tasks: whether the process of a container runs, rests, is frozen or is gone.

Knows what each state means for each status that a task can be in; never how a process is stopped.
"""

from __future__ import annotations

from signal import SIGKILL
from typing import TYPE_CHECKING, Any

from .._values import labels
from .._values.errors import Refused
from .._values.plan import Plan, Step
from .._values.signals import parse_signal
from .._values.task import Exit, Stdio, Task
from .._values.value import Value
from .facts import task_facts
from .logs import log_uri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.container import Container
    from .verbs import TaskVerbs


class DesiredTask(Value):
    container_id: str
    state: str
    signal: int | None
    stop_timeout_s: float | None  # None: as the container has it on record
    log_uri: str | None
    wait_timeout_s: float | None  # None: do not wait for the exit
    namespace: str


class TaskState(Value):
    """``task`` None: there is no task; ``container`` None: not even a container."""

    container: Container | None
    task: Task | None

    @property
    def status(self) -> str:
        return self.task.status if self.task else "absent"

    @property
    def is_alive(self) -> bool:
        return self.task is not None and self.task.is_alive


def want(params: Mapping[str, Any]) -> DesiredTask:
    if (params["stop_timeout"] or 0) < 0 or params["wait_timeout"] < 0:
        raise Refused("stop_timeout and wait_timeout cannot be negative", "set them to zero or more")
    return DesiredTask(
        container_id=params["container"],
        state=params["state"],
        signal=parse_signal(params["signal"]) if params["signal"] else None,
        stop_timeout_s=None if params["stop_timeout"] is None else float(params["stop_timeout"]),
        log_uri=log_uri(params),
        wait_timeout_s=float(params["wait_timeout"]) if params["wait"] else None,
        namespace=params["namespace"],
    )


def read(verbs: TaskVerbs, desired: DesiredTask) -> TaskState:
    container = verbs.container(desired.container_id)
    if container is None and desired.state != "absent":
        from .running import no_such_container

        raise no_such_container(verbs, desired.container_id, desired.namespace)
    return TaskState(container, verbs.task(desired.container_id))


def plan(desired: DesiredTask, current: TaskState) -> Plan:
    steps = list(_PLANS[desired.state](desired, current))
    if desired.wait_timeout_s is not None:
        steps.append(Step("wait", (desired.container_id, desired.wait_timeout_s), ()))
    return Plan(tuple(steps), _after(desired, current))


def _after(desired: DesiredTask, current: TaskState) -> TaskState:
    """What a read will find; a pid is the kernel's to give, and 0 until then."""
    status = _AFTER[desired.state]
    is_other_signal = desired.state == "killed" and not _kills(desired)
    if status == current.status or is_other_signal or (status == "stopped" and current.status == "absent"):
        return current
    if status == "absent" or (status, current.status) == ("stopped", "created"):  # what never ran is removed
        return TaskState(current.container, None)
    if (
        current.task is not None
        and status in ("running", "paused")
        and current.status in ("paused", "running")
    ):
        return TaskState(current.container, current.task.replace(status=status))
    task = Task(desired.container_id, 0, status, Stdio(), Exit(0, ""))
    return TaskState(current.container, task)


def _start(desired: DesiredTask, current: TaskState) -> list[Step]:
    if current.status == "running":
        return []
    if current.status == "paused":
        return [Step("resume", (desired.container_id,), ("resumed container %s" % desired.container_id,))]
    says = "started container %s" % desired.container_id
    return [Step("start", (desired.container_id, desired.log_uri), (says,))]


def _stop(desired: DesiredTask, current: TaskState) -> list[Step]:
    if current.status in ("absent", "stopped"):
        return []
    return [_stopping(desired, current)]


def _stopping(desired: DesiredTask, current: TaskState) -> Step:
    kept: Mapping[str, str] = current.container.labels if current.container else {}
    number = desired.signal
    if number is None:
        number = parse_signal(kept.get(labels.STOP_SIGNAL) or "SIGTERM")
    timeout_s = desired.stop_timeout_s
    if timeout_s is None:
        timeout_s = labels.stop_timeout_of(kept)
    args = (desired.container_id, number, timeout_s)
    return Step("stop", args, ("stopped container %s" % desired.container_id,))


def _pause(desired: DesiredTask, current: TaskState) -> list[Step]:
    if current.status == "paused":
        return []
    if current.status != "running":
        raise Refused(
            "container %s cannot be paused: its task is %s" % (desired.container_id, current.status),
            "start it first with state=started",
        )
    return [Step("pause", (desired.container_id,), ("paused container %s" % desired.container_id,))]


def _kills(desired: DesiredTask) -> bool:
    return desired.signal in (None, SIGKILL)


def _kill(desired: DesiredTask, current: TaskState) -> list[Step]:
    if current.status in ("absent", "stopped"):
        return []
    number = desired.signal or SIGKILL
    says = "sent signal %d to container %s" % (number, desired.container_id)
    return [Step("kill", (desired.container_id, number), (says,), is_event=not _kills(desired))]


def _remove(desired: DesiredTask, current: TaskState) -> list[Step]:
    if current.status == "absent":
        return []
    stopping = [_stopping(desired, current)] if current.is_alive else []
    says = "removed the task of container %s" % desired.container_id
    return [*stopping, Step("delete", (desired.container_id,), (says,))]


def _restart(desired: DesiredTask, current: TaskState) -> list[Step]:
    if not current.is_alive:
        return _start(desired, current)
    says = "started container %s" % desired.container_id
    starting = Step("start", (desired.container_id, desired.log_uri), (says,), is_event=True)
    return [_stopping(desired, current), starting]


_PLANS = {
    "started": _start,
    "stopped": _stop,
    "paused": _pause,
    "killed": _kill,
    "absent": _remove,
    "restarted": _restart,
}
_AFTER = {
    "started": "running",
    "stopped": "stopped",
    "paused": "paused",
    "killed": "stopped",
    "absent": "absent",
    "restarted": "running",
}


def view(desired: DesiredTask, state: TaskState) -> Mapping[str, Any]:
    """The status; a task that waited for its own end shows nothing of having run, so its pid counts too."""
    if desired.wait_timeout_s is not None and state.task is not None:
        return {"status": state.status, "pid": state.task.pid}
    return {"status": state.status}


def report(desired: DesiredTask, state: TaskState, results: Sequence[Any]) -> Mapping[str, Any]:
    exits = [result for result in results if isinstance(result, Exit)]
    ended = exits[-1] if exits else state.task.exit if state.task and state.task.exit.at else None
    return {
        "task": {"container": desired.container_id, **task_facts(state.task)},
        "exit_code": ended.status if ended else None,
        "exited_at": ended.at if ended else "",
    }
