# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about pushes. For type checkers and readers; no task loads it.

Apart from the other verbs, since a task ships what they name too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.descriptor import Descriptor
    from .._values.image import Image
    from .._values.platform import Platform
    from .._values.push import Pushed, Shipment
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess


class PushVerbs(Protocol):
    """For the decision about what a registry has of our images."""

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        """The records of these exact names, as far as there are any."""

    def choose(self, image: Image, platform: Platform | None) -> Descriptor:
        """What is to be pushed of an image: its target, or the manifest for one platform."""

    def offered(self, reference: Reference, access: RegistryAccess) -> str:
        """The digest that the registry has under the reference; empty when it has none."""

    def survey(self, name: str, target: Descriptor, reference: Reference, access: RegistryAccess) -> Shipment:
        """What of an image is here, what is there, and what has to move. Sends nothing."""

    def push(self, shipment: Shipment, reference: Reference, access: RegistryAccess) -> Pushed:
        """Send what the registry lacks, and point the reference at it once all of it is there."""
