# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images, containers and tasks as the user reads them in results. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values import labels

if TYPE_CHECKING:
    from .._values.container import Container
    from .._values.image import Stored
    from .._values.task import Task


def image_facts(stored: Stored) -> dict[str, Any]:
    """An image as the user reads it."""
    image = stored.image
    return {
        "name": image.name,
        "digest": image.target.digest,
        "media_type": image.target.media_type,
        "platforms": list(stored.platforms),
        "size": stored.size,
        "labels": dict(image.labels),
        "pinned": image.labels.get(labels.PINNED) == labels.IS_PINNED,
        "complete": stored.is_complete,
        "missing": [blob.digest for blob in stored.missing],
        "unpacked": stored.is_unpacked,
        "created_at": image.created_at,
        "updated_at": image.updated_at,
    }


def container_facts(record: Container, task: Task | None) -> dict[str, Any]:
    """A container as the user reads it."""
    return {
        "id": record.id,
        "image": record.image,
        "labels": dict(record.labels),
        "runtime": record.runtime,
        "snapshotter": record.snapshotter,
        "snapshot_key": record.snapshot_key,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "spec": dict(record.spec),
        "task": task_facts(task),
    }


def task_facts(task: Task | None) -> dict[str, Any]:
    """A task as the user reads it."""
    if task is None:
        return {"status": "absent", "pid": 0}
    return {
        "status": task.status,
        "pid": task.pid,
        "exit_code": task.exit.status if task.exit.at else None,
        "exited_at": task.exit.at,
        "stdout": task.stdio.stdout,
        "stderr": task.stdio.stderr,
        "terminal": task.stdio.terminal,
    }
