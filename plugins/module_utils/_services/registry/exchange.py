# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only user of ``requests``: one HTTP exchange, with redirects and retries.

Import this file only when a registry is to be asked: ``requests`` costs more than all of a task without it.
Knows no image and no token; credentials are headers that must not leave the host they were meant for.
Neither .netrc nor cookies are used, proxies from the environment are.
"""

from __future__ import annotations

import email.utils
import random
import socket
import ssl
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ..._values.errors import Damaged, Failure, Missing, Refused, TimedOut, Unreachable
from .errors import MAX_ERROR_BYTES
from .faults import LOST, all_causes, is_passing, named_fault
from .hosts import is_loopback
from .trust import checking, unchecking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ..._values.registry import RegistryAccess

try:
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter
    from urllib3.exceptions import HTTPError
except ImportError:
    HAS_REQUESTS = False
    HTTPAdapter = object  # type: ignore[assignment,misc]
    HTTPError = OSError  # type: ignore[assignment,misc]
else:
    HAS_REQUESTS = True
    _TIMEOUTS = (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError, socket.timeout)

CHUNK_BYTES = 1 << 20
MAX_REDIRECTS = 10
MAX_WAIT_S = 60.0  # that a Retry-After may ask for
CONNECT_TIMEOUT_S = 30.0  # as containerd dials
_POOL_SIZE = 32  # connections kept per host; more may be open, then they are not kept
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_HEADERS = {"User-Agent": "community.containerd", "Accept-Encoding": "identity"}
_TRANSIENT = frozenset((408, 429, 500, 502, 503, 504))


class Answer:
    """One response. Its body is on the wire, and to be closed, unless ``body`` was read whole."""

    is_foreign = False  # whether a redirect led away from the host that was asked

    def __init__(self, response: requests.Response, call: str) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.call = call
        self.body = b""
        self._response = response
        self._is_open = True

    @property
    def length(self) -> int | None:
        """What the header says; None when it says nothing or nonsense."""
        text = self.headers.get("Content-Length", "")
        return int(text) if text.isdecimal() and len(text) < 20 else None

    @property
    def is_transient(self) -> bool:
        """Whether the same request may be answered otherwise a moment later."""
        return self.status in _TRANSIENT

    @property
    def ends_itself(self) -> bool:
        """Whether an early end of the body was meant, not a lost connection (RFC 9112, Section 8)."""
        return self.headers.get("Transfer-Encoding", "").lower() == "chunked"

    def read(self, size: int) -> bytes:
        """The next ``size`` bytes as they were sent; fewer only before the end, none at the end."""
        try:
            content: bytes = self._response.raw.read(size, decode_content=False)
        except (OSError, HTTPError) as exc:
            raise _failure(exc, self.call) from exc
        return content

    def read_whole(self, limit: int) -> None:
        """Fill ``body`` with at most ``limit`` bytes and one, which tells the caller that there are more."""
        if not self._is_open:
            return
        pieces: list[bytes] = []
        left = limit + 1
        while left > 0:
            piece = self.read(min(left, CHUNK_BYTES))
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        self.body = b"".join(pieces)
        self.close()

    def discard(self) -> None:
        """Done with it: a short rest is read, so that the connection can serve again."""
        if self.length is None or self.length > MAX_ERROR_BYTES:
            self.close()
            return
        try:
            self.read_whole(MAX_ERROR_BYTES)
        except Failure:  # nothing of it is wanted, and a connection that is gone need not be kept
            self.close()

    def close(self) -> None:
        self._is_open = False
        self._response.close()


class Http:
    """Exchanges with one registry and with the hosts it names; for any number of threads."""

    def __init__(self, access: RegistryAccess) -> None:
        if not HAS_REQUESTS:
            raise Missing(
                "talking to a registry needs the Python library requests, which %s lacks" % sys.executable,
                "install python3-requests with apt, dnf or zypper, or run pip install requests",
            )
        self._access = access
        self._trusting = ""  # the one origin whose certificate is not checked
        self._adapters: dict[str, _Adapter] = {}
        self._lock = threading.Lock()

    def trust(self, url: str) -> None:
        """Take any certificate from the host of ``url``, and from nobody else."""
        self._trusting = _origin(url)

    def open(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer with its body still to be read."""
        return self._persist(lambda: self._follow(method, url, headers))

    def ask(self, method: str, url: str, headers: Mapping[str, str], *, limit: int) -> Answer:
        """The answer with ``limit`` bytes of its body, and one more when there are more."""

        def whole() -> Answer:
            answer = self._follow(method, url, headers)
            answer.read_whole(limit if answer.status < 400 else MAX_ERROR_BYTES)
            length = answer.length
            if method != "HEAD" and length is not None and len(answer.body) < min(length, limit):
                raise Unreachable("%s was cut off" % answer.call, "try again", call=answer.call, code=LOST)
            return answer

        return self._persist(whole)

    def probe(self, url: str, timeout_s: float) -> None:
        """Raise unless somebody speaks HTTP at ``url``; what they say does not matter."""
        self._send("GET", url, {}, min(timeout_s, self._access.timeout_s)).close()

    def delays(self) -> Iterator[float]:
        """How long to wait before each further attempt, in seconds."""
        for number in range(self._access.retries):
            yield self._access.retry_delay_s * 2**number * random.uniform(1.0, 1.1)

    def close(self) -> None:
        for adapter in self._adapters.values():
            adapter.close()

    def _persist(self, step: Callable[[], Answer]) -> Answer:
        for delay in self.delays():
            try:
                answer = step()
            except (Unreachable, TimedOut) as exc:
                if not is_passing(exc):
                    raise
            else:
                if not answer.is_transient:
                    return answer
                answer.discard()
                delay = max(delay, _retry_after(answer.headers.get("Retry-After", "")))
            time.sleep(delay)
        return step()

    def _follow(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        """Follow redirects; authorization stays with the origin it was made for."""
        sent = dict(headers)
        asked, is_foreign = _origin(url), False
        for _hop in range(MAX_REDIRECTS + 1):
            answer = self._send(method, url, sent, self._access.timeout_s)
            answer.is_foreign = is_foreign
            target = answer.headers.get("Location", "")
            if answer.status not in _REDIRECTS or not target:
                return answer
            answer.discard()
            url = _redirected(url, target, answer)
            if _origin(url) != asked:
                is_foreign = True
                sent.pop("Authorization", None)
        raise Refused(
            "%s was redirected more than %d times" % (_call(method, url), MAX_REDIRECTS),
            "correct the registry's configuration",
            call=_call(method, url),
        )

    def _send(self, method: str, url: str, headers: Mapping[str, str], timeout_s: float) -> Answer:
        call = _call(method, url)
        try:
            request = requests.Request(method, url, headers={**_HEADERS, **headers}).prepare()
            adapter = self._adapter(url)
            response = adapter.send(
                request,
                stream=True,
                timeout=(min(CONNECT_TIMEOUT_S, timeout_s), timeout_s),
                verify=adapter.verifies,
                proxies=_proxies(url),
            )
        except (OSError, HTTPError) as exc:
            raise _failure(exc, call) from exc
        return Answer(response, call)

    def _adapter(self, url: str) -> _Adapter:
        """The one for the trust that ``url`` has; made when first needed, as reading the system's CAs is slow."""
        make: Callable[[], ssl.SSLContext | None]
        if url.startswith("http:"):
            trust, make = "none needed", _nothing
        elif self._access.validate_certs and _origin(url) != self._trusting:
            trust, make = "checked", self._checking
        else:
            trust, make = "unchecked", _unchecking
        with self._lock:
            if trust not in self._adapters:
                self._adapters[trust] = _Adapter(make())
            return self._adapters[trust]

    def _checking(self) -> ssl.SSLContext:
        context = checking(self._access.ca_path, requests.utils.DEFAULT_CA_BUNDLE_PATH)
        if urllib3.__version__.startswith("1."):  # type: ignore[attr-defined]
            # It compares names itself, always; before 1.26 it lets ssl do so for host names only.
            context.check_hostname = False
        return context


def _nothing() -> None:
    """What clear text has to trust."""


class _Adapter(HTTPAdapter):
    """An adapter whose trust is one ssl context, made once, and nothing that requests would add to it."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self.verifies = context is None or context.verify_mode == ssl.CERT_REQUIRED
        super().__init__(pool_maxsize=_POOL_SIZE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"


def _proxies(url: str) -> dict[str, str]:
    """Those of the environment; none for this machine, as containerd has it."""
    if is_loopback(urlsplit(url).netloc):
        return {}
    proxies: dict[str, str] = requests.utils.get_environ_proxies(url, no_proxy=None)
    return proxies


def _unchecking() -> ssl.SSLContext:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # stderr is Ansible's
    return unchecking()


def _origin(url: str) -> str:
    """Scheme, host and port: what credentials belong to."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return "%s://%s:%s" % (parts.scheme, parts.hostname, port)


def _redirected(url: str, target: str, answer: Answer) -> str:
    try:
        new = urljoin(url, target)
        scheme, _host = urlsplit(new).scheme, _origin(new)
    except ValueError as exc:
        raise Damaged("%s was redirected to a malformed address" % answer.call, call=answer.call) from exc
    if scheme not in ("http", "https") or (scheme == "http" and urlsplit(url).scheme == "https"):
        raise Refused(
            "%s was redirected from https to %s, which would give up the encryption" % (answer.call, scheme),
            "correct the registry's configuration",
            call=answer.call,
            code=str(answer.status),
        )
    return new


def _retry_after(text: str) -> float:
    """RFC 9110, Section 10.2.3: seconds or a date; 0 when it is neither."""
    if text.isdecimal() and len(text) < 10:
        return min(float(text), MAX_WAIT_S)
    try:
        wait_s = email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except (TypeError, ValueError, LookupError, OverflowError):
        return 0.0
    return min(max(wait_s, 0.0), MAX_WAIT_S)


def _call(method: str, url: str) -> str:
    """The call for messages, without the query, where signatures are."""
    parts = urlsplit(url)
    return "%s %s://%s%s" % (method, parts.scheme, parts.netloc.rpartition("@")[2], parts.path)


def _failure(exc: BaseException, call: str) -> Failure:
    """What broke, in plain words, found in whatever the libraries wrapped around it."""
    causes = all_causes(exc)
    host = urlsplit(call.partition(" ")[2]).netloc
    if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
        host += " through the proxy that the environment names"
    reason, code, remedy = named_fault(causes)
    if code == LOST and any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return TimedOut("registry %s sent nothing in time" % host, "try again, or raise timeout", call=call)
    return Unreachable("cannot reach registry %s: %s" % (host, reason), remedy, call=call, code=code)
