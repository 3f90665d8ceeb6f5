# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs of somebody who works inside a running container: run commands there, bring files and take them.

Used on the controller, by the connection plugin; no module ships it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._values.container import Identity
from .._values.errors import Refused
from .commands import CommandRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from .._values.container import Container
    from .._values.execution import Command, Executed
    from .container_files import ContainerRoot
    from .fifos import Gate


class InsideRuntime(CommandRuntime):
    """The verbs that a connection may use."""

    def converse(self, container: Container, command: Command, gate: Gate) -> Executed:
        """Run a command whose input waits until ``gate``, which sees the output, lets it through."""
        from .execute import execute

        return execute(self.session, container, command, gate)

    def write_file(self, container: Container, user: str | None, path: str, source: IO[bytes]) -> None:
        """Bring all of ``source`` to ``path``, as the container and its ``user`` see it."""
        with self._root_of(container) as root:
            root.write(_absolute(container, path), source, self._identity(container, user))

    def read_file(self, container: Container, user: str | None, path: str, sink: IO[bytes]) -> None:
        """Take all of the file at ``path``, as the container and its ``user`` see it."""
        with self._root_of(container) as root:
            root.read(_absolute(container, path), sink, self._identity(container, user))

    def close(self) -> None:
        self.session.close()

    @contextmanager
    def _root_of(self, container: Container) -> Iterator[ContainerRoot]:
        from .container_files import ContainerRoot

        before = self.task(container.id)
        if before is None or not before.is_alive:
            raise Refused("container %s has ended" % container.id, "start it with ctr_task")
        with ContainerRoot(before.pid) as root:
            # A process id may go to another process; it is this one's if the task still lives by it.
            if self.task(container.id) != before:
                raise Refused("container %s ended just now" % container.id, "start it with ctr_task")
            yield root

    def _identity(self, container: Container, user: str | None) -> Identity:
        from .users import identify

        if user is not None:
            return identify(self.session, container, user)
        own = (container.spec.get("process") or {}).get("user") or {}
        uid, gid = own.get("uid", 0), own.get("gid", 0)
        return Identity(uid, gid, tuple(own.get("additionalGids") or ()))


def _absolute(container: Container, path: str) -> str:
    """A relative path counts from where commands run."""
    cwd = (container.spec.get("process") or {}).get("cwd") or "/"
    return os.path.join(cwd, path)
