# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who we are to a registry: challenges, basic credentials, bearer tokens (distribution, "Authentication").

Credentials go to the host they are for and to the token realm it declares, to nobody else.
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
    from collections.abc import Callable, Mapping

    from ..._values.registry import Credentials, Host
    from .exchange import Answer, Http

MAX_TOKEN_BYTES = 256 << 10
_SHORT = 5  # letters; a header's value that is no longer is no secret, and would blot out every text
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

    def __init__(self, host: Host, credentials: Callable[[str], Credentials], http: Http) -> None:
        self._host = host
        self._credentials = credentials
        self._http = http
        self._lock = threading.Lock()
        self._held: dict[str, tuple[str, float]] = {}  # scope to header and the time it ends
        self._told = {
            word for _name, value in host.headers for word in _words_of(value) if len(word) > _SHORT
        }

    def header(self, scope: str) -> str:
        """What to send with the first attempt; empty before the first challenge."""
        held, until = self._held.get(scope, ("", 0.0))
        return held if time.monotonic() < until else ""

    def meet(self, answer: Answer, scope: str, used: str, repository: str) -> str:
        """The header that meets the challenge of ``answer``, to a call with ``used``; Refused if there is none."""
        with self._lock:
            held = self.header(scope)
            if held and held != used:
                return held
            known = self._credentials(repository)
            self._told |= {word for word in (known.password, known.identity_token) if word}
            challenges = parse_challenges(answer.headers.get("WWW-Authenticate", ""))
            header, life_s = self._met(challenges, known, scope, used, answer)
            self._told.add(header.partition(" ")[2])
            self._held[scope] = header, time.monotonic() + life_s
            return header

    def secrets(self) -> list[str]:
        """All that must not appear in any text, the longest first, since one may hold another."""
        return sorted(self._told, key=len, reverse=True)

    def _refused(self, known: Credentials, call: str, code: str) -> Refused:
        if not known.username and not known.identity_token:
            remedy = "set username and password" if self._host.is_own else "name this host in auth_file"
            return Refused(
                "registry %s wants to know who asks" % self._host.name,
                remedy + ", or correct the image name",
                call=call,
                code=code,
            )
        user = " of user %s" % known.username if known.username else ""
        return Refused(
            "registry %s does not take the credentials%s" % (self._host.name, user),
            "correct " + known.origin,
            call=call,
            code=code,
        )

    def _met(
        self,
        challenges: Mapping[str, Mapping[str, str]],
        known: Credentials,
        scope: str,
        used: str,
        answer: Answer,
    ) -> tuple[str, float]:
        if "bearer" in challenges:
            return self._token(challenges["bearer"], known, scope, answer.call)
        basic = _basic(known)
        if "basic" in challenges:
            if not basic or used == basic:
                raise self._refused(known, answer.call, "401")
            return basic, float("inf")
        raise Refused(
            "registry %s asks for authentication %s"
            % (self._host.name, ", ".join(challenges) or "of no kind"),
            "use a registry with basic or token authentication",
            call=answer.call,
            code="401",
        )

    def _token(
        self, parameters: Mapping[str, str], known: Credentials, scope: str, call: str
    ) -> tuple[str, float]:
        realm = self._realm(parameters.get("realm", ""), call)
        scopes = list(dict.fromkeys([*scope.split(), *parameters.get("scope", "").split()]))
        service = parameters.get("service", "")
        if known.identity_token:
            answer = self._traded(realm, service, scopes, known.identity_token)
        else:
            query = [("service", service)] if service else []
            query += [("scope", word) for word in scopes]
            url = realm + ("&" if "?" in realm else "?") + urlencode(query)
            basic = _basic(known)
            self._told |= {basic.partition(" ")[2]} - {""}
            headers = {"Authorization": basic} if basic else {}
            answer = self._http.ask("GET", url, headers, limit=MAX_TOKEN_BYTES)
        if answer.status in (400, 401, 403):
            raise self._refused(known, answer.call, str(answer.status))
        if answer.status != 200:
            raise refusal(
                answer.status,
                answer.body,
                what="a token",
                host=self._host.name,
                call=answer.call,
                secrets=self.secrets(),
            )
        return self._parse_token(answer)

    def _traded(self, realm: str, service: str, scopes: list[str], identity_token: str) -> Answer:
        """A token for an identity token (distribution, "OAuth2 token authentication": refresh_token)."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": identity_token,
            "service": service,
            "scope": " ".join(scopes),
            "client_id": "community.containerd",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._http.ask("POST", realm, headers, limit=MAX_TOKEN_BYTES, body=urlencode(form).encode())

    def _realm(self, realm: str, call: str) -> str:
        """The token address that may be told our credentials: none in the clear for a host that speaks TLS."""
        allowed = ("https",) if " https:" in call else ("https", "http")
        try:
            parts = urlsplit(realm)
            safe = parts.scheme in allowed and parts.hostname and parts.port != 0 and "@" not in parts.netloc
        except ValueError:
            safe = False
        if not safe:
            raise Refused(
                "registry %s names a token address that is not safe to ask" % self._host.name,
                "correct the realm in the registry's configuration",
                call=call,
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
            raise Damaged(
                "the token address of registry %s gave no token" % self._host.name, call=answer.call
            )
        return "Bearer " + token, life_s * 0.9  # renewed before the registry's clock ends it


def _basic(known: Credentials) -> str:
    if not known.username:
        return ""
    pair = "%s:%s" % (known.username, known.password)
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _words_of(value: str) -> list[str]:
    """A header's value, and what is in it when it says who we are: credentials, and their password."""
    inner = value.partition(" ")[2].strip()
    try:
        pair = base64.b64decode(inner, validate=True).decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError are
        pair = ""
    return [value, inner, pair.partition(":")[2]]
