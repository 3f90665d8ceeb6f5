# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces (containerd.services.namespaces.v1): which there are, and their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .messages import namespaces as rpc

if TYPE_CHECKING:
    from .session import Session

DEFAULT_SNAPSHOTTER_LABEL = "containerd.io/defaults/snapshotter"
DEFAULT_SNAPSHOTTER = "overlayfs"  # containerd's own on Linux
DEFAULT_RUNTIME_LABEL = "containerd.io/defaults/runtime"
DEFAULT_RUNTIME = "io.containerd.runc.v2"


def list_namespaces(session: Session) -> dict[str, dict[str, str]]:
    """Labels by namespace."""
    answer = session.call(rpc.LIST, {})
    return {fields["name"]: fields["labels"] for fields in answer["namespaces"]}


def namespace_labels(session: Session) -> dict[str, str]:
    """The labels of the session's own namespace; none when it does not exist yet."""
    labels = session.call(rpc.GET, {"name": session.endpoint.namespace})["namespace"]["labels"]
    return dict(labels)
