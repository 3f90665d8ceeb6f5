# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of small images, in each layout: with the right files, without some, or with wrong ones."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import INDEX, StoredImage, written

NAME = "docker.io/library/app:1"


def named(name: str) -> dict[str, str]:
    return {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.rpartition(":")[2]}


def layout(*images: tuple[StoredImage, Mapping[str, str]], lacks: Iterable[str] = (), **more: bytes) -> Any:
    """The files of an OCI image layout."""
    blobs = {digest: data for image, _annotations in images for digest, data in image.bytes.items()}
    listed = [{**written(image.target), "annotations": dict(told)} for image, told in images]
    return of_blobs(blobs, listed, lacks=lacks, **more)


def of_blobs(
    blobs: Mapping[str, bytes], listed: list[dict[str, Any]], *, lacks: Iterable[str] = (), **more: bytes
) -> Any:
    files = {
        "blobs/" + digest.replace(":", "/"): data for digest, data in blobs.items() if digest not in lacks
    }
    files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
    files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": listed}).encode()
    return {**files, **more}


class Multi:
    """An index of images by platform, as bytes."""

    def __init__(self, images: Mapping[str, StoredImage]) -> None:
        entries = []
        self.bytes: dict[str, bytes] = {}
        for platform, image in images.items():
            system, _slash, machine = platform.partition("/")
            entries.append({**written(image.target), "platform": {"os": system, "architecture": machine}})
            self.bytes.update(image.bytes)
        data = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
        self.bytes[digest_of(data)] = data
        self.target = Descriptor(INDEX, digest_of(data), len(data))


class Saved:
    """An image as ``docker save`` has it: layers that are not compressed, or are when asked."""

    def __init__(
        self, name: str = "one", layers: int = 2, *, compressed: bool = False, **config: Any
    ) -> None:
        plain = [("%s layer %d" % (name, n)).encode() * 300 for n in range(layers)]
        self.diff_ids = [digest_of(data) for data in plain]
        self.layers = [gzip.compress(data, mtime=0) if compressed else data for data in plain]
        place = {"os": "linux", "architecture": "amd64", **config}
        self.config = json.dumps({**place, "rootfs": {"diff_ids": self.diff_ids}}).encode()


def saved(*images: tuple[Saved, list[str]], **more: bytes) -> Any:
    """The files of the old layout: a directory for each layer, and links to those that are there already."""
    files: dict[str, Any] = {}
    first: dict[bytes, str] = {}
    entries = []
    for position, (image, tags) in enumerate(images):
        names = []
        for n, layer in enumerate(image.layers):
            name = "%d%d/layer.tar" % (position, n)
            names.append(name)
            files[name] = "../" + first[layer] if layer in first else layer
            first.setdefault(layer, name)
        config = digest_of(image.config)[7:] + ".json"
        files[config] = image.config
        entries.append({"Config": config, "RepoTags": tags or None, "Layers": names})
    return {**files, "repositories": b"{}", "manifest.json": json.dumps(entries).encode(), **more}


def write(path: Path, files: Mapping[str, Any], *, compress: bool = False) -> str:
    with tarfile.open(path, "w:gz" if compress else "w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            if isinstance(data, str):
                info.type, info.linkname = tarfile.SYMTYPE, data
                tar.addfile(info)
            else:
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return str(path)
