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
import socket
import ssl
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from ..._values.errors import Damaged, Failure, Missing, Refused, TimedOut, Unreachable
from .errors import MAX_ERROR_BYTES
from .faults import LOST, NO_CONNECTION, TRANSIENT, all_causes, named_fault
from .hosts import is_loopback
from .trust import checking, show, unchecking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Union

    from ..._values.registry import Host, RegistryAccess

    Body = Union[bytes, Iterable[bytes], Iterable[memoryview], None]

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
_POOL_SIZE = 32  # connections kept per host; more may be open, then they are not kept
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_HEADERS = {"User-Agent": "community.containerd", "Accept-Encoding": "identity"}


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
        return str(self.status) in TRANSIENT

    @property
    def asked_wait_s(self) -> float:
        """For how long the host asks us to stay away, in seconds."""
        return _retry_after(self.headers.get("Retry-After", ""))

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
    """Exchanges with one host and with those it names; for any number of threads."""

    def __init__(self, host: Host, access: RegistryAccess) -> None:
        if not HAS_REQUESTS:
            raise Missing(
                "talking to a registry needs the Python library requests, which %s lacks" % sys.executable,
                "install python3-requests with apt, dnf or zypper, or run pip install requests",
            )
        self._host = host
        self._timeout_s = access.timeout_s
        self._adapters: dict[tuple[bool, bool, bool], _Adapter] = {}
        self._lock = threading.Lock()

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], *, limit: int | None, body: Body = None
    ) -> Answer:
        """The answer with ``limit`` bytes of its body, and one more when there are more; None leaves it unread.

        What is sent with a ``body`` follows no redirect.
        """
        answer = (
            self._follow(method, url, headers) if body is None else self._send(method, url, headers, body)
        )
        if limit is None:
            return answer
        answer.read_whole(limit if answer.status < 400 else MAX_ERROR_BYTES)
        length = answer.length
        if method != "HEAD" and length is not None and len(answer.body) < min(length, limit):
            raise Unreachable("%s was cut off" % answer.call, "try again", call=answer.call, code=LOST)
        return answer

    def probe(self, url: str, timeout_s: float) -> None:
        """Raise unless somebody speaks HTTP at ``url``; what they say does not matter."""
        self._send("GET", url, {}, None, min(timeout_s, self._timeout_s)).close()

    def close(self) -> None:
        for adapter in self._adapters.values():
            adapter.close()

    def is_own(self, url: str) -> bool:
        """Whether ``url`` is on our host, in the scheme it was asked for in or a safer one."""
        mine, other = urlsplit(self._host.base), urlsplit(url)
        safe = other.scheme == "https" or mine.scheme == "http" or self._host.falls_back
        return safe and _host_and_port(self._host.base) == _host_and_port(url)

    def _follow(self, method: str, url: str, headers: Mapping[str, str]) -> Answer:
        """Follow redirects; authorization stays with the origin it was made for."""
        sent = dict(headers)
        asked, is_foreign = _origin(url), False
        for _hop in range(MAX_REDIRECTS + 1):
            answer = self._send(method, url, sent)
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

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: Body = None, timeout_s: float = 0.0
    ) -> Answer:
        call = _call(method, url)
        timeout_s = timeout_s or self._timeout_s
        extra = dict(self._host.headers) if self.is_own(url) else {}
        try:
            request = requests.Request(
                method, url, headers={**extra, **_HEADERS, **headers}, data=body
            ).prepare()
            adapter = self._adapter(url)
            response = adapter.send(
                request,
                stream=True,
                timeout=(min(self._host.connect_timeout_s, timeout_s), timeout_s),
                verify=adapter.verifies,
                proxies=_proxies(url),
            )
        except (OSError, HTTPError) as exc:
            raise _failure(exc, call) from exc
        return Answer(response, call)

    def _adapter(self, url: str) -> _Adapter:
        """The one for the trust that ``url`` has; made when first needed, as reading the system's CAs is slow."""
        is_own = self._host.verify != "always" or bool(self._host.clients)
        is_own = is_own and self.is_own(url)
        is_checked = self._host.verify == "always" or (self._host.verify == "elsewhere" and not is_own)
        trust = (url.startswith("https:"), is_checked, is_own)
        with self._lock:
            if trust not in self._adapters:
                self._adapters[trust] = _Adapter(self._context(is_checked, is_own) if trust[0] else None)
            return self._adapters[trust]

    def _context(self, is_checked: bool, is_own: bool) -> ssl.SSLContext:
        if is_checked:
            context = checking(self._host.ca_files, requests.utils.DEFAULT_CA_BUNDLE_PATH)
            if urllib3.__version__.startswith("1."):  # type: ignore[attr-defined]
                # It compares names itself, always; before 1.26 it lets ssl do so for host names only.
                context.check_hostname = False
        else:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # stderr is Ansible's
            context = unchecking()
        if is_own:
            show(context, self._host.clients)
        return context


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


def _origin(url: str) -> str:
    """Scheme, host and port: what credentials belong to."""
    return "%s://%s" % (urlsplit(url).scheme, _host_and_port(url))


def _host_and_port(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return "%s:%s" % (parts.hostname, port)


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
    if any(isinstance(cause, requests.exceptions.ConnectTimeout) for cause in causes):
        words = "registry %s did not take the connection in time" % host
        return TimedOut(words, "correct its address, or raise timeout", call=call, code=NO_CONNECTION)
    if code == LOST and any(isinstance(cause, _TIMEOUTS) for cause in causes):
        return TimedOut("registry %s sent nothing in time" % host, "try again, or raise timeout", call=call)
    return Unreachable("cannot reach registry %s: %s" % (host, reason), remedy, call=call, code=code)
