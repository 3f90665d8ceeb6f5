# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a container's runtime, as its record holds them: encoded, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._wire.protobuf.message import decode, encode
from .messages.runtime_options import RUNC_OPTIONS, RUNC_OPTIONS_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._values.container import Container


def encode_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """The google.protobuf.Any of these options of io.containerd.runc.v2."""
    return {"type_url": RUNC_OPTIONS_TYPE, "value": encode(RUNC_OPTIONS, options)}


def options_of(container: Container) -> dict[str, Any]:
    """Every option by its name, those that were not set as protobuf has them; empty for another kind of options."""
    packed = (container.extra.get("runtime") or {}).get("options") or {}
    if packed.get("type_url", "").rpartition("/")[2] != RUNC_OPTIONS_TYPE:
        return {}
    found = decode(RUNC_OPTIONS, packed.get("value", b""))
    return {name: found[name] for name, _kind in RUNC_OPTIONS.values()}
