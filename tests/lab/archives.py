# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image archives made on the spot, in each layout that is in use; odd and broken ones too.

Knows the OCI image layout and what ``docker save`` writes. Must never know about containerd.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .images import Blob, Image, Index

LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
FULL_NAME = "io.containerd.image.name"
TAG = "org.opencontainers.image.ref.name"


@dataclass(frozen=True)
class Member:
    """A file of an archive, or with ``link`` a symbolic link."""

    name: str
    data: bytes | Path = b""
    link: str = ""


def oci_members(
    things: Iterable[tuple[Image | Index, Mapping[str, str]]], *, lacks: Iterable[str] = ()
) -> list[Member]:
    """An OCI image layout of these things with their annotations; without the blobs whose digest it ``lacks``."""
    things = list(things)
    blobs = {blob.digest: blob for thing, _annotations in things for blob in all_blobs(thing)}
    listed = [
        thing.manifest.descriptor(**({"annotations": dict(annotations)} if annotations else {}))
        for thing, annotations in things
    ]
    index = {"schemaVersion": 2, "manifests": listed}
    return [
        *(
            Member("blobs/" + digest.replace(":", "/"), blob.source)
            for digest, blob in sorted(blobs.items())
            if digest not in set(lacks)
        ),
        Member("index.json", json.dumps(index).encode()),
        Member("oci-layout", LAYOUT),
    ]


def all_blobs(thing: Image | Index) -> list[Blob]:
    parts = thing.images if isinstance(thing, Index) else ()
    own = thing.blobs if isinstance(thing, Image) else ()
    return [thing.manifest, *own, *(blob for part in parts for blob in all_blobs(part))]


def docker_members(things: Iterable[tuple[Image, Iterable[str]]], *, is_old: bool = True) -> list[Member]:
    """What ``docker save`` writes of images with uncompressed layers, and their tags.

    ``is_old``: a directory for each layer, a layer that is there already as a link; else files named by digest.
    """
    members: dict[str, Member] = {}
    manifest = []
    first: dict[str, str] = {}
    for image, tags in things:
        config, *layers = image.blobs
        config_name = config.digest.partition(":")[2] + ".json"
        members[config_name] = Member(config_name, config.source)
        names = []
        for n, layer in enumerate(layers):
            encoded = layer.digest.partition(":")[2]
            name = f"{_directory(image, n)}/layer.tar" if is_old else f"{encoded}.tar"
            names.append(name)
            if is_old and layer.digest in first and first[layer.digest] != name:
                members[name] = Member(name, link="../" + first[layer.digest])
            else:
                members[name] = Member(name, layer.source)
                first[layer.digest] = name
        manifest.append({"Config": config_name, "RepoTags": list(tags) or None, "Layers": names})
    return [*members.values(), Member("manifest.json", json.dumps(manifest).encode())]


def _directory(image: Image, position: int) -> str:
    """Not a digest of anything, as docker's own ids of layers are not."""
    return f"{position:02d}" + image.manifest.digest.partition(":")[2][2:]


def write(path: Path, members: Iterable[Member], *, compression: str = "none") -> Path:
    """``compression``: none, gzip or zstd (by the program of that name)."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for member in members:
            add(tar, member)
    if compression == "gzip":
        path.write_bytes(gzip.compress(path.read_bytes(), 1))
    elif compression == "zstd":
        path.write_bytes(subprocess.run(["zstd", "-qc", path], capture_output=True, check=True).stdout)
    return path


def add(tar: tarfile.TarFile, member: Member) -> None:
    info = tarfile.TarInfo(member.name)
    if member.link:
        info.type, info.linkname = tarfile.SYMTYPE, member.link
        tar.addfile(info)
    elif isinstance(member.data, bytes):
        info.size = len(member.data)
        tar.addfile(info, io.BytesIO(member.data))
    else:
        info.size = os.stat(member.data).st_size
        with member.data.open("rb") as file:
            tar.addfile(info, file)


def named(name: str) -> dict[str, str]:
    """The annotations of an image that an archive names in full, as ``ctr images export`` writes them."""
    return {FULL_NAME: name, TAG: name.rpartition(":")[2]}


def tagged(tag: str) -> dict[str, str]:
    return {TAG: tag}


def listing(path: Path) -> Any:
    """The index of an OCI archive."""
    with tarfile.open(path) as tar:
        file = tar.extractfile("index.json")
        return json.load(file) if file else None
