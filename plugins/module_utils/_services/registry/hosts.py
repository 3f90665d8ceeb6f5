# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which host answers for a registry's name, and which hosts are this machine.

Knows names only; nothing is looked up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..._values.reference import DEFAULT_HOST
from ..._values.registry import Host

if TYPE_CHECKING:
    from ..._values.registry import RegistryAccess

_API_HOSTS = {DEFAULT_HOST: "registry-1.docker.io"}
_LOOPBACK = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?")


def api_host(name: str) -> str:
    """The host, with its port if it has one, that serves the images named after ``name``."""
    return _API_HOSTS.get(name, name)


def is_loopback(host: str) -> bool:
    return _LOOPBACK.fullmatch(host) is not None


def own_host(name: str, access: RegistryAccess) -> Host:
    """The registry itself, as the user's options say; unsaid, loopback is treated as containerd does since 1.7."""
    host = api_host(name)
    verify = "always" if access.validate_certs else "never"
    is_plain, falls_back = bool(access.plain_http), False
    if access.plain_http is None and not access.ca_path and is_loopback(host):
        port = host.rpartition("]")[2].partition(":")[2]
        is_plain, falls_back = port == "80", port not in ("", "80", "443")
        verify = "elsewhere" if access.validate_certs else "never"
    return Host(
        base="%s://%s/v2" % ("http" if is_plain else "https", host),
        verify=verify,
        ca_files=(access.ca_path,) if access.ca_path else (),
        falls_back=falls_back,
    )
