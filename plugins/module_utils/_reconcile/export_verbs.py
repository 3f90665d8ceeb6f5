# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be possible for the decision about an archive. For type checkers and readers; no task loads it.

A file of its own, since every module ships what its decision names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from .._values.archive import Archive, ArchiveFile, Exportable
    from .._values.image import Image
    from .._values.platform import Platform


class ExportVerbs(Protocol):
    """For the decision about an archive of images."""

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        """The records of these exact names, as far as there are any."""

    def exportables(
        self, images: Sequence[Image], platforms: Sequence[Platform], is_named: bool
    ) -> list[Exportable]:
        """The images with all that belongs to these platforms, or to all; NotFound when a part is not here."""

    def archive(self, path: str, documents: Container[str]) -> ArchiveFile:
        """What lies at ``path``; blobs that are ``documents`` are held against their digests."""

    def archive_size(self, archive: Archive) -> int:
        """How many bytes it has once it is written."""

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be."""

    def write(self, path: str, archive: Archive) -> None:
        """Put the archive there; on failure what was there before is untouched."""

    def set_attributes(self, path: str) -> None:
        """Owner, group and mode as the user named them."""
