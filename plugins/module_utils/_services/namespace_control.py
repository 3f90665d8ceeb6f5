# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces to act on (containerd.services.namespaces.v1).

Apart from ``namespaces``, which ships to every module that asks for a default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import namespaces as rpc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .session import Session


def create_namespace(session: Session, name: str, labels: Mapping[str, str]) -> None:
    session.call(rpc.CREATE, {"namespace": {"name": name, "labels": dict(labels)}})


def set_namespace_labels(session: Session, name: str, labels: Mapping[str, str]) -> None:
    """Set these labels and leave the others alone; an empty value removes one. Creates what is not there."""
    request = {
        "namespace": {"name": name, "labels": dict(labels)},
        "update_mask": {"paths": ["labels." + key for key in labels]},
    }
    session.call(rpc.UPDATE, request)


def delete_namespace(session: Session, name: str) -> None:
    """Remove a namespace; Refused by containerd when anything is in it."""
    session.call(rpc.DELETE, {"name": name})
