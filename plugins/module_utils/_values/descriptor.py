# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptors: what a piece of content is (OCI image-spec descriptor.md; Docker schema 2 has the same)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .platform import Platform

INDEX_TYPES = frozenset(
    ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
)
MANIFEST_TYPES = frozenset(
    ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
)
CONFIG_TYPES = frozenset(
    ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
)
MAX_DOCUMENT_BYTES = 8 << 20  # twice what registries take; a document is held in memory


class Descriptor(Value):
    """What a piece of content is, what it is called, and how many bytes it has."""

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str] = MappingProxyType({})
    platform: Platform | None = None

    @property
    def is_index(self) -> bool:
        return self.media_type in INDEX_TYPES

    @property
    def is_manifest(self) -> bool:
        return self.media_type in MANIFEST_TYPES

    @property
    def is_document(self) -> bool:
        return self.is_index or self.is_manifest
