# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a remote procedure is: its path, the tables of its two messages, and what its request must hold.

Data only; knows no socket.
"""

from __future__ import annotations

from typing import Any


class Method:
    """One procedure of a containerd service.

    ``needs`` lists the sub-messages without which containerd dereferences a null pointer and dies,
    as dotted paths (``image.target``); no request leaves here without them.
    """

    __slots__ = ("name", "needs", "path", "request", "response")

    def __init__(
        self, service: str, verb: str, request: dict[int, Any], response: dict[int, Any], *needs: str
    ) -> None:
        self.path = "/containerd.services.%s.v1.%s/%s" % (service, service.capitalize(), verb)
        self.name = service + "." + verb
        self.request = request
        self.response = response
        self.needs = needs
