# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for exporting images: read what they consist of, look at an archive, write one.

What only the writing needs is imported where it begins: an archive that holds the images already costs none of it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._values.errors import NotFound, Refused
from .image_reading import ImageReading

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence
    from typing import Protocol

    from .._services.session import Session
    from .._values.archive import Archive, ArchiveFile, Exportable
    from .._values.endpoint import Endpoint
    from .._values.image import Image
    from .._values.platform import Platform

    class Files(Protocol):
        """What only Ansible can do with a file."""

        def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
            """Owner, group and mode as far as the user named them: as they are, and as they shall be."""

        def set_attributes(self, path: str) -> None:
            """Make them as they shall be."""

        def put(self, source: str, path: str) -> None:
            """Rename ``source`` to ``path``, whose attributes stay if it was there."""


class ExportRuntime(ImageReading):
    """The verbs that a decision about an archive may use."""

    def __init__(self, endpoint: Endpoint, files: Files, session: Session | None = None) -> None:
        super().__init__(endpoint, session)
        self._files = files

    def exportables(
        self, images: Sequence[Image], platforms: Sequence[Platform], is_named: bool
    ) -> list[Exportable]:
        """The images with all that belongs to these platforms, or to all; NotFound names what is not complete.

        ``is_named``: the user named the platforms, so an image that is of one platform alone must be of theirs.
        """
        from .export_reading import ExportReader

        reader = ExportReader(self.session)
        found = [reader.read(image, platforms) for image in images]
        for exportable in found if is_named else ():
            reader.check_platform(exportable, platforms)
        return found

    def archive(self, path: str, documents: Container[str]) -> ArchiveFile:
        """What lies at ``path``; blobs that are ``documents`` are held against their digests."""
        from .archive_looking import look_at

        directory = os.path.dirname(os.path.realpath(path))
        if not os.path.isdir(directory):
            raise NotFound("cannot write %s: there is no directory %s" % (path, directory), "create it first")
        if not os.access(directory, os.W_OK | os.X_OK):
            raise Refused(
                "cannot write %s: %s is not writable" % (path, directory),
                "run with become, or choose another path",
            )
        return look_at(path, documents)

    def archive_size(self, archive: Archive) -> int:
        """How many bytes it has once it is written."""
        from .archive_writing import size_of

        return size_of(archive)

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be."""
        return self._files.attributes(path)

    def write(self, path: str, archive: Archive) -> None:
        """Write the archive aside and put it in its place; on failure what was there before is untouched."""
        from .archive_writing import size_of, write
        from .aside import written_aside

        real = os.path.realpath(path)  # a link stays one
        with written_aside(real) as aside:
            aside.reserve(size_of(archive))
            write(archive, self.session, aside.file)
            self._files.put(aside.finish(), real)
        self._files.set_attributes(real)

    def set_attributes(self, path: str) -> None:
        """Owner, group and mode as the user named them."""
        self._files.set_attributes(os.path.realpath(path))
