# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small images of real bytes, to lie in a containerd's store or behind a registry."""

from __future__ import annotations

import gzip
import json
from typing import Any

from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import chain_ids, digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.image import Graph, Remote
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import (
    Manifest,
    parse_manifest,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


class StoredImage:
    """An image of `layers` layers, whose bytes follow from its name."""

    def __init__(
        self,
        name: str = "one",
        *,
        layers: int = 2,
        layer_type: str = LAYER,
        config: dict[str, Any] | None = None,
        diff_ids: list[str] | None = None,
    ) -> None:
        plain = [("%s layer %d" % (name, n)).encode() * 500 for n in range(layers)]
        self.bytes: dict[str, bytes] = {}
        self.layers = [self._add(layer_type, gzip.compress(data, mtime=0)) for data in plain]
        self.diff_ids = [digest_of(data) for data in plain] if diff_ids is None else diff_ids
        self.chain = chain_ids(self.diff_ids)
        document = {"config": config or {}, "rootfs": {"type": "layers", "diff_ids": self.diff_ids}}
        self.config = self._add(CONFIG, json.dumps(document).encode())
        listed = [written(layer) for layer in self.layers]
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": written(self.config),
            "layers": listed,
        }
        self.target = self._add(MANIFEST, json.dumps(manifest).encode())

    def _add(self, media_type: str, data: bytes) -> Descriptor:
        self.bytes[digest_of(data)] = data
        return Descriptor(media_type, digest_of(data), len(data))

    @property
    def digests(self) -> list[str]:
        return list(self.bytes)

    @property
    def manifest(self) -> Manifest:
        return parse_manifest(self.bytes[self.target.digest], self.target)

    def remote(self, host: str = "registry.example") -> Remote:
        """As a registry offers it to a store that has nothing."""
        graph = Graph(((self.target, self.bytes[self.target.digest]),), ((self.target, self.manifest),))
        configs = {self.config.digest: self.bytes[self.config.digest]}
        return Remote(self.target, host, graph, configs, (self.target, *graph.blobs))

    def into(self, store: Store, *, unpacked: bool = True, snapshotter: str = "overlayfs") -> StoredImage:
        """Put it there with the labels that hold it together."""
        for digest, data in self.bytes.items():
            labels = {}
            if digest == self.config.digest and unpacked and self.chain:
                labels["containerd.io/gc.ref.snapshot." + snapshotter] = self.chain[-1]
            if digest == self.target.digest:
                labels["containerd.io/gc.ref.content.config"] = self.config.digest
                for n, layer in enumerate(self.layers):
                    labels["containerd.io/gc.ref.content.l.%d" % n] = layer.digest
            store.add_blob(data, labels)
        for n, chain_id in enumerate(self.chain if unpacked else ()):
            parent = self.chain[n - 1] if n else ""
            store.space().snapshots[snapshotter, chain_id] = Snapshot(parent, 3, {})
        return self

    def named(self, store: Store, name: str, labels: dict[str, str] | None = None) -> StoredImage:
        """Under a name, too."""
        image = {"name": name, "target": message(self.target), "labels": dict(labels or {})}
        store.space().images[name] = image
        return self

    def index_with(self, store: Store, images: dict[str, StoredImage]) -> Descriptor:
        """An index in the store, by platform."""
        entries = []
        for platform, image in images.items():
            os_name, _slash, architecture = platform.partition("/")
            place = {"os": os_name, "architecture": architecture}
            entries.append({**written(image.target), "platform": place})
        data = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
        store.add_blob(data)
        return Descriptor(INDEX, digest_of(data), len(data))


def written(of: Descriptor) -> dict[str, Any]:
    """As a document lists it."""
    return {"mediaType": of.media_type, "digest": of.digest, "size": of.size}


def message(of: Descriptor) -> dict[str, Any]:
    """As containerd's services take it."""
    return {"media_type": of.media_type, "digest": of.digest, "size": of.size, "annotations": {}}
