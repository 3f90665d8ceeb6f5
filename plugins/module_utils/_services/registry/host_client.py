# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host as it is asked: its addresses, its scheme, its authorization, and what its refusals mean.

Knows one attempt at one host; never which other hosts there are, nor when to try again.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..._values.errors import TimedOut, Unreachable
from .auth import Login
from .errors import MAX_ERROR_BYTES, refusal
from .exchange import Http
from .faults import UNTRUSTED, is_out_of_reach

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..._values.errors import Failure
    from ..._values.reference import Reference
    from ..._values.registry import Credentials, Host, RegistryAccess
    from .exchange import Answer, Body

_PROBE_TIMEOUT_S = 5.0


class HostClient:
    """One host with its trust and credentials, for any number of threads."""

    def __init__(self, host: Host, access: RegistryAccess, credentials: Callable[[str], Credentials]) -> None:
        self.host = host
        self.is_out_of_reach = False  # whether the last attempt did not even lead to a connection
        self.asked_wait_s = 0.0  # for how long its last answer asked us to wait
        self._http = Http(host, access)
        self._login = Login(host, credentials, self._http)
        self._found_base = ""
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self.host.name

    def can(self, *capabilities: str) -> bool:
        return all(capability in self.host.capabilities for capability in capabilities)

    def call(
        self,
        method: str,
        reference: Reference,
        path: str,
        headers: Mapping[str, str],
        *,
        limit: int | None = None,
        body: Body = None,
        actions: str = "pull",
    ) -> Answer:
        """The answer, whatever its status, to one call below the repository of ``reference``.

        It is made again with authorization when the host asks for that. ``limit`` bytes of its body are read,
        and one more when there are more; None leaves the body on the wire. ``actions`` are those of the token.
        """
        try:
            answer = self._authorised(
                method, self._url(reference, path), headers, reference, limit, body, actions
            )
        except (Unreachable, TimedOut) as exc:
            self.is_out_of_reach = is_out_of_reach(exc)
            raise
        self.is_out_of_reach = False
        self.asked_wait_s = answer.asked_wait_s if answer.is_transient else 0.0
        return answer

    def checked(self, answer: Answer, what: str) -> Answer:
        """The answer itself when it holds ``what`` was asked for; else the failure, with the host's words."""
        if answer.status in (200, 206):
            return answer
        if not answer.body:
            answer.read_whole(MAX_ERROR_BYTES)
        raise self.refusal(answer, what)

    def refusal(self, answer: Answer, what: str) -> Failure:
        secrets = self._login.secrets()
        return refusal(
            answer.status, answer.body, what=what, host=self.name, call=answer.call, secrets=secrets
        )

    def close(self) -> None:
        self._http.close()

    def _authorised(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        reference: Reference,
        limit: int | None,
        body: Body,
        actions: str,
    ) -> Answer:
        if not self._http.is_own(url):  # what it named is on another host, which is to learn nothing of us
            return self._http.ask(method, url, headers, limit=limit, body=body)
        scope = "repository:%s:%s" % (reference.repository, actions)
        used = self._login.header(scope)
        for _attempt in range(2):
            sent = {**headers, "Authorization": used} if used else headers
            answer = self._http.ask(method, url, sent, limit=limit, body=body)
            if answer.status != 401 or answer.is_foreign:
                return answer
            answer.discard()
            used = self._login.meet(answer, scope, used, reference.repository)
        return self._http.ask(method, url, {**headers, "Authorization": used}, limit=limit, body=body)

    def _url(self, reference: Reference, path: str) -> str:
        if "://" in path:  # where the host itself told us to go on
            return path
        url = "%s/%s/%s" % (self._base(), reference.repository, path)
        if self.host.namespace:  # one mirror may stand in for many registries
            url += ("&" if "?" in path else "?") + "ns=" + self.host.namespace
        return url

    def _base(self) -> str:
        """The root of its API; whether it speaks TLS is found out once."""
        if not self.host.falls_back:
            return self.host.base
        with self._lock:
            if not self._found_base:
                rest = self.host.base.partition("://")[2]
                self._found_base = ("https://" if self._speaks_tls() else "http://") + rest
            return self._found_base

    def _speaks_tls(self) -> bool:
        try:
            self._http.probe("https://%s/v2/" % self.name, _PROBE_TIMEOUT_S)
        except (Unreachable, TimedOut) as exc:
            return exc.code == UNTRUSTED  # it does, and is to be told so
        return True
