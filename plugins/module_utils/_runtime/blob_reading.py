# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bytes of large blobs: from the daemon's own file where that lies on this host, else through the daemon.

A committed blob never changes and is named by its digest, so what its file gives are its bytes.
Reading 512 MiB through the daemon costs it more than a second of processor time, and us half of one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.introspection import list_plugins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._services.session import Session
    from .._values.descriptor import Descriptor

_PART_BYTES = 1 << 20


def blobs_folder(session: Session) -> str:
    """Where the daemon says that its content store has the files of blobs; empty when it does not say."""
    stores = list_plugins(session, "type==io.containerd.content.v1")
    root = next((store.exports["root"] for store in stores if store.exports.get("root")), "")
    return os.path.join(root, "blobs") if root else ""


def stream(session: Session, folder: str, blob: Descriptor, offset: int) -> Iterator[bytes]:
    """The bytes of a blob of this namespace from ``offset`` on, in parts of at most a MiB or so.

    The daemon is asked for all that its own file does not give: it may be on another host or in another mount
    namespace, or its files may not be ours to read.
    """
    if folder:
        with suppress(OSError), open(
            os.path.join(folder, *blob.digest.split(":")), "rb", buffering=0
        ) as file:
            file.seek(offset)
            for part in iter(lambda: file.read(_PART_BYTES), b""):
                yield part
                offset += len(part)
    if offset < blob.size:
        yield from Content(session).stream(blob.digest, offset)
