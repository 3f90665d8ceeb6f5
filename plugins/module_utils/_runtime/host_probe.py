# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask hosts whether they are registries. Loaded only when somebody wants to know, since it loads ``requests``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.registry.greeting import Greeting
from .._values.errors import Failure, Missing
from .._values.registry import HostAnswer, RegistryAccess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._values.registry import Host


def answers_of(hosts: Sequence[Host], timeout_s: float) -> tuple[HostAnswer, ...]:
    """What each says, in their order."""
    return tuple(_answer(host, RegistryAccess(timeout_s=timeout_s)) for host in hosts)


def _answer(host: Host, access: RegistryAccess) -> HostAnswer:
    with Greeting(host, access) as greeting:
        try:
            status = greeting.status()
        except Missing:
            raise
        except Failure as exc:
            return HostAnswer(host.base, False, None, exc.message)
    is_api = host.base.endswith("://%s/v2" % host.name)
    # A path of its own may have no root to be asked for; below /v2 every registry has one.
    is_good = status in (200, 401, 403) or (not is_api and status < 500)
    return HostAnswer(host.base, is_good, status, "" if is_good else "it answers with status %d" % status)
