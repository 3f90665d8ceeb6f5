# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images that are pulled, made on the spot and pushed to the lab's registry.

Knows shapes and sizes; random data, which no compression makes smaller. Must never know who pulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ansible_collections.community.containerd.tests.lab import archives, images
from ansible_collections.community.containerd.tests.lab.images import Image
from ansible_collections.community.containerd.tests.lab.layers import random_layer
from ansible_collections.community.containerd.tests.lab.registries import Registry
from ansible_collections.community.containerd.tests.lab.standard_images import ARCHITECTURE

MIB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """Some images alike."""

    name: str
    layer_bytes: int
    layers: int = 1
    images: int = 1
    compression: str = "none"

    def push(self, registry: Registry, store: Path, seed: int) -> list[str]:
        """Make and push them; returns their references."""
        folder = store / self.name
        folder.mkdir(parents=True)
        references = []
        for number in range(self.images):
            seeds = [seed + number * self.layers + layer for layer in range(self.layers)]
            made = [
                random_layer(
                    self.layer_bytes,
                    seed=each,
                    path=f"data-{each}.bin",
                    compression=self.compression,
                    store=folder,
                )
                for each in seeds
            ]
            repository = f"bench/{self.name}-{number}"
            images.push(registry.client(), repository, "1", images.image(made, architecture=ARCHITECTURE))
            references.append(f"{registry.host}/{repository}:1")
        for path in folder.iterdir():
            path.unlink()  # the registry has it now
        return references

    def archive(self, path: Path, seed: int, name: str) -> Image:
        """Write an archive of one such image, which has this name in it."""
        folder = path.parent / self.name
        folder.mkdir(parents=True)
        made = [random_layer(self.layer_bytes, seed=seed + each, store=folder) for each in range(self.layers)]
        image = images.image(made, architecture=ARCHITECTURE)
        archives.write(path, archives.oci_members([(image, archives.named(name))]))
        for each in folder.iterdir():
            each.unlink()  # the archive has it now
        return image
