# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts that may send one blob, until one of them has sent it as it is.

Knows who sent what came, and who has sent wrong bytes; never how a host is asked, nor what the bytes should be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._values.errors import Damaged, Failure, Refused
from .blob import Download
from .patience import delays, first, together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..._values.registry import RegistryAccess
    from .exchange import Answer
    from .host_client import HostClient


class Senders:
    """What one host breaks off the next continues; after wrong bytes each sends the whole blob or none of it."""

    def __init__(
        self,
        hosts: Sequence[HostClient],
        access: RegistryAccess,
        ask: Callable[[HostClient, int], Answer],
        what: str,
        size: int,
    ) -> None:
        self._left = list(hosts)  # of whom nobody has been found to send wrong bytes
        self._access = access
        self._ask = ask
        self._what = what
        self._size = size
        self._begun: list[HostClient] = []  # each time a host began to send; again means that it was lost
        self._is_from_start = True
        self._is_shared = True
        self._lies: list[Failure] = []

    def send(self, offset: int = 0) -> Download:
        """The bytes from ``offset`` on: exactly as many as promised, whatever breaks on the way.

        Their digest is for the receiver to check, as the content store does when it commits, and to ``doubt``.
        """
        self._begun = []
        self._is_from_start = offset == 0
        spare = len(self._left) - 1 if self._is_shared else 0
        return Download(self._open_at, lambda: delays(self._access), self._size, offset, self._what, spare)

    def doubt(self, refusal: Refused) -> None:
        """Be ready to send anew, from the first byte, after the receiver refused what came for its digest.

        Damaged when nobody is left who could do better.
        """
        senders = set(self._begun)
        if self._is_from_start and len(senders) == 1:
            liar = senders.pop()
            self._left.remove(liar)
            self._lies.append(_damaged("registry %s sent wrong bytes" % liar.name, refusal))
        elif not self._is_shared:
            raise _damaged("other bytes came than %s has" % self._what, refusal) from refusal
        self._is_shared = False
        if not self._left:
            raise together(self._lies) from refusal

    def _open_at(self, start: int, check: Callable[[Answer], None]) -> Answer:
        def begin(host: HostClient) -> Answer:
            answer = self._ask(host, start)
            try:
                check(answer)
            except Failure:
                answer.close()
                raise
            self._begun.append(host)
            return answer

        able = self._left if self._is_shared or not self._begun else self._begun[-1:]
        return first(sorted(able, key=self._begun.count), self._access, begin, self._lies)


def _damaged(what: str, refusal: Refused) -> Damaged:
    return Damaged(
        "%s: %s" % (what, refusal.message),
        "check the registry or the proxy before it",
        call=refusal.call,
        code=refusal.code,
    )
