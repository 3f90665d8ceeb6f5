# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container images made on the spot: configurations, manifests and indexes over layers; and their push.

Knows OCI's and Docker's formats (``dialect``: oci or docker). The same call gives the same digest.
Must never know about containerd.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .layers import Layer
from .registry_client import RegistryClient

CREATED = "2026-01-01T00:00:00Z"

# (dialect, thing) -> media type; a layer's has +gzip or .gzip when it is compressed
MEDIA_TYPES = {
    ("oci", "index"): "application/vnd.oci.image.index.v1+json",
    ("oci", "manifest"): "application/vnd.oci.image.manifest.v1+json",
    ("oci", "config"): "application/vnd.oci.image.config.v1+json",
    ("oci", "layer"): "application/vnd.oci.image.layer.v1.tar",
    ("oci", "layer+gzip"): "application/vnd.oci.image.layer.v1.tar+gzip",
    ("docker", "index"): "application/vnd.docker.distribution.manifest.list.v2+json",
    ("docker", "manifest"): "application/vnd.docker.distribution.manifest.v2+json",
    ("docker", "config"): "application/vnd.docker.container.image.v1+json",
    ("docker", "layer"): "application/vnd.docker.image.rootfs.diff.tar",
    ("docker", "layer+gzip"): "application/vnd.docker.image.rootfs.diff.tar.gzip",
}


@dataclass(frozen=True)
class Blob:
    """Bytes with a digest, in memory or in a file."""

    media_type: str
    digest: str
    size: int
    source: bytes | Path

    @classmethod
    def of_bytes(cls, data: bytes, *, media_type: str) -> Blob:
        return cls(media_type, "sha256:" + hashlib.sha256(data).hexdigest(), len(data), data)

    @classmethod
    def of_json(cls, content: Mapping[str, Any], *, media_type: str) -> Blob:
        return cls.of_bytes(json.dumps(content, separators=(",", ":")).encode(), media_type=media_type)

    def open(self) -> IO[bytes]:
        return io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source.open("rb")

    def read(self) -> bytes:
        with self.open() as handle:
            return handle.read()

    def descriptor(self, **more: Any) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size, **more}


@dataclass(frozen=True)
class Image:
    """A manifest with everything it names, for one platform."""

    manifest: Blob
    blobs: tuple[Blob, ...]  # config first, then layers
    platform: Mapping[str, str]

    @property
    def config(self) -> Blob:
        return self.blobs[0]


@dataclass(frozen=True)
class Index:
    """A list of manifests, one a platform."""

    manifest: Blob
    images: tuple[Image, ...]


def image(
    layers: Iterable[Layer],
    *,
    dialect: str = "oci",
    architecture: str = "amd64",
    os: str = "linux",
    variant: str | None = None,
    cmd: Iterable[str] | None = None,
    entrypoint: Iterable[str] | None = None,
    env: Iterable[str] | None = None,
    user: str | None = None,
    working_dir: str | None = None,
    labels: Mapping[str, str] | None = None,
    stop_signal: str | None = None,
    annotations: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
) -> Image:
    """An image of these layers. ``config`` adds whatever else its ``config`` object should hold."""
    layers = list(layers)
    platform = {"architecture": architecture, "os": os, **({"variant": variant} if variant else {})}
    said = {
        "Cmd": cmd and list(cmd),
        "Entrypoint": entrypoint and list(entrypoint),
        "Env": list(
            env if env is not None else ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        ),
        "User": user,
        "WorkingDir": working_dir,
        "Labels": labels and dict(labels),
        "StopSignal": stop_signal,
    }
    document: dict[str, Any] = {
        "created": CREATED,
        **platform,
        "config": {**{key: value for key, value in said.items() if value}, **(config or {})},
        "rootfs": {"type": "layers", "diff_ids": [each.diff_id for each in layers]},
        "history": [{"created": CREATED, "created_by": "lab"} for _layer in layers],
    }
    config_blob = Blob.of_json(document, media_type=MEDIA_TYPES[dialect, "config"])
    return assemble(
        config_blob,
        [_layer_blob(each, dialect) for each in layers],
        dialect=dialect,
        platform=platform,
        annotations=annotations,
    )


def assemble(
    config: Blob,
    layers: Iterable[Blob],
    *,
    dialect: str = "oci",
    platform: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
) -> Image:
    """A manifest of any config and layers, odd ones too."""
    layers = list(layers)
    media_type = MEDIA_TYPES[dialect, "manifest"]
    manifest = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": config.descriptor(),
        "layers": [each.descriptor() for each in layers],
        **({"annotations": dict(annotations)} if annotations else {}),
    }
    return Image(Blob.of_json(manifest, media_type=media_type), (config, *layers), platform)


def _layer_blob(layer: Layer, dialect: str) -> Blob:
    media_type = MEDIA_TYPES[dialect, "layer+gzip" if layer.is_gzip else "layer"]
    return Blob(media_type, layer.digest, layer.size, layer.source)


def attestation(subject: Image) -> Image:
    """What buildkit puts beside an image in its index: a manifest for unknown/unknown, not to be run."""
    statement = {
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{"digest": subject.manifest.digest}],
    }
    layer_blob = Blob.of_json(statement, media_type="application/vnd.in-toto+json")
    unknown = {"architecture": "unknown", "os": "unknown"}
    document = {**unknown, "config": {}, "rootfs": {"type": "layers", "diff_ids": [layer_blob.digest]}}
    config = Blob.of_json(document, media_type=MEDIA_TYPES["oci", "config"])
    return assemble(config, [layer_blob], platform=unknown)


def index(images: Iterable[Image], *, dialect: str = "oci", attestation_of: Image | None = None) -> Index:
    """An index over the platforms of its images, and an attestation of one of them when asked."""
    listed = [(each, each.manifest.descriptor(platform=dict(each.platform))) for each in images]
    if attestation_of:
        extra = attestation(attestation_of)
        marks = {
            "vnd.docker.reference.digest": attestation_of.manifest.digest,
            "vnd.docker.reference.type": "attestation-manifest",
        }
        listed.append((extra, extra.manifest.descriptor(platform=dict(extra.platform), annotations=marks)))
    media_type = MEDIA_TYPES[dialect, "index"]
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "manifests": [descriptor for _image, descriptor in listed],
    }
    return Index(Blob.of_json(document, media_type=media_type), tuple(each for each, _descriptor in listed))


def push(client: RegistryClient, repository: str, reference: str, thing: Image | Index) -> str:
    """Push an image or index with all that it names; returns the digest behind the tag or digest."""
    for each in thing.images if isinstance(thing, Index) else ():
        push(client, repository, each.manifest.digest, each)
    for blob in thing.blobs if isinstance(thing, Image) else ():
        client.push_blob(repository, blob)
    client.push_manifest(repository, reference, thing.manifest)
    return thing.manifest.digest
