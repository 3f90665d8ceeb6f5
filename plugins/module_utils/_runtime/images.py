# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for images: what is there, what a registry has, pull, remove.

What only a pull needs is imported where a pull begins: an image that is there costs none of it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .._values.errors import NotFound
from .._values.labels import LEASE_EXPIRY_S
from .._values.timestamp import seconds_ago
from .image_reading import ImageReading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._services.session import Session
    from .._values.endpoint import Endpoint
    from .._values.image import Extent, Image, LookUp, Naming, Pull, Pulled, Remote
    from .._values.registry import RegistryAccess
    from .registries import Registries


class ImageRuntime(ImageReading):
    """The verbs that a decision about images may use."""

    def __init__(self, endpoint: Endpoint, session: Session | None = None) -> None:
        super().__init__(endpoint, session)
        self._registries: dict[RegistryAccess, Registries] = {}  # connections and tokens serve the whole task
        self._offers: dict[str, Remote] = {}  # a registry is asked once a task, whatever is read again

    def users(self, names: Sequence[str]) -> dict[str, list[str]]:
        """The containers made from each of these image names."""
        from .._services.containers import Containers

        users: dict[str, list[str]] = {name: [] for name in names}
        for container in Containers(self.session).iterate():
            if container.image in users:
                users[container.image].append(container.id)
        return users

    def are_pulls_abandoned(self, images: Sequence[Image]) -> bool:
        """Whether a pull that made one of these died before it could give up its lease.

        Not asked of images that have stood longer than a lease lives: no-op tasks are mostly about those.
        """
        if all(image.updated_at < seconds_ago(LEASE_EXPIRY_S) for image in images):
            return False
        from .lease import are_abandoned

        return are_abandoned(self.session)

    def give_up_abandoned(self) -> None:
        """Give up the leases of the dead."""
        from .lease import sweep

        sweep(self.session)

    def look_up(
        self, questions: Sequence[LookUp], extent: Extent, access: RegistryAccess
    ) -> dict[str, Remote]:
        """What the registries offer, by name. Fetches manifests and configs, no layer; stores nothing."""
        from .resolve import look_up

        new = [question for question in questions if question.name not in self._offers]
        self._offers.update(look_up(self.session, new, extent, self._reach(access)) if new else {})
        return {question.name: self._offers[question.name] for question in questions}

    def pull(self, pulls: Sequence[Pull], access: RegistryAccess) -> list[Pulled]:
        """Fetch, unpack and name the images; all of them or, on failure, nothing that was not there."""
        from .pull import pull

        with self._reach(access) as registries:
            return pull(self.session, pulls, registries)

    def name(self, namings: Sequence[Naming]) -> None:
        """Point further names at targets that are here."""
        from .records import point

        for naming in namings:
            point(self.images, naming)

    def label(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        """Set these labels of these records, by name; an empty one is removed, all others stay."""
        from .records import label

        for name, wanted in labels.items():
            label(self.images, name, wanted)

    def _reach(self, access: RegistryAccess) -> Registries:
        from .registries import Registries

        return self._registries.setdefault(access, Registries(access))

    def remove(self, names: Sequence[str], sync: bool) -> None:
        """Remove the records; with ``sync``, return after garbage collection has run."""
        self.give_up_abandoned()
        for name in names:
            with suppress(NotFound):  # somebody else, such as the kubelet, was faster
                self.images.delete(name, sync=sync and name == names[-1])
