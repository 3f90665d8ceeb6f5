# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry options as one value, for every decision that may pull."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.registry import RegistryAccess

if TYPE_CHECKING:
    from collections.abc import Mapping


def want_access(params: Mapping[str, Any]) -> RegistryAccess:
    """Refused when the options contradict each other."""
    if params["retries"] < 0 or params["retry_delay"] < 0:
        raise Refused("retries and retry_delay cannot be negative", "set them to zero or more")
    at_a_time = "max_concurrent_uploads" if "max_concurrent_uploads" in params else "max_concurrent_downloads"
    if params[at_a_time] < 1:
        raise Refused("%s must be at least 1" % at_a_time, "set it to one or more")
    return RegistryAccess(
        username=params["username"],
        password=params["password"],
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        plain_http=params["plain_http"],
        timeout_s=float(params["timeout"]),
        retries=params["retries"],
        retry_delay_s=float(params["retry_delay"]),
        hosts_dir=params["hosts_dir"],
        auth_file=params["auth_file"],
        max_concurrent_downloads=params[at_a_time],
    )


def want_pull(params: Mapping[str, Any]) -> str:
    """``missing``, ``always`` or ``never``."""
    return "missing" if params["pull"] == "not_present" else str(params["pull"])
