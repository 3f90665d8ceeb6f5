# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the container that somebody wants to join or to act on, or say why not.

Apart from the decisions that need it, since a connection needs nothing else of them, for every task anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import NotFound, Refused

if TYPE_CHECKING:
    from .._values.container import Container
    from .._values.task import Task
    from .verbs import CommandVerbs

_REMEDIES = {
    "paused": "resume it with ctr_task",
    "unknown": "its shim does not answer: look at the log of containerd, or kill it with ctr_task",
}


def find_running(verbs: CommandVerbs, container_id: str, namespace: str) -> tuple[Container, Task]:
    """The container and its task, which can be joined; else NotFound or Refused."""
    container = verbs.container(container_id)
    if container is None:
        raise no_such_container(verbs, container_id, namespace)
    task = verbs.task(container_id)
    if task is None or task.status != "running":
        status = task.status if task else "absent"
        raise Refused(
            "container %s runs no process to join: its task is %s" % (container_id, status),
            _REMEDIES.get(status, "start it with ctr_task"),
        )
    return container, task


def no_such_container(verbs: Any, container_id: str, namespace: str) -> NotFound:
    """The failure for a missing container, which says so when it is the namespace that is missing."""
    known = verbs.namespaces()
    if namespace not in known:
        return NotFound(
            "there is no namespace %s, and so no container %s" % (namespace, container_id),
            "set namespace to one that exists: %s" % (", ".join(known) or "there is none yet"),
        )
    return NotFound(
        "there is no container %s in namespace %s" % (container_id, namespace), "create it with ctr_container"
    )
