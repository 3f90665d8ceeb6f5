# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which snapshotter a namespace uses when the user does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.namespaces import DEFAULT_SNAPSHOTTER, DEFAULT_SNAPSHOTTER_LABEL, namespace_labels
from .._services.snapshots import Snapshots
from .._values.errors import Refused

if TYPE_CHECKING:
    from .._services.session import Session


def choose_snapshotter(session: Session, wish: str | None) -> str:
    """The wish, else the namespace's default, else containerd's; Refused when the daemon has no such one."""
    if not wish:
        return namespace_labels(session).get(DEFAULT_SNAPSHOTTER_LABEL) or DEFAULT_SNAPSHOTTER
    try:
        Snapshots(session, wish).exists("is-there-such-a-snapshotter")
    except Refused as exc:
        raise Refused(
            "containerd has no snapshotter %r" % wish,
            "set snapshotter to one that this daemon has loaded, such as overlayfs or native",
            call=exc.call,
            code=exc.code,
        ) from exc
    return wish
