# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the unpacked layers of images take on the disk, by snapshotter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.snapshots import Snapshots
from .._values import labels
from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._services.session import Session
    from .._values.manifest import Manifest


class Usages:
    """What unpacked layers take; each snapshot is asked about once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._parents: dict[str, dict[str, str]] = {}  # of every snapshot, by snapshotter
        self._sizes: dict[tuple[str, str], int] = {}

    def of(self, manifests: Sequence[Manifest]) -> dict[str, int]:
        """Bytes by snapshotter, over the chains of these manifests, what they share counted once."""
        chains: dict[str, set[str]] = {}
        for manifest in manifests:
            for snapshotter, top in self._tops(manifest).items():
                chains.setdefault(snapshotter, set()).update(self._chain(snapshotter, top))
        return {
            snapshotter: sum(self._size(snapshotter, key) for key in keys)
            for snapshotter, keys in sorted(chains.items())
            if keys
        }

    def _tops(self, manifest: Manifest) -> dict[str, str]:
        """The top of the chain, by snapshotter, as the labels of the config hold it."""
        config = Content(self._session).find(manifest.config.digest)
        return {
            key[len(labels.GC_SNAPSHOT) :].partition("/")[0]: top
            for key, top in (config.labels if config else {}).items()
            if key.startswith(labels.GC_SNAPSHOT)
        }

    def _chain(self, snapshotter: str, top: str) -> list[str]:
        if snapshotter not in self._parents:
            try:
                self._parents[snapshotter] = Snapshots(self._session, snapshotter).parents()
            except Refused:  # the daemon no longer has this snapshotter
                self._parents[snapshotter] = {}
        parents, chain, key = self._parents[snapshotter], [], top
        while key in parents:
            chain.append(key)
            key = parents[key]
        return chain

    def _size(self, snapshotter: str, key: str) -> int:
        if (snapshotter, key) not in self._sizes:
            self._sizes[snapshotter, key] = Snapshots(self._session, snapshotter).usage(key)
        return self._sizes[snapshotter, key]
