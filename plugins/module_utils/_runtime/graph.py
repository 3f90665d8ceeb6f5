# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a target to all that hangs on it: index, manifests, configs, layers, for the wanted platforms.

Knows the order of documents; never where their bytes come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional

from .._values.descriptor import Descriptor
from .._values.errors import Damaged, Unsupported
from .._values.image import Graph
from .._values.manifest import Manifest, parse_index, parse_manifest, schema_1_refused, select_manifests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.platform import Platform

MAX_DEPTH = 4  # indexes within indexes
MAX_MANIFESTS = 512  # in all indexes of one image together

Read = Callable[[Descriptor], Optional[bytes]]  # None: not to be had, and left out


def walk(target: Descriptor, platforms: Sequence[Platform], name: str, read: Read) -> Graph:
    """The graph of ``target``; without platforms, of all that its index lists."""
    documents: list[tuple[Descriptor, bytes]] = []
    manifests: list[tuple[Descriptor, Manifest]] = []
    level = [target]
    for _depth in range(MAX_DEPTH):
        deeper: list[Descriptor] = []
        for document in level:
            content = read(document)
            if content is None:
                continue
            documents.append((document, content))
            if document.is_index:
                listed = parse_index(content, document)
                deeper.extend(select_manifests(listed, platforms, name) if platforms else listed)
            else:
                manifests.append((document, parse_manifest(content, document)))
        level = [child for child in deeper if _is_readable(child, name)]
        if not level:
            return Graph(tuple(documents), tuple(manifests))
        if len(documents) + len(level) > MAX_MANIFESTS:
            break
    raise Damaged("image %s nests or lists too many manifests" % name, "set platform to what this host needs")


def _is_readable(child: Descriptor, name: str) -> bool:
    if child.is_document:
        return True
    if child.media_type.startswith("application/vnd.docker.distribution.manifest.v1"):
        raise schema_1_refused()
    raise Unsupported(
        "the index of image %s lists media type %r, which is no image" % (name, child.media_type),
        "set platform to one whose manifest is an image",
    )


def is_runnable(manifest: Manifest) -> bool:
    """Whether the layers are file systems; those of an attestation are not."""
    return all("tar" in layer.media_type for layer in manifest.layers)
