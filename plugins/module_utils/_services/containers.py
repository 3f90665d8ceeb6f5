# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container records (containerd.services.containers.v1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._values.container import Container
from .._values.errors import NotFound
from .._values.timestamp import format_timestamp
from .messages import containers as rpc
from .messages.runtime_options import RUNC_OPTIONS_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .session import Session

# How containerd's own clients mark the JSON of a runtime spec (typeurl of opencontainers/runtime-spec).
SPEC_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/Spec"


class Containers:
    """What is declared to run; whether it runs is a matter of tasks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, container_id: str) -> Container | None:
        """The record of that id; None when there is none."""
        try:
            return _container(self._session.call(rpc.GET, {"id": container_id})["container"])
        except NotFound:
            return None

    def iterate(self, *filters: str) -> Iterator[Container]:
        """All records that match any of ``filters`` (containerd's filter grammar); without any, all."""
        for answer in self._session.stream(rpc.LIST, {"filters": filters}):
            if answer["container"]:
                yield _container(answer["container"])

    def create(self, container: Container) -> None:
        self._session.call(rpc.CREATE, {"container": _message(container)})

    def update(self, container: Container, mask: Sequence[str]) -> None:
        """Change what ``mask`` names (``labels``, ``labels.KEY``, ``spec``) and nothing else."""
        request = {"container": _message(container), "update_mask": {"paths": list(mask)}}
        self._session.call(rpc.UPDATE, request)

    def delete(self, container_id: str) -> None:
        """Remove the record alone: its task must be gone before, its snapshot is another matter."""
        self._session.call(rpc.DELETE, {"id": container_id})


def _container(fields: dict[str, Any]) -> Container:
    runtime, spec = fields["runtime"] or {}, fields["spec"] or {}
    return Container(
        id=fields["id"],
        image=fields["image"],
        labels=fields["labels"],
        runtime=runtime.get("name", ""),
        snapshotter=fields["snapshotter"],
        snapshot_key=fields["snapshot_key"],
        spec=_json(spec.get("value", b"")),
        created_at=format_timestamp(fields["created_at"]),
        updated_at=format_timestamp(fields["updated_at"]),
        extra=fields,
    )


def _json(value: bytes) -> dict[str, Any]:
    """The spec as an object; empty when the record's maker left none or something else than JSON."""
    try:
        spec = json.loads(value)
    except ValueError:
        return {}
    return spec if isinstance(spec, dict) else {}


def _message(container: Container) -> dict[str, Any]:
    """The whole record: fields that we do not name go back as they came."""
    runtime = container.extra.get("runtime") or {"options": {"type_url": RUNC_OPTIONS_TYPE}}
    return {
        **container.extra,
        "id": container.id,
        "labels": dict(container.labels),
        "image": container.image,
        "runtime": {**runtime, "name": container.runtime},
        "spec": {"type_url": SPEC_TYPE, "value": json.dumps(container.spec, separators=(",", ":")).encode()},
        "snapshotter": container.snapshotter,
        "snapshot_key": container.snapshot_key,
    }
