# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Container images made on the spot: layers from files or random data, configurations, manifests, indexes; and their push.

Knows OCI's and Docker's formats. Everything is deterministic: the same call gives the same digest on the same machine.
Must never know about containerd.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Union

from .registry_client import RegistryClient

CREATED = "2026-01-01T00:00:00Z"
CHUNK_BYTES = 1 << 20

# (format, thing) -> media type; a layer's has +gzip or .gzip when it is compressed
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
class File:
    """A regular file in a layer; plain bytes mean File(data)."""

    data: bytes
    mode: int = 0o644
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Directory:
    mode: int = 0o755
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Link:
    """A symbolic link, or a hard link to an earlier path of the same layer."""

    target: str
    is_hard: bool = False


Entry = Union[bytes, File, Directory, Link]


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
class Layer:
    """A layer's bytes before a format has named their type. ``diff_id`` is the digest of the uncompressed tar."""

    digest: str
    size: int
    source: bytes | Path
    diff_id: str
    is_gzip: bool

    def blob(self, format: str) -> Blob:
        return Blob(
            MEDIA_TYPES[format, "layer+gzip" if self.is_gzip else "layer"],
            self.digest,
            self.size,
            self.source,
        )


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


def layer(entries: Mapping[str, Entry], *, compression: str = "gzip") -> Layer:
    """A layer from path -> content; parent directories that are not named are made, mode 0755."""
    with _LayerWriter(io.BytesIO(), compression=compression) as writer, writer.tar() as tar:
        for path, entry in _with_parents(entries).items():
            info, data = _member(path, entry)
            tar.addfile(info, io.BytesIO(data))
    return writer.finish(writer.raw.getvalue())  # type: ignore[attr-defined]


def random_layer(
    size_bytes: int,
    *,
    seed: int,
    path: str = "data.bin",
    compression: str = "none",
    is_compressible: bool = False,
    store: Path | None = None,
) -> Layer:
    """A layer with one file of random data; given a ``store`` directory it never is in memory as a whole."""
    target = store / f"layer-{seed}-{size_bytes}-{compression}-{int(is_compressible)}" if store else None
    with target.open("wb") if target else io.BytesIO() as raw:
        with _LayerWriter(raw, compression=compression) as writer, writer.tar() as tar:
            info, _ = _member(path, b"")
            info.size = size_bytes
            tar.addfile(info, _RandomFile(size_bytes, seed, is_compressible))
        return writer.finish(target or raw.getvalue())  # type: ignore[attr-defined]


def image(
    layers: Iterable[Layer],
    *,
    format: str = "oci",
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
    document = {
        "created": CREATED,
        **platform,
        "config": {**{key: value for key, value in said.items() if value}, **(config or {})},
        "rootfs": {"type": "layers", "diff_ids": [each.diff_id for each in layers]},
        "history": [{"created": CREATED, "created_by": "lab"} for _ in layers],
    }
    config_blob = Blob.of_json(document, media_type=MEDIA_TYPES[format, "config"])
    return assemble(
        config_blob,
        [each.blob(format) for each in layers],
        format=format,
        platform=platform,
        annotations=annotations,
    )


def assemble(
    config: Blob,
    layers: Iterable[Blob],
    *,
    format: str = "oci",
    platform: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
) -> Image:
    """A manifest of any config and layers, odd ones too."""
    layers = list(layers)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MEDIA_TYPES[format, "manifest"],
        "config": config.descriptor(),
        "layers": [each.descriptor() for each in layers],
        **({"annotations": dict(annotations)} if annotations else {}),
    }
    return Image(Blob.of_json(manifest, media_type=manifest["mediaType"]), (config, *layers), platform)


def attestation(subject: Image) -> Image:
    """What buildkit puts beside an image in its index: a manifest for platform unknown/unknown, not to be run."""
    statement = {
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{"digest": subject.manifest.digest}],
    }
    layer_blob = Blob.of_json(statement, media_type="application/vnd.in-toto+json")
    unknown = {"architecture": "unknown", "os": "unknown"}
    document = {**unknown, "config": {}, "rootfs": {"type": "layers", "diff_ids": [layer_blob.digest]}}
    config = Blob.of_json(document, media_type=MEDIA_TYPES["oci", "config"])
    return assemble(config, [layer_blob], platform=unknown)


def index(images: Iterable[Image], *, format: str = "oci", attestation_of: Image | None = None) -> Index:
    """An index over the platforms of its images, and an attestation of one of them when asked."""
    listed = [(each, each.manifest.descriptor(platform=dict(each.platform))) for each in images]
    if attestation_of:
        extra = attestation(attestation_of)
        marks = {
            "vnd.docker.reference.digest": attestation_of.manifest.digest,
            "vnd.docker.reference.type": "attestation-manifest",
        }
        listed.append((extra, extra.manifest.descriptor(platform=dict(extra.platform), annotations=marks)))
    media_type = MEDIA_TYPES[format, "index"]
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "manifests": [descriptor for _, descriptor in listed],
    }
    return Index(Blob.of_json(document, media_type=media_type), tuple(each for each, _ in listed))


def push(client: RegistryClient, repository: str, reference: str, thing: Image | Index) -> str:
    """Push an image or an index with all that it names; returns the digest behind ``reference`` (a tag or digest)."""
    for each in thing.images if isinstance(thing, Index) else ():
        push(client, repository, each.manifest.digest, each)
    for blob in thing.blobs if isinstance(thing, Image) else ():
        client.push_blob(repository, blob)
    client.push_manifest(repository, reference, thing.manifest)
    return thing.manifest.digest


class _LayerWriter:
    """Hashes what goes into a layer twice: the tar (diff id) and its compressed form (digest)."""

    def __init__(self, raw: IO[bytes], *, compression: str) -> None:
        if compression not in ("gzip", "none"):
            raise ValueError(f"compression is gzip or none, not {compression}")
        self.raw, self.is_gzip = raw, compression == "gzip"
        self._packed = _HashingWriter(raw)
        self._gzip = gzip.GzipFile("", "wb", 6, self._packed, mtime=0) if self.is_gzip else None  # type: ignore[arg-type]
        self._plain = _HashingWriter(self._gzip or self._packed)

    def __enter__(self) -> _LayerWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._gzip:
            self._gzip.close()

    def tar(self) -> tarfile.TarFile:
        return tarfile.open(mode="w|", fileobj=self._plain, format=tarfile.PAX_FORMAT, bufsize=CHUNK_BYTES)  # type: ignore[call-overload]

    def finish(self, source: bytes | Path) -> Layer:
        return Layer(self._packed.digest, self._packed.size, source, self._plain.digest, self.is_gzip)


class _HashingWriter:
    def __init__(self, target: Any) -> None:
        self._target, self._hash, self.size = target, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        self._target.write(data)
        return len(data)

    def flush(self) -> None:
        self._target.flush()

    @property
    def digest(self) -> str:
        return "sha256:" + self._hash.hexdigest()


class _RandomFile(io.RawIOBase):
    """Reads as random bytes; compressible ones shrink to about a quarter."""

    def __init__(self, size_bytes: int, seed: int, is_compressible: bool) -> None:
        self._left, self._random, self._is_compressible = size_bytes, random.Random(seed), is_compressible
        self._ready = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        while len(self._ready) < wanted:
            self._ready += self._more()
        data, self._ready = self._ready[:wanted], self._ready[wanted:]
        self._left -= wanted
        return data

    def _more(self) -> bytes:
        if not self._is_compressible:
            return self._random.randbytes(CHUNK_BYTES)
        return b"".join(self._random.randbytes(1024) + bytes(3072) for _ in range(CHUNK_BYTES // 4096))


def _with_parents(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    whole: dict[str, Entry] = {}
    for path, entry in entries.items():
        path = path.strip("/")
        for parent in reversed([str(parent) for parent in Path(path).parents][:-1]):
            whole.setdefault(parent, Directory())
        whole[path] = entry
    return whole


def _member(path: str, entry: Entry) -> tuple[tarfile.TarInfo, bytes]:
    entry = File(entry) if isinstance(entry, bytes) else entry
    info = tarfile.TarInfo(path)
    if isinstance(entry, Link):
        info.type, info.linkname = (tarfile.LNKTYPE if entry.is_hard else tarfile.SYMTYPE), entry.target
        return info, b""
    info.mode, info.uid, info.gid = entry.mode, entry.uid, entry.gid
    if isinstance(entry, Directory):
        info.type = tarfile.DIRTYPE
        return info, b""
    info.size = len(entry.data)
    return info, entry.data
