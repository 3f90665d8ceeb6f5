# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the daemon says about its parts (containerd.services.introspection.v1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.daemon import Deprecation, Plugin, Server
from .._values.timestamp import format_timestamp
from .messages import introspection as rpc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .session import Session


def list_plugins(session: Session, *filters: str) -> list[Plugin]:
    """All plugins that match any of ``filters`` (containerd's filter grammar), loaded or not; without any, all."""
    return [_plugin(fields) for fields in session.call(rpc.PLUGINS, {"filters": filters})["plugins"]]


def read_server(session: Session) -> Server:
    """The daemon itself. Its pid and deprecations are told from containerd 1.7 on; before, 0 and none."""
    answer = session.call(rpc.SERVER, {})
    return Server(
        uuid=answer["uuid"],
        pid=answer["pid"],
        deprecations=tuple(
            Deprecation(each["id"], each["message"], format_timestamp(each["last_occurrence"]))
            for each in answer["deprecations"]
        ),
    )


def _plugin(fields: Mapping[str, Any]) -> Plugin:
    error = fields["init_err"]
    platforms = [(of["os"], of["architecture"], of["variant"]) for of in fields["platforms"]]
    return Plugin(
        type=fields["type"],
        id=fields["id"],
        platforms=tuple("/".join(filter(None, parts)) for parts in platforms),
        exports=fields["exports"],
        capabilities=tuple(fields["capabilities"]),
        error="" if error is None else error["message"] or "no reason given",
    )
