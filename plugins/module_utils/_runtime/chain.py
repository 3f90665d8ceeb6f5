# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The snapshot that an image's layers end in when they are unpacked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.content import Content
from .._values.errors import NotFound
from .._values.manifest import chain_of
from .graph import walk

if TYPE_CHECKING:
    from .._services.session import Session
    from .._values.image import Image
    from .._values.platform import Platform


def top_of(session: Session, image: Image, platform: Platform) -> str | None:
    """The chain id of the top layer; None when the store lacks what tells it, or the image has no layers."""
    content = Content(session)
    try:
        graph = walk(image.target, (platform,), image.name, lambda of: content.read(of.digest))
        config = graph.manifests[0][1].config
        chain = chain_of(content.read(config.digest), config)
    except NotFound as missing:
        if missing.code:  # the store's own word; that the image is for other platforms is the user's to hear
            return None
        raise
    return chain[-1] if chain else None
