# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for images on directories of the host.

As ``ctr images mount`` does it, the path is the name of the snapshot and of the lease that holds it. Other than
ctr's lease ours has no end: containerd forgets nothing that is mounted.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._services.leases import Leases
from .._services.snapshot_store import SnapshotStore
from .._values.errors import Refused
from .._values.image_mount import MountPoint
from .._values.labels import GC_EXPIRE, OWNER_LABEL
from .image_reading import ImageReading
from .mountinfo import read_mounts, shows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.image import Image
    from .._values.image_mount import ImageMount
    from .._values.platform import Platform
    from .mountinfo import Mounted

_SNAPSHOTS = "snapshots/"  # kind of a lease's resource, followed by the snapshotter


class ImageMountRuntime(ImageReading):
    """The verbs that a decision about mounted images may use."""

    def chain_id(self, image: Image, platform: Platform, snapshotter: str) -> str | None:
        """The top of the image's unpacked chain; None when it is not complete enough to be mounted."""
        from .chain import top_of

        top = top_of(self.session, image, platform)
        return top if top and SnapshotStore(self.session, snapshotter).exists(top) else None

    def look(self, path: str, snapshotter: str) -> MountPoint:
        """What is at ``path``; a snapshot of its name is looked for where a lease says, else in ``snapshotter``."""
        real = os.path.realpath(path)
        leases = Leases(self.session)
        listed = leases.list()
        labels = listed.get(real)
        held_in = "" if labels is None else _held_in(leases.held(real), real)
        snapshots = SnapshotStore(self.session, held_in or snapshotter)
        snapshot = snapshots.find(real)
        here = _mounted_at(real)
        wanted = snapshots.mounts(real) if snapshot and here else []
        ours = [each for each in here if shows(each, wanted)]
        others = ["%s (%s)" % (each.type, each.source) for each in here if each not in ours]
        return MountPoint(
            path=real,
            is_directory=_is_directory(real),
            snapshotter=snapshots.snapshotter if snapshot else "",
            chain_id=snapshot.parent if snapshot else "",
            read_only=snapshot.kind == "view" if snapshot else True,
            mounts=len(ours),
            has_lease=labels is not None,
            is_kept=bool(held_in) and GC_EXPIRE not in (labels or ()),
            foreign=others[-1] if others else "",
            is_abandoned=_are_abandoned(listed),
        )

    def mount(self, wanted: ImageMount) -> None:
        """Mount the chain under a snapshot of the path's name; one that is there is taken as it is."""
        from .image_mounting import mount

        mount(self.session, wanted)

    def replace(self, point: MountPoint, wanted: ImageMount) -> None:
        """Mount it in place of what is there of ours; on failure what can only be read is there again."""
        from .image_mounting import replace

        replace(self.session, point, wanted)

    def keep(self, path: str, snapshotter: str) -> None:
        """Let the lease of a mount that is there have no end."""
        from .image_mounting import keep

        keep(self.session, path, snapshotter)

    def give_up_abandoned(self) -> None:
        """Give up the leases of the dead."""
        from .lease import sweep

        sweep(self.session)

    def unmount(self, point: MountPoint) -> None:
        """Take off what is mounted of ours; then the snapshot and its lease go, the directory stays."""
        from .image_mounting import unmount_image

        unmount_image(self.session, point)


def _are_abandoned(leases: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether there are leases of the dead; mostly there is none of ours at all."""
    if not any(OWNER_LABEL in labels for labels in leases.values()):
        return False
    from .lease import abandoned

    return bool(abandoned(leases))


def _held_in(held: Sequence[tuple[str, str]], path: str) -> str:
    """The snapshotter in which a lease keeps the snapshot of that name; '' when it keeps none."""
    kinds = [kind for kind, key in held if key == path and kind.startswith(_SNAPSHOTS)]
    return kinds[0][len(_SNAPSHOTS) :] if kinds else ""


def _is_directory(path: str) -> bool:
    if os.path.isdir(path):
        return True
    if os.path.lexists(path):
        raise Refused("%s is not a directory" % path, "choose another path")
    return False


def _mounted_at(path: str) -> list[Mounted]:
    """From the lowest to the topmost; none when another mount on a directory above hides them all."""
    here = [each for each in read_mounts() if each.target == path]
    if here and here[-1].type == "overlay" and os.stat(path).st_dev != here[-1].device:
        return []
    return here
