# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host answers for a registry's name, and which hosts are this machine.

Knows names only; nothing is looked up.
"""

from __future__ import annotations

import re

from ..._values.reference import DEFAULT_HOST

_API_HOSTS = {DEFAULT_HOST: "registry-1.docker.io"}
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?")


def api_host(name: str) -> str:
    """The host, with its port if it has one, that serves the images named after ``name``."""
    return _API_HOSTS.get(name, name)


def is_loopback(host: str) -> bool:
    return _LOOPBACK.fullmatch(host) is not None
