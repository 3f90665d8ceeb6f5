# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose turn it is: the hosts of a registry in their order, and all of them again after a while.

Knows failures and waiting; never what is being asked for.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from ..._values.errors import Failure, NotFound
from .faults import is_passing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..._values.registry import RegistryAccess
    from .host_client import HostClient

T = TypeVar("T")


def delays(access: RegistryAccess) -> Iterator[float]:
    """How long to wait before each further attempt, in seconds."""
    for number in range(access.retries):
        yield access.retry_delay_s * 2**number * random.uniform(1.0, 1.1)


def first(
    hosts: Sequence[HostClient],
    access: RegistryAccess,
    step: Callable[[HostClient], T],
    before: Sequence[Failure] = (),
) -> T:
    """What ``step`` gives with the first host that can serve it; ``before`` are failures of hosts not asked again.

    A host that fails is not asked again before all others have failed too: waiting is for when nobody answers.
    One that could not be reached is asked last for the rest of the task, lest each blob wait for it anew.
    """
    waits = delays(access)
    while True:
        failures: dict[HostClient, Failure] = {}
        for host in sorted(hosts, key=lambda host: host.is_out_of_reach):
            try:
                return step(host)
            except Failure as exc:
                if not exc.call:  # nobody was asked: it is our own side that has to be mended
                    raise
                failures[host] = exc
        in_order = [*before, *(failures[host] for host in hosts)]
        wait_s = next(waits, None)
        if wait_s is None or not _may_pass(in_order):
            raise together(in_order)
        time.sleep(max([wait_s, *(host.asked_wait_s for host in hosts)]))


def _may_pass(failures: Sequence[Failure]) -> bool:
    """Not when the last host, which is the registry itself, does not know what all others lack too."""
    return any(is_passing(failure) for failure in failures) and not isinstance(failures[-1], NotFound)


def together(failures: Sequence[Failure]) -> Failure:
    """One failure for what all hosts said, of the kind of the last one, which is the registry itself."""
    last = failures[-1]
    if len(failures) == 1:
        return last
    words = ", then ".join(failure.message for failure in failures)
    return type(last)(
        "none of %d hosts could serve: %s" % (len(failures), words),
        last.remedy,
        call=last.call,
        code=last.code,
    )
