# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where containerd is, and in which of its namespaces we speak. Knows no socket."""

from __future__ import annotations

from .errors import Refused
from .value import Value


class Endpoint(Value):
    """One containerd daemon seen from one namespace."""

    address: str
    namespace: str
    timeout_s: float  # seconds a call may go on without progress


def parse_endpoint(address: str, namespace: str, timeout_s: float) -> Endpoint:
    """The place that a user wrote; Refused when no daemon can be there. What a namespace may be it tells itself."""
    path = address[len("unix:") :] if address.startswith("unix:") else address
    if not path.startswith("/") or "\0" in path:
        raise Refused("address %r is not that of a unix socket" % address, "write /path or unix:///path")
    if not (namespace and namespace.isascii() and namespace.isprintable()):
        raise Refused("namespace %r cannot be one" % namespace, "use letters, digits, '-', '_' and '.'")
    if timeout_s <= 0:
        raise Refused("timeout is %g seconds" % timeout_s, "set it to 1 or more")
    return Endpoint(address, namespace, timeout_s)
