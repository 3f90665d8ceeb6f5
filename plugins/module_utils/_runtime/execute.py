# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Execute: a further process inside a running container, its streams, its end, and nothing left of it."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._services.task_control import TaskControl
from .._spec.process import exec_process
from .._values.errors import Failure, NotFound, Refused, TimedOut
from .._values.execution import Command, Executed
from .._values.task import Exit, Stdio
from .fifos import Fifos

if TYPE_CHECKING:
    from .._services.session import Session
    from .._values.container import Container, Identity
    from .fifos import Gate

FOREVER_S = 365 * 24 * 3600.0
KILL_PATIENCE_S = 10.0


def execute(session: Session, container: Container, command: Command, gate: Gate | None = None) -> Executed:
    """Run ``command`` and wait for its end, unless it is detached; its input waits until ``gate`` lets it through.

    TimedOut after ``timeout_s``: the process has been killed then. A process that cannot start leaves nothing.
    """
    tasks, exec_id = TaskControl(session), "ansible-" + os.urandom(8).hex()
    process = exec_process(
        container.spec,
        argv=command.argv,
        cwd=command.working_dir,
        env=command.env,
        identity=_identity(session, container, command.user),
        tty=command.tty,
    )
    started_at = time.time()
    if command.detach:
        tasks.exec(container.id, exec_id, process, Stdio())
        pid = _start(tasks, container, exec_id)
        return Executed(pid, None, b"", b"", started_at, started_at)
    with Fifos(command.stdin, has_stderr=not command.tty, gate=gate) as fifos:
        stdio = Stdio(
            fifos.path("stdin") if command.stdin is not None else "",
            fifos.path("stdout"),
            "" if command.tty else fifos.path("stderr"),
            command.tty,
        )

        def close_stdin() -> None:
            with suppress(NotFound):  # the command has ended without reading to the end
                tasks.close_stdin(container.id, exec_id)

        tasks.exec(container.id, exec_id, process, stdio)
        pid = _start(tasks, container, exec_id)
        end = _Waiter(session, container.id, exec_id)
        try:
            fifos.run(end.has_come, _deadline(command.timeout_s), close_stdin)
            status = end.exit().status
        except BaseException:
            with suppress(Failure):
                tasks.kill(container.id, signal.SIGKILL, exec_id=exec_id)
                # Anew, since it may be the one before that has failed.
                _Waiter(session, container.id, exec_id).join(KILL_PATIENCE_S)
            raise
        finally:
            # The output and the exit code are here; a remnant is not worth losing them.
            with suppress(Failure):
                tasks.delete_process(container.id, exec_id)
        output = fifos.output
        return Executed(
            pid,
            status,
            bytes(output["stdout"]),
            bytes(output.get("stderr", b"")),
            started_at,
            time.time(),
        )


def _identity(session: Session, container: Container, user: str | None) -> Identity | None:
    if user is None:
        return None
    from .users import identify

    return identify(session, container, user)


def _start(tasks: TaskControl, container: Container, exec_id: str) -> int:
    try:
        return tasks.start(container.id, exec_id)
    except Failure as exc:
        with suppress(Failure):
            tasks.delete_process(container.id, exec_id)
        if exc.kind != Failure.kind:
            raise
        raise Refused(
            "the command cannot start in container %s: %s" % (container.id, exc.message),
            "name a program, directory and user that the container has",
            call=exc.call,
            code=exc.code,
        ) from exc


def _deadline(timeout_s: float | None) -> Any:
    ends_at = time.monotonic() + timeout_s if timeout_s is not None else None

    def check() -> None:
        if ends_at is not None and time.monotonic() > ends_at:
            raise TimedOut(
                "the command still ran after %g seconds and was killed" % (timeout_s or 0),
                "set a larger timeout, or detach it",
            )

    return check


class _Waiter:
    """Waits for the end of a process on a connection of its own, while its streams are served."""

    def __init__(self, session: Session, container_id: str, exec_id: str) -> None:
        self._session = session.sibling()
        self._result: Exit | None = None
        self._failure: Failure | None = None
        self._thread = threading.Thread(target=self._wait, args=(container_id, exec_id), daemon=True)
        self._thread.start()

    def _wait(self, container_id: str, exec_id: str) -> None:
        try:
            self._result = TaskControl(self._session).wait(container_id, exec_id, timeout_s=FOREVER_S)
        except Failure as exc:
            self._failure = exc
        finally:
            self._session.close()

    def has_come(self) -> bool:
        return not self._thread.is_alive()

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def exit(self) -> Exit:
        if self._failure is not None:
            raise self._failure
        if self._result is None:
            raise Failure("the end of the command was not told", "see the log of containerd")
        return self._result
