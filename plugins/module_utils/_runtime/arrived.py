# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of what a namespace lacks is on the host all the same, so that it need not move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.ingests import Ingests
from .._services.namespaces import list_namespaces
from .ingest import ref_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._services.session import Session
    from .._values.descriptor import Descriptor


def bytes_arrived(session: Session, missing: Iterable[Descriptor]) -> dict[str, int]:
    """By digest: all of a blob that another namespace has, else what an ingest that was begun has of it.

    Between namespaces containerd shares content without moving it, unless it is configured to isolate them.
    """
    found: dict[str, int] = {}
    others = [
        Content(session.within(name))
        for name in list_namespaces(session)
        if name != session.endpoint.namespace
    ]
    for blob in missing:
        if any(content.find(blob.digest) for content in others):
            found[blob.digest] = blob.size
        else:
            begun = Ingests(session).progress(ref_of(blob))
            if 0 < begun <= blob.size:
                found[blob.digest] = begun
    return found
