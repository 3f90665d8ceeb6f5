# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of images: OCI layouts and what ``docker save`` writes, or both in one tar file.

Knows the files in them that name the rest (OCI image-spec image-layout.md; Docker's manifest.json); never how a tar
file is read or written.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .digest import is_digest
from .errors import Damaged, Refused
from .manifest import parse_index
from .reference import DEFAULT_HOST, parse_reference
from .value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .descriptor import Descriptor
    from .image import Graph, Image
    from .manifest import Manifest

LAYOUT_PATH, INDEX_PATH, DOCKER_PATH = "oci-layout", "index.json", "manifest.json"
LAYOUT = b'{"imageLayoutVersion":"1.0.0"}'
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
IMAGE_NAME = "io.containerd.image.name"  # containerd's own: the full name; podman reads it too
REF_NAME = "org.opencontainers.image.ref.name"  # OCI's: containerd writes the tag alone here


class DockerImage(Value):
    """One entry of Docker's manifest.json: the names, and the paths of config and layers, lowest first."""

    config: str
    tags: tuple[str, ...]  # sorted
    layers: tuple[str, ...]


class Contents(Value):
    """What an archive holds, without the bytes of it."""

    images: Mapping[str, str]  # full name to digest, as index.json says; empty without one
    docker: frozenset[DockerImage]  # as manifest.json says, in whatever order; empty without one
    blobs: Mapping[str, int]  # digest to size


class ArchiveFile(Value):
    """What lies at a path where an archive may be: ``size`` is None when nothing does."""

    size: int | None
    contents: Contents | None = None
    complaint: str = ""  # why it is no archive, or a damaged one


class Archive(Value):
    """An archive to be written."""

    index: bytes  # index.json; empty: none
    docker: bytes  # manifest.json; empty: none
    blobs: tuple[Descriptor, ...]  # each once, in the order in which they are written


class Exportable(Value):
    """An image with all that it takes to export it."""

    image: Image
    graph: Graph
    docker: Manifest | None  # the one that docker would load; None when it could load none


def blob_path(digest: str) -> str:
    """Where the blob lies in an OCI layout (image-layout.md, "Blobs")."""
    return "blobs/" + digest.replace(":", "/", 1)


def digest_at(path: str) -> str:
    """The digest of the blob that lies there; '' when it is not the path of one."""
    parts = path.split("/")
    digest = ":".join(parts[1:])
    return digest if len(parts) == 3 and parts[0] == "blobs" and is_digest(digest) else ""


def format_index(images: Iterable[tuple[str, Descriptor]]) -> bytes:
    """index.json, naming images as ctr does, so that containerd, podman and skopeo find them."""
    manifests = [
        {
            "mediaType": target.media_type,
            "digest": target.digest,
            "size": target.size,
            "annotations": {IMAGE_NAME: name, REF_NAME: _tag_of(name)},
        }
        for name, target in images
    ]
    return _format({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests})


def parse_names(index: bytes, of: Descriptor) -> dict[str, str]:
    """Name to digest, as an index.json tells; an entry without any name is left out."""
    listed = (
        (item.annotations.get(IMAGE_NAME) or item.annotations.get(REF_NAME), item)
        for item in parse_index(index, of)
    )
    return {name: item.digest for name, item in listed if isinstance(name, str) and name}


def format_docker(images: Iterable[DockerImage]) -> bytes:
    return _format(
        [{"Config": each.config, "RepoTags": list(each.tags), "Layers": list(each.layers)} for each in images]
    )


def parse_docker(document: bytes) -> tuple[DockerImage, ...]:
    """The entries of a manifest.json; Damaged when it is none."""
    try:
        listed = json.loads(document)
        return tuple(_docker_image(fields) for fields in listed)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Damaged("manifest.json of the archive is malformed", "export the image again") from None


def docker_tag(name: str) -> str:
    """The name as docker writes it (nginx:1.27 for docker.io/library/nginx:1.27); '' for one that is no tag."""
    try:
        reference = parse_reference(name)
    except Refused:
        return ""
    if reference.digest or str(reference) != name:
        return ""
    if reference.host != DEFAULT_HOST:
        return name
    library, slash, rest = reference.repository.partition("/")
    is_official = library == "library" and slash and "/" not in rest
    return "%s:%s" % (rest if is_official else reference.repository, reference.tag)


def _docker_image(fields: Mapping[str, Any]) -> DockerImage:
    config, tags, layers = fields["Config"], fields.get("RepoTags") or [], fields.get("Layers") or []
    texts = (config, *tags, *layers)
    if (
        not isinstance(tags, list)
        or not isinstance(layers, list)
        or not all(isinstance(text, str) for text in texts)
    ):
        raise TypeError
    return DockerImage(config, tuple(sorted(tags)), tuple(layers))


def _tag_of(name: str) -> str:
    """What follows the repository: the tag, or @ and the digest; a name that is no reference as it is."""
    repository = name.rpartition("/")[2]
    before, at, digest = repository.partition("@")
    tag = before.partition(":")[2]
    return tag + at + digest or name


def _format(fields: Any) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()
