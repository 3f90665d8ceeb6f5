# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a namespace from being removed, by containerd's own rule (metadata/namespaces.go).

These are images, containers, blobs and snapshots. Leases and ingests go with the namespace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.content import Content
from .._services.images import Images
from .._services.introspection import list_plugins
from .._services.snapshots import Snapshots
from .._values.daemon import SNAPSHOTTER

if TYPE_CHECKING:
    from .._services.session import Session


def count_contents(session: Session) -> dict[str, int]:
    """How many things of each kind are in the namespace of ``session``, those that are none left out."""
    found = {
        "containers": sum(1 for _each in Containers(session).iterate()),
        "images": len(Images(session).list()),
        "blobs": sum(1 for _each in Content(session).iterate()),
    }
    for plugin in list_plugins(session, "type==" + SNAPSHOTTER):
        if not plugin.error:  # one that did not load cannot be asked
            found["snapshots of " + plugin.id] = len(Snapshots(session, plugin.id).parents())
    return {kind: number for kind, number in found.items() if number}
