# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Room in the content store for the right bytes of what is damaged there.

containerd takes no blob whose digest it has, whatever its bytes are now. So the damaged one goes first, under a
lease that meanwhile holds what only it led to. Knows how to remove it; never where the right bytes come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.leases import Leases
from .._services.namespaces import list_namespaces
from .._values.errors import Damaged
from .._values.labels import GC_CONTENT, GC_SNAPSHOT
from .lease import collect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._services.session import Session


def make_room(held: Session, digests: Iterable[str]) -> None:
    """Remove these blobs from the store and from the disk; what hangs on them stays with the lease of ``held``."""
    content, leases = Content(held), Leases(held)
    for digest in digests:
        blob = content.find(digest)
        for label, value in blob.labels.items() if blob else ():
            if label.startswith(GC_CONTENT) and content.find(value):
                leases.hold(held.lease, "content", value)
            elif label.startswith(GC_SNAPSHOT):
                leases.hold(held.lease, "snapshots/" + label[len(GC_SNAPSHOT) :], value)
        content.delete(digest)
    collect(held)


def check_alone(session: Session, digest: str) -> None:
    """Damaged when another namespace has the blob as well: its bytes would then stay on the disk whatever goes here."""
    for name in list_namespaces(session):
        if name != session.endpoint.namespace and Content(session.within(name)).find(digest):
            raise Damaged(
                "blob %s is damaged on the disk, and stays there since namespace %s has it, too"
                % (digest, name),
                "remove the images that use it there, then run the task again",
            )
