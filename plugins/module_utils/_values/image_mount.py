# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that are mounted on a directory of the host: what is there, and what is to be. Knows no mount(2)."""

from __future__ import annotations

from .value import Value


class MountPoint(Value):
    """A directory, what containerd keeps under its name, and what is really mounted there."""

    path: str
    is_directory: bool  # False: nothing is there yet
    snapshotter: str = ""  # of the snapshot; '' when there is none
    chain_id: str = ""  # that the snapshot stands on
    read_only: bool = True  # the snapshot cannot be written
    mounts: int = 0  # of this snapshot on the directory, on top of each other
    has_lease: bool = False  # of this name
    is_kept: bool = False  # that lease holds the snapshot and has no end
    foreign: str = ""  # what else is mounted there, in words
    is_abandoned: bool = False  # there is a lease of a run that died, maybe as its very last act

    @property
    def has_snapshot(self) -> bool:
        return bool(self.snapshotter)


class ImageMount(Value):
    """A mount to make."""

    path: str
    chain_id: str
    read_only: bool
    snapshotter: str
