# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host and a registry as the decision about pushes sees them."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.image import Image
from ansible_collections.community.containerd.plugins.module_utils._values.platform import Platform
from ansible_collections.community.containerd.plugins.module_utils._values.push import Part, Pushed, Shipment
from ansible_collections.community.containerd.plugins.module_utils._values.reference import Reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.unit.fakes.world import Build


class PushWorld:
    """The verbs for pushing. `mountable` are digests that another repository of the registry has."""

    def __init__(self) -> None:
        self.here: dict[str, Build] = {}
        self.platforms: dict[Platform, Build] = {}
        self.tags: dict[str, str] = {}
        self.there: set[str] = set()
        self.mountable: set[str] = set()
        self.lacking: tuple[str, ...] = ()
        self.whole: tuple[str, ...] = ()
        self.applied: list[str] = []
        self.surveyed = 0

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        return {name: Image(name, self.here[name].target, {}) for name in names if name in self.here}

    def choose(self, image: Image, platform: Platform | None) -> Descriptor:
        return self.platforms[platform].target if platform else image.target

    def offered(self, reference: Reference, access: RegistryAccess) -> str:
        return self.tags.get(str(reference), "")

    def survey(self, name: str, target: Descriptor, reference: Reference, access: RegistryAccess) -> Shipment:
        self.surveyed += 1
        builds = {build.target.digest: build for build in (*self.here.values(), *self.platforms.values())}
        build = builds[target.digest]
        blobs = tuple(
            Part(
                blob,
                is_there=blob.digest in self.there,
                source="other" if blob.digest in self.mountable else "",
            )
            for blob in build.graph.blobs
        )
        return Shipment(target, (Part(target, build.document),), blobs, self.lacking, self.whole)

    def push(self, shipment: Shipment, reference: Reference, access: RegistryAccess) -> Pushed:
        self.applied.append("push")
        pushed = Pushed(shipment.bytes_to_send, shipment.bytes_to_mount)
        self.there |= {part.blob.digest for part in shipment.blobs}
        self.tags[str(reference)] = shipment.target.digest
        return pushed
