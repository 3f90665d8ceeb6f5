# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a user of a container is, in the kernel's numbers, by the container's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.snapshots import Snapshots
from .._spec.identity import resolve_identity
from .rootfs import read_users

if TYPE_CHECKING:
    from .._services.session import Session
    from .._values.container import Container, Identity


def identify(session: Session, container: Container, user: str) -> Identity:
    """``user`` as in the file system of ``container``, whether it runs or not; NotFound for a name it lacks."""
    mounts = Snapshots(session, container.snapshotter).mounts(container.snapshot_key)
    return resolve_identity(user, *read_users(mounts))
