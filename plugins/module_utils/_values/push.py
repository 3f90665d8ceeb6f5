# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image on its way to a registry: what of it is here, what is there, and what has to move. Knows neither place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from .descriptor import Descriptor


class Part(Value):
    """A document or a blob of an image, seen from both ends."""

    blob: Descriptor
    content: bytes = b""  # of a document that is here
    is_here: bool = True
    is_there: bool = False
    source: str = ""  # another repository of the same registry that has it

    @property
    def is_lacking(self) -> bool:
        """Whether it is nowhere to be had."""
        return not (self.is_here or self.is_there or self.source)

    @property
    def bytes_to_send(self) -> int:
        return 0 if self.is_there or self.source else self.blob.size


class Shipment(Value):
    """All that an image consists of, and what of it has to move."""

    target: Descriptor  # what the name in the registry will stand for
    documents: tuple[Part, ...]  # children first, the target last
    blobs: tuple[Part, ...]  # configs and layers, each once; without those that may not be distributed
    lacking: tuple[str, ...] = ()  # in words: platforms, or digests
    whole: tuple[str, ...] = ()  # platforms that lack nothing

    @property
    def bytes_to_send(self) -> int:
        parts = (*self.documents[:-1], *self.blobs)
        return self.target.size + sum(part.bytes_to_send for part in parts)

    @property
    def bytes_to_mount(self) -> int:
        return sum(part.blob.size for part in self.blobs if part.source and not part.is_there)


class Pushed(Value):
    """What a push moved."""

    bytes_sent: int
    bytes_mounted: int
