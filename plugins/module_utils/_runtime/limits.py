# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other limits for a container that may be running: for its process first, then on record."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from .._services.containers import Containers
from .._services.task_control import TaskControl
from .._values.errors import Failure, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._services.session import Session


def limit(session: Session, container_id: str, resources: Mapping[str, Any]) -> None:
    """Set parts of linux.resources; those not named stay. When the kernel refuses, the record stays as it was.

    A run that is killed in between leaves the record behind, so the next one does both again.
    """
    containers, tasks = Containers(session), TaskControl(session)
    container = containers.find(container_id)
    if container is None:
        raise NotFound("there is no container %s" % container_id, "create it with ctr_container")
    task = tasks.find(container_id)
    if task is not None and (task.is_alive or task.status == "created"):
        try:
            tasks.update(container_id, resources)
        except Failure as exc:
            if exc.kind != Failure.kind:
                raise
            said = "the limits of container %s cannot change: %s" % (container_id, exc.message)
            raise Failure(
                said,
                "memory in use cannot be taken away: stop the container first, or take a higher limit",
                call=exc.call,
                code=exc.code,
            ) from exc
    spec = copy.deepcopy(dict(container.spec))
    spec.setdefault("linux", {}).setdefault("resources", {}).update(resources)
    containers.update(container.replace(spec=spec), ["spec"])
