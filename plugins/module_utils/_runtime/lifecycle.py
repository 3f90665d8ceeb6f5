# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a task: start, stop, kill, delete, in the order that leaves nothing behind.

Tells the restart monitor before it acts, or the monitor would undo it.
"""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.snapshots import Snapshots
from .._services.task_control import TaskControl
from .._values import labels
from .._values.errors import AlreadyExists, Failure, NotFound, Refused, TimedOut
from .._values.task import Exit, Stdio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._services.session import Session
    from .._values.container import Container, SnapshotMount
    from .._values.task import Task

# For a killed process to be gone: it may be in the middle of a system call, and the shim keeps its end to itself
# for up to 30 seconds when a client has died while it started a command inside.
KILL_PATIENCE_S = 45.0
LOOK_AGAIN_S = 0.1
DELETE_PATIENCE_S = 30.0  # containerd itself waits ten seconds for output that nobody reads


class Lifecycle:
    """Acts on the tasks of a namespace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._containers = Containers(session)
        self._tasks = TaskControl(session)

    def start(self, container_id: str, log_uri: str | None) -> None:
        """Run the container's process; what a former one left is removed first.

        ``log_uri`` says where output goes, None means where the container's own label says, '' nowhere.
        A process that cannot start leaves no task behind.
        """
        container = self.need(container_id)
        if not container.spec:
            raise Refused("container %s has no runtime spec" % container_id, "remove it and create it again")
        left = self._tasks.find(container_id)
        if left is not None and left.status == "paused":
            self._tasks.resume(container_id)
            return
        if left is not None and left.status == "running":
            return
        if left is not None:
            self.delete(container_id)
        rootfs, stdio = self._rootfs(container), _stdio(container, log_uri)
        is_watched = self._watch_not_yet(container)
        try:
            self._create(container_id, rootfs, stdio)
        except Failure as exc:
            raise _cannot_start(container, exc) from exc
        try:
            self._tasks.start(container_id)
        except Failure as exc:
            self._tasks.delete(container_id, timeout_s=DELETE_PATIENCE_S)
            raise _cannot_start(container, exc) from exc
        if is_watched:
            self.relabel(container, {labels.RESTART_STATUS: "running", labels.EXPLICITLY_STOPPED: ""})

    def _create(self, container_id: str, rootfs: list[SnapshotMount], stdio: Stdio) -> None:
        """Make the task, also where a client has died while it made or deleted the one of this name.

        Of such a task only the deletion is left. And what containerd still cleans up after that client may take
        the bundle from under ours, so whatever else the runtime says is believed only when it says it twice.
        """
        ends_at = time.monotonic() + DELETE_PATIENCE_S
        was_doubted = False
        while True:
            try:
                self._tasks.create(container_id, rootfs, stdio)
                return
            except Failure as exc:
                # "file exists": the bundle of a creation that died, which containerd is about to remove
                is_remnant = isinstance(exc, AlreadyExists) or exc.message.endswith("file exists")
                is_doubtful = is_remnant or (exc.kind == Failure.kind and not was_doubted)
                was_doubted = was_doubted or not is_remnant
                if not is_doubtful or time.monotonic() > ends_at or self._tasks.find(container_id):
                    raise
            self.delete(container_id)
            time.sleep(LOOK_AGAIN_S)

    def _rootfs(self, container: Container) -> list[SnapshotMount]:
        if not container.snapshot_key:
            return []
        try:
            return Snapshots(self._session, container.snapshotter).mounts(container.snapshot_key)
        except NotFound as exc:
            raise exc.advise(
                "its snapshot is gone: set recreate=true in ctr_container, or remove it"
            ) from exc

    def stop(self, container_id: str, signal_number: int, timeout_s: float) -> Exit:
        """Ask the process to end, and end it after ``timeout_s``; the stopped task stays to tell how it ended.

        The restart monitor is told first, or it would undo it.
        """
        container = self._containers.find(container_id)
        if container is not None:
            self._watch_no_more(container)
        task = self._tasks.find(container_id)
        if task is None or task.status == "stopped":
            return task.exit if task else Exit(0, "")
        if task.status == "created":
            return self._tasks.delete(container_id, timeout_s=DELETE_PATIENCE_S)
        if timeout_s > 0:
            self._signal(container_id, signal_number)
            if task.status == "paused":
                self._resume(container_id)  # a frozen process hears nothing
            try:
                return self._tasks.wait(container_id, timeout_s=timeout_s)
            except TimedOut:
                pass
        self._signal(container_id, signal.SIGKILL, everything=True)
        self._resume(container_id)
        try:
            return self._tasks.wait(container_id, timeout_s=KILL_PATIENCE_S)
        except TimedOut as exc:
            raise TimedOut(
                "the process of container %s is still there %g seconds after KILL"
                % (container_id, KILL_PATIENCE_S),
                "see what it waits for, such as a disk or a network file system that hangs",
                call=exc.call,
            ) from exc

    def pause(self, container_id: str) -> None:
        self._tasks.pause(container_id)

    def resume(self, container_id: str) -> None:
        self._tasks.resume(container_id)

    def _resume(self, container_id: str) -> None:
        """Let a frozen process hear; on cgroup v1 runc's KILL thaws it, and it may end first. The wait will tell."""
        task = self._tasks.find(container_id)
        if task is not None and task.status == "paused":
            with suppress(Failure):
                self._tasks.resume(container_id)

    def kill(self, container_id: str, signal_number: int) -> Exit | None:
        """Send a signal; KILL is waited for."""
        if signal_number == signal.SIGKILL:
            return self.stop(container_id, signal_number, 0)
        self._signal(container_id, signal_number)
        return None

    def _signal(self, container_id: str, number: int, *, everything: bool = False) -> None:
        """A process that has just ended needs no signal any more."""
        try:
            self._tasks.kill(container_id, number, everything=everything)
        except NotFound:
            return

    def wait(self, container_id: str, timeout_s: float) -> Exit:
        """How the process ended; TimedOut when it still runs."""
        try:
            return self._tasks.wait(container_id, timeout_s=timeout_s)
        except TimedOut as exc:
            raise TimedOut(
                "the process of container %s still runs after %g seconds" % (container_id, timeout_s),
                "set a larger wait_timeout, or stop it",
                call=exc.call,
            ) from exc

    def delete(self, container_id: str) -> Exit:
        """Remove a task that has stopped, or was never started."""
        try:
            return self._tasks.delete(container_id, timeout_s=DELETE_PATIENCE_S)
        except NotFound:
            return Exit(0, "")

    def task(self, container_id: str) -> Task | None:
        return self._tasks.find(container_id)

    def need(self, container_id: str) -> Container:
        container = self._containers.find(container_id)
        if container is None:
            raise NotFound("there is no container %s" % container_id, "create it with ctr_container")
        return container

    def _watch_no_more(self, container: Container) -> None:
        """Tell the restart monitor that the user wants it down, before it is down."""
        if container.labels.get(labels.RESTART_STATUS) == "running":
            self.relabel(container, {labels.RESTART_STATUS: "stopped", labels.EXPLICITLY_STOPPED: "true"})

    def _watch_not_yet(self, container: Container) -> bool:
        """Whether the restart monitor is to watch it once it runs; before, it would start or kill it beside us."""
        if container.labels.get(labels.EXPLICITLY_STOPPED) != "true":
            return False
        if container.labels.get(labels.RESTART_STATUS):
            self.relabel(container, {labels.RESTART_STATUS: ""})
        return True

    def relabel(self, container: Container, wanted: Mapping[str, str]) -> None:
        """Set labels of a record and leave its others alone; an empty value removes one."""
        kept = {key: value for key, value in wanted.items() if value}
        self._containers.update(container.replace(labels=kept), ["labels." + key for key in wanted])


def _cannot_start(container: Container, exc: Failure) -> Failure:
    """The runtime's words, with ours before and after; they name a program, a mount, a user that is wrong."""
    if exc.kind != Failure.kind:
        return exc
    said = "container %s cannot start: %s" % (container.id, exc.message)
    return Failure(said, "correct what it names and run the task again", call=exc.call, code=exc.code)


def _stdio(container: Container, log_uri: str | None) -> Stdio:
    uri = container.labels.get(labels.LOG_URI, "") if log_uri is None else log_uri
    process: Mapping[str, object] = container.spec.get("process") or {}
    terminal = bool(process.get("terminal"))
    if terminal and uri.startswith("file:"):
        raise Refused(
            "the runtime cannot write the terminal of container %s to a file" % container.id,
            "set log_driver=none, or make the container with tty=false",
        )
    if terminal and not uri:  # one that nobody reads would block the process once its buffer is full
        uri = "/dev/null"  # the shim takes it for a fifo; it knows file:// only for pipes
    return Stdio("", uri, "" if terminal else uri, terminal)
