# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documents of an image: index, manifest, image config (OCI image-spec, Docker schema 2).

Knows their formats; never where the bytes come from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .descriptor import INDEX_TYPES, MANIFEST_TYPES, Descriptor
from .digest import chain_ids, is_digest
from .errors import Damaged, NotFound, Unsupported
from .platform import Platform, fitting, normalise
from .value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHEMA_1_PREFIX = "application/vnd.docker.distribution.manifest.v1"


class Manifest(Value):
    """One image for one platform: its config and its layers, lowest first."""

    config: Descriptor
    layers: Sequence[Descriptor]

    @property
    def children(self) -> tuple[Descriptor, ...]:
        return (self.config, *self.layers)


def parse_index(document: bytes, of: Descriptor) -> tuple[Descriptor, ...]:
    """The manifests that an index lists, in its order."""
    return tuple(_descriptor(item, of) for item in _list(_json(document, of), "manifests", of))


def parse_manifest(document: bytes, of: Descriptor) -> Manifest:
    fields = _json(document, of)
    layers = tuple(_descriptor(item, of) for item in _list(fields, "layers", of))
    return Manifest(_descriptor(fields.get("config"), of), layers)


def parse_config(document: bytes, of: Descriptor) -> dict[str, Any]:
    return _json(document, of)


def config_platform(config: Mapping[str, Any]) -> Platform | None:
    """What an image config says that it runs on; None when it says nothing."""
    return _platform(config)


def diff_ids(config: Mapping[str, Any], of: Descriptor) -> list[str]:
    """The digests of the uncompressed layers, lowest first (image-spec config.md, "rootfs")."""
    rootfs = config.get("rootfs")
    found = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(found, list) or not all(isinstance(item, str) and is_digest(item) for item in found):
        raise Damaged(
            "image config %s has no valid rootfs.diff_ids" % of.digest, "rebuild and push the image"
        )
    return found


def chain_of(document: bytes, of: Descriptor) -> list[str]:
    """The chain ids that the layers of an image config make, lowest first."""
    return chain_ids(diff_ids(parse_config(document, of), of))


def select_manifests(
    listed: Sequence[Descriptor], platforms: Iterable[Platform], name: str
) -> tuple[Descriptor, ...]:
    """The best manifest for each platform; NotFound names a platform for which there is none."""
    chosen: dict[str, Descriptor] = {}
    for wanted in platforms:
        best = _best(listed, wanted)
        if best is None:
            offered = sorted({str(item.platform) for item in listed if item.platform is not None})
            raise NotFound(
                "image %s has no manifest for platform %s" % (name, wanted),
                "set platform to one it offers: %s" % (", ".join(offered) or "none is named"),
            )
        chosen[best.digest] = best
    return tuple(chosen.values())


def media_type_of(document: bytes, declared: str) -> str:
    """The type of a fetched document: its own word, else the server's, else its shape (image-spec manifest.md)."""
    try:
        fields = json.loads(document)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Damaged(
            "the registry answered with something that is not a JSON manifest", "check the image name"
        )
    own = fields.get("mediaType")
    if fields.get("schemaVersion") == 1 or declared.startswith(SCHEMA_1_PREFIX):
        raise schema_1_refused()
    for known in (own, declared):
        if isinstance(known, str) and (known in INDEX_TYPES or known in MANIFEST_TYPES):
            return known
    if "manifests" in fields:
        return "application/vnd.oci.image.index.v1+json"
    if "config" in fields and "layers" in fields:
        return "application/vnd.oci.image.manifest.v1+json"
    raise Unsupported(
        "the registry answered with media type %r, which is no image" % (own or declared), "name an image"
    )


def schema_1_refused() -> Unsupported:
    return Unsupported(
        "the image is in Docker's schema 1 format, which containerd 2 no longer takes",
        "push it again with a current builder",
    )


def _best(listed: Sequence[Descriptor], wanted: Platform) -> Descriptor | None:
    for fit in fitting(wanted):
        for item in listed:
            if item.platform == fit:
                return item
    return None


def _json(document: bytes, of: Descriptor) -> dict[str, Any]:
    try:
        fields = json.loads(document)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Damaged(
            "document %s (%s) is not a JSON object" % (of.digest, of.media_type), "push the image again"
        )
    return fields


def _list(fields: Mapping[str, Any], key: str, of: Descriptor) -> list[Any]:
    found = fields.get(key)
    if not isinstance(found, list):
        raise Damaged("document %s (%s) has no %s" % (of.digest, of.media_type, key), "push the image again")
    return found


def _descriptor(fields: Any, of: Descriptor) -> Descriptor:
    known: dict[str, Any] = fields if isinstance(fields, dict) else {}
    media_type, digest, size = (known.get(key, "") for key in ("mediaType", "digest", "size"))
    typed = isinstance(media_type, str) and isinstance(digest, str) and isinstance(size, int)
    if not typed or isinstance(size, bool) or not is_digest(digest) or size < 0:
        raise Damaged("document %s holds a malformed descriptor" % of.digest, "push the image again")
    annotations = known.get("annotations")
    return Descriptor(
        media_type=media_type,
        digest=digest,
        size=size,
        annotations=annotations if isinstance(annotations, dict) else {},
        platform=_platform(known.get("platform")),
    )


def _platform(fields: Any) -> Platform | None:
    if not isinstance(fields, dict):
        return None
    os_name, arch, variant = (str(fields.get(key, "")) for key in ("os", "architecture", "variant"))
    return normalise(os_name, arch, variant) if os_name and arch else None
