# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a user of a container is, in the kernel's numbers, by the container's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.snapshots import Snapshots
from .._spec.identity import group_ids, resolve_identity
from .._spec.reading import rootfs_of
from .rootfs import read_users, read_users_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._services.session import Session
    from .._values.container import Container, Identity


def identify(session: Session, container: Container, user: str) -> Identity:
    """``user`` as in the file system of ``container``, whether it runs or not; NotFound for a name it lacks."""
    return resolve_identity(user, *_users(session, container))


def find_groups(session: Session, container: Container, groups: Iterable[str]) -> tuple[int, ...]:
    """The numbers of these groups there; NotFound for a name it lacks."""
    return group_ids(groups, _users(session, container)[1])


def _users(session: Session, container: Container) -> tuple[str, str]:
    directory = rootfs_of(container.spec)
    if directory and not container.snapshot_key:
        return read_users_of(directory)
    return read_users(Snapshots(session, container.snapshotter).mounts(container.snapshot_key))
