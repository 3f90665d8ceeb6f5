# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about mounted images. For type checkers and readers; no task loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.image import Image
    from .._values.image_mount import ImageMount, MountPoint
    from .._values.platform import Platform


class ImageMountVerbs(Protocol):
    """For the decision about an image on a directory."""

    def snapshotter(self, wish: str | None) -> str:
        """The snapshotter to use; Refused when the daemon does not have the one that is wished for."""

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        """The records of these exact names, as far as there are any."""

    def chain_id(self, image: Image, platform: Platform, snapshotter: str) -> str | None:
        """The top of the image's unpacked chain; None when it is not complete enough to be mounted."""

    def look(self, path: str, snapshotter: str) -> MountPoint:
        """What is at that path, by containerd's word and by the kernel's."""

    def mount(self, wanted: ImageMount) -> None:
        """Mount it; a snapshot of the path's name that is there is taken as it is."""

    def replace(self, point: MountPoint, wanted: ImageMount) -> None:
        """Mount it in place of what is there of ours; on failure what can only be read is there again."""

    def keep(self, path: str, snapshotter: str) -> None:
        """Let the lease of a mount that is there have no end."""

    def give_up_abandoned(self) -> None:
        """Give up the leases of the dead."""

    def unmount(self, point: MountPoint) -> None:
        """Take off what is mounted of ours, and remove what kept it."""
