# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who we are to a registry: challenges, basic credentials, bearer tokens (distribution, "Authentication").

Credentials go to the registry itself and to the token realm it declares, to nobody else.
Knows what to answer to a challenge; never what is being asked for.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from ..._values.errors import Damaged, Refused
from .errors import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..._values.registry import RegistryAccess
    from .exchange import Answer, Http

MAX_TOKEN_BYTES = 256 << 10
_DEFAULT_LIFE_S = 60  # "expires_in", as the token specification says
_WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # RFC 9110, Section 5.6.2: token
_ITEM = re.compile(r'(%s)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|(%s)' % (_WORD, _WORD))


def parse_challenges(header: str) -> dict[str, dict[str, str]]:
    """WWW-Authenticate, several joined by commas too: scheme to its parameters, names in lower case."""
    challenges: dict[str, dict[str, str]] = {}
    parameters: dict[str, str] = {}
    for key, quoted, bare, scheme in _ITEM.findall(header):
        if scheme:
            parameters = challenges.setdefault(scheme.lower(), {})
        else:
            parameters.setdefault(key.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare)
    return challenges


class Login:
    """The Authorization header for each scope; one thread asks for it while the others wait."""

    def __init__(self, host: str, access: RegistryAccess, http: Http) -> None:
        self._host = host
        self._access = access
        self._http = http
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, float]] = {}  # scope to header and the time it ends

    def header(self, scope: str) -> str:
        """What to send with the first attempt; empty before the first challenge."""
        held, until = self._held.get(scope, ("", 0.0))
        return held if time.monotonic() < until else ""

    def meet(self, challenge: str, scope: str, used: str, origin: str) -> str:
        """The header that answers ``challenge``, which came back on ``used``; Refused when there is none."""
        with self._lock:
            held = self.header(scope)
            if held and held != used:
                return held
            header, life_s = self._answer(parse_challenges(challenge), scope, used, origin)
            self._held[scope] = header, time.monotonic() + life_s
            return header

    def secrets(self) -> list[str]:
        """All that must not appear in any text."""
        words = [header.partition(" ")[2] for header, _until in list(self._held.values())]
        return [word for word in (self._access.password, *words) if word]

    def refused(self, call: str = "", code: str = "401") -> Refused:
        if not self._access.username:
            return Refused(
                "registry %s wants to know who asks" % self._host,
                "set username and password, or correct the image name",
                call=call,
                code=code,
            )
        return Refused(
            "registry %s does not take the credentials of user %s" % (self._host, self._access.username),
            "correct username and password",
            call=call,
            code=code,
        )

    def _answer(
        self, challenges: Mapping[str, Mapping[str, str]], scope: str, used: str, origin: str
    ) -> tuple[str, float]:
        if "bearer" in challenges:
            return self._token(challenges["bearer"], scope, origin)
        basic = self._basic()
        if "basic" in challenges:
            if not basic or used == basic:
                raise self.refused()
            return basic, float("inf")
        raise Refused(
            "registry %s asks for authentication %s" % (self._host, ", ".join(challenges) or "of no kind"),
            "use a registry with basic or token authentication",
            code="401",
        )

    def _basic(self) -> str:
        if not self._access.username:
            return ""
        pair = "%s:%s" % (self._access.username, self._access.password or "")
        return "Basic " + base64.b64encode(pair.encode()).decode()

    def _token(self, parameters: Mapping[str, str], scope: str, origin: str) -> tuple[str, float]:
        realm = self._realm(parameters.get("realm", ""), origin)
        scopes = [scope, *(word for word in parameters.get("scope", "").split() if word != scope)]
        query = [("service", parameters["service"])] if parameters.get("service") else []
        query += [("scope", word) for word in scopes]
        url = realm + ("&" if "?" in realm else "?") + urlencode(query)
        basic = self._basic()
        answer = self._http.ask("GET", url, {"Authorization": basic} if basic else {}, limit=MAX_TOKEN_BYTES)
        if answer.status in (400, 401, 403):
            raise self.refused(answer.call, str(answer.status))
        if answer.status != 200:
            raise refusal(
                answer.status,
                answer.body,
                what="a token",
                host=self._host,
                call=answer.call,
                secrets=[*self.secrets(), basic.partition(" ")[2] or "-"],
            )
        return self._parse_token(answer)

    def _realm(self, realm: str, origin: str) -> str:
        """The token address that may be told our credentials."""
        allowed = ("https",) if origin.startswith("https:") else ("https", "http")
        try:
            parts = urlsplit(realm)
            safe = parts.scheme in allowed and parts.hostname and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            safe = False
        if not safe:
            raise Refused(
                "registry %s names a token address that is not safe to ask" % self._host,
                "correct the realm in the registry's configuration",
                code="401",
            )
        return realm

    def _parse_token(self, answer: Answer) -> tuple[str, float]:
        try:
            fields = json.loads(answer.body)
            token = fields.get("token") or fields.get("access_token")
            life_s = float(fields.get("expires_in") or _DEFAULT_LIFE_S)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            token, life_s = None, 0.0
        if not isinstance(token, str) or not token.isprintable() or not token.isascii():
            raise Damaged("the token address of registry %s gave no token" % self._host, call=answer.call)
        return "Bearer " + token, life_s * 0.9  # renewed before the registry's clock ends it
