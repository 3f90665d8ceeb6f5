# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containerd makes of an archive that ``docker save`` wrote: a manifest for each image, and an index of them.

The bytes are those that containerd's own import writes, so that the digests are the same. Where it takes a
compressed layer that the store has by chance instead of the archive's, this does not: the digest of an image
depends on its archive alone. Pure.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable

from .._values.archive import IMAGE_NAME, REF_NAME, DockerImage, parse_docker
from .._values.descriptor import Descriptor
from .._values.digest import digest_of
from .._values.errors import Damaged
from .._values.manifest import config_platform, diff_ids, parse_config
from .._values.reference import parse_reference
from .._values.value import Value
from .archive_stream import GZIP, ZSTD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.offer import Entry

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar"

Read = Callable[[str], bytes]
Hash = Callable[["list[str]", "dict[str, Entry]"], "dict[str, str]"]


class Converted(Value):
    """An OCI index, and by digest all that hangs on it: documents as bytes, the rest as places in the archive."""

    index: bytes
    documents: Mapping[str, bytes]
    entries: Mapping[str, Entry]


def convert(listing: bytes, path: str, files: dict[str, Entry], read: Read, hash_all: Hash) -> Converted:
    """``files`` by name; ``read`` gives a small one, ``hash_all`` the digests of large ones."""
    images = [_check(image, path, files) for image in parse_docker(listing)]
    names = {name for image in images for name in image.layers}
    compressed = sorted(name for name in names if _is_compressed(files[name]))
    digests = hash_all(compressed, files) if compressed else {}
    documents: dict[str, bytes] = {}
    entries: dict[str, Entry] = {}
    listed: list[dict[str, Any]] = []
    for image in images:
        config = read(image.config)
        of = Descriptor(CONFIG, digest_of(config), len(config))
        layers = _layers(image, files, digests, config, of)
        entries.update({digest: files[name] for name, digest in zip(image.layers, layers)})
        manifest = _manifest(of, [(digest, files[name]) for name, digest in zip(image.layers, layers)])
        documents.update({of.digest: config, digest_of(manifest): manifest})
        listed += _listed(manifest, image.tags, parse_config(config, of))
    return Converted(_json({"schemaVersion": 2, "manifests": listed}), documents, entries)


def _check(image: DockerImage, path: str, files: Mapping[str, Entry]) -> DockerImage:
    """The image, all of whose files are there."""
    for name in (image.config, *image.layers):
        if name not in files:
            raise _malformed(path, "names the file %r, which is not there" % name[:200])
    return image


def _malformed(path: str, what: str) -> Damaged:
    return Damaged("manifest.json of archive %s %s" % (path, what), "copy or make the archive again")


def _is_compressed(entry: Entry) -> bool:
    return entry.head.startswith((GZIP, ZSTD))


def _layers(
    image: DockerImage, files: Mapping[str, Entry], digests: Mapping[str, str], config: bytes, of: Descriptor
) -> list[str]:
    """The digests of the layers: an uncompressed one's is its diff id, which is proved when it is written."""
    promised = diff_ids(parse_config(config, of), of)
    if len(promised) != len(image.layers):
        raise Damaged(
            "image config %s names %d layers, manifest.json %d"
            % (of.digest, len(promised), len(image.layers)),
            "copy or make the archive again",
        )
    return [digests.get(name, diff_id) for name, diff_id in zip(image.layers, promised)]


def _manifest(config: Descriptor, layers: Sequence[tuple[str, Entry]]) -> bytes:
    """As containerd writes it, which calls every compressed layer gzip and knows by looking what it really is."""
    return _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": config.digest, "size": config.size},
            "layers": [
                {
                    "mediaType": LAYER + (".gzip" if _is_compressed(entry) else ""),
                    "digest": digest,
                    "size": entry.size,
                }
                for digest, entry in layers
            ],
        }
    )


def _listed(manifest: bytes, tags: Sequence[str], config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The image in the index, once for each of its names."""
    found: dict[str, Any] = {"mediaType": MANIFEST, "digest": digest_of(manifest), "size": len(manifest)}
    platform = config_platform(config)
    place = {}
    if platform is not None:
        variant = {"variant": platform.variant} if platform.variant else {}
        place = {"platform": {"architecture": platform.architecture, "os": platform.os, **variant}}
    if not tags:
        return [{**found, **place}]
    references = [parse_reference(tag) for tag in tags]
    return [
        {
            **found,
            "annotations": {IMAGE_NAME: str(reference), REF_NAME: reference.tag or "@" + reference.digest},
            **place,
        }
        for reference in references
    ]


def _json(content: Any) -> bytes:
    """As Go's encoder writes it, for the characters that occur here."""
    return json.dumps(content, separators=(",", ":")).encode()
