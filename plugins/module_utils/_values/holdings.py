# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a namespace holds, and what of it is to go. Knows neither why nor how."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .image import Blob, Image
    from .snapshot import Snapshot


class Lease(Value):
    """What keeps things from the garbage collector."""

    id: str
    created_at: str
    labels: Mapping[str, str]
    held: tuple[tuple[str, str], ...] = ()  # kind and key: content, ingests, snapshots/ and a snapshotter
    is_dead: bool = False  # a run that was killed took it
    is_mounted: bool = False  # it keeps a snapshot that is mounted on the directory of its name


class Ingest(Value):
    """A blob on its way in."""

    ref: str
    updated_at: str
    size: int  # bytes that have arrived


class Use(Value):
    """A container, as far as it keeps other things."""

    id: str
    image: str
    snapshotter: str
    snapshot_key: str
    labels: Mapping[str, str]
    created_at: str
    is_stopped: bool  # it has no process, or one that has ended


class Holdings(Value):
    """All that is in one namespace."""

    images: tuple[Image, ...]
    uses: tuple[Use, ...]
    leases: tuple[Lease, ...]
    ingests: tuple[Ingest, ...]
    blobs: tuple[Blob, ...]
    snapshots: tuple[tuple[str, Snapshot], ...]  # each with its snapshotter


class Going(Value):
    """What is to go: what is named goes by itself, the rest by the garbage collector's hand."""

    images: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    leases: tuple[str, ...] = ()
    ingests: tuple[str, ...] = ()
    snapshots: tuple[tuple[str, str], ...] = ()  # snapshotter and key
    blobs: tuple[str, ...] = ()
    bytes_of: Mapping[Any, int] = MappingProxyType(
        {}
    )  # by digest, ref, snapshotter and key: what is freed when it goes

    @property
    def is_nothing(self) -> bool:
        named = self.images or self.containers or self.leases or self.ingests
        return not (named or self.snapshots or self.blobs)
