# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for containers; those for their images and tasks come along.

What only a change needs is imported where a change begins.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .._services.content import Content
from .._services.snapshots import Snapshots
from .._values import labels
from .images import ImageRuntime
from .tasks import TaskRuntime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._values.container import Container, Creation, Host, Identity, ImageFacts
    from .._values.endpoint import Endpoint
    from .._values.image import Image

MAX_DEPTH = 4  # indexes within indexes


class ContainerRuntime(TaskRuntime):
    """The verbs that a decision about containers may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        images = ImageRuntime(endpoint, self.session)
        self.snapshotter, self.records, self.inspect = images.snapshotter, images.records, images.inspect
        self.look_up, self.pull = images.look_up, images.pull

    def image_config(self, container: Container, image: Image) -> Mapping[str, Any] | None:
        """The config of ``image`` when the container stands on that image as it is now; None when it does not.

        The edges that the garbage collector walks lead from the image to its snapshots, so nothing is parsed.
        """
        content, parent = Content(self.session), self.parent(container)
        for digest, edges in _configs(content, image.target.digest, MAX_DEPTH):
            if edges.get(labels.GC_SNAPSHOT + container.snapshotter) == parent:
                config: Mapping[str, Any] = json.loads(content.read(digest))
                return config
        return None

    def image_facts(self, image: Image) -> ImageFacts | None:
        from .declare import image_facts

        return image_facts(self.session, image)

    def parent(self, container: Container) -> str | None:
        return Snapshots(self.session, container.snapshotter).find_parent(container.snapshot_key)

    def identity(self, container: Container, user: str) -> Identity:
        from .users import identify

        return identify(self.session, container, user)

    def group_ids(self, container: Container, groups: Sequence[str]) -> tuple[int, ...]:
        if all(group.isdecimal() for group in groups):
            return tuple(int(group) for group in groups)
        from .users import find_groups

        return find_groups(self.session, container, groups)

    def runtime_options(self, container: Container) -> Mapping[str, Any]:
        from .._services.runtime_options import options_of

        return options_of(container)

    def host(self) -> Host:
        from .host import read_host

        return read_host()

    def version(self) -> str:
        from .._services.version import version_of

        return version_of(self.session)

    def device(self, path: str) -> Mapping[str, Any]:
        from .host import read_device

        return read_device(path)

    def cdi_files(self) -> dict[str, str]:
        from .cdi_files import cdi_files

        return cdi_files()

    def check_directory(self, path: str) -> None:
        from .host import check_directory

        check_directory(path)

    def read_file(self, path: str) -> str:
        from .host import read_file

        return read_file(path)

    def own_directory(self, container_id: str) -> str:
        from .own_files import directory_for

        return directory_for(self.session, container_id)

    def own_file(self, path: str) -> str:
        from .own_files import read_own_file

        return read_own_file(path)

    def create(self, creation: Creation, snapshotter: str) -> None:
        from .declare import create

        create(self.session, creation, snapshotter)

    def replace(
        self, creation: Creation, snapshotter: str, signal_number: int, timeout_s: float, starts: bool
    ) -> None:
        from .replace import replace

        replace(self.session, creation, snapshotter, signal_number, timeout_s, starts)

    def relabel(self, container_id: str, wanted: Mapping[str, str]) -> None:
        self.lifecycle.relabel(self.lifecycle.need(container_id), wanted)

    def limit(self, container_id: str, resources: Mapping[str, Any]) -> None:
        from .limits import limit

        limit(self.session, container_id, resources)

    def remove(self, container_id: str, signal_number: int, timeout_s: float) -> None:
        from .declare import remove

        remove(self.session, container_id, signal_number, timeout_s)


def _configs(content: Content, digest: str, depth: int) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The configs below a manifest or index, as far as they are here, with their labels."""
    document = content.find(digest)
    for key, child in sorted(document.labels.items()) if document else ():
        if key == labels.GC_CONTENT + "config":
            config = content.find(child)
            if config is not None:
                yield child, config.labels
        elif key.startswith(labels.GC_CONTENT + "m.") and depth:
            yield from _configs(content, child, depth - 1)
