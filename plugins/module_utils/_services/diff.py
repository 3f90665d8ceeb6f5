# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers into snapshots (containerd.services.diff.v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .images import descriptor_message
from .messages import diff as rpc
from .snapshots import mount_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.container import SnapshotMount
    from .._values.descriptor import Descriptor
    from .session import Session

APPLY_TIMEOUT_S = 3600.0  # a layer is unpacked in one call that shows no progress


def apply(session: Session, layer: Descriptor, mounts: Sequence[SnapshotMount]) -> str:
    """Unpack ``layer`` over ``mounts``; returns the digest of the uncompressed layer, its diff id."""
    request = {"diff": descriptor_message(layer), "mounts": mount_messages(mounts)}
    answer = session.call(rpc.APPLY, request, timeout_s=max(APPLY_TIMEOUT_S, session.endpoint.timeout_s))
    return str(answer["applied"]["digest"])
