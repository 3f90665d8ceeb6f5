# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for pushing: what would be pushed, what is there, what has to move, move it.

Pushing reads the store and writes nothing into it, as ctr has it: there is nothing to clean up here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .image_reading import ImageReading

if TYPE_CHECKING:
    from .._services.registry.target import Target
    from .._services.session import Session
    from .._values.descriptor import Descriptor
    from .._values.endpoint import Endpoint
    from .._values.image import Image
    from .._values.platform import Platform
    from .._values.push import Pushed, Shipment
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess


class PushRuntime(ImageReading):
    """The verbs that a decision about pushing may use."""

    def __init__(self, endpoint: Endpoint, session: Session | None = None) -> None:
        super().__init__(endpoint, session)
        self._targets: dict[tuple[Reference, RegistryAccess], Target] = {}  # they hold connections and tokens

    def choose(self, image: Image, platform: Platform | None) -> Descriptor:
        """What is to be pushed of an image: its target, or the manifest for one platform."""
        if platform is None:
            return image.target
        from .._services.content import Content
        from .shipment import choose

        return choose(Content(self.session), image, platform)

    def offered(self, reference: Reference, access: RegistryAccess) -> str:
        """The digest that the registry has under the reference; empty when it has none."""
        return self._target(reference, access).find(reference.version)

    def survey(self, name: str, target: Descriptor, reference: Reference, access: RegistryAccess) -> Shipment:
        """What of an image is here, what is there, and what has to move. Sends nothing."""
        from .shipment import survey

        return survey(self.session, name, target, reference, self._target(reference, access), access)

    def push(self, shipment: Shipment, reference: Reference, access: RegistryAccess) -> Pushed:
        """Send what the registry lacks, and point the reference at it once all of it is there."""
        from .shipment import ship

        return ship(self.session, shipment, reference, self._target(reference, access), access)

    def _target(self, reference: Reference, access: RegistryAccess) -> Target:
        from .._services.registry.target import Target
        from .registries import Registries

        key = reference, access
        if key not in self._targets:
            self._targets[key] = Target(Registries(access).of(reference).to_push(), reference, access)
        return self._targets[key]
