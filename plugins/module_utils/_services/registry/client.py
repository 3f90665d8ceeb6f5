# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry as it is asked: resolve a name, fetch a document, stream a blob (OCI distribution-spec, "Pull").

Knows the addresses and the promises of the protocol; never where content goes, nor the order of calls.
Build one only when a registry is to be asked, since that loads ``requests``.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..._values.descriptor import INDEX_TYPES, MANIFEST_TYPES, MAX_DOCUMENT_BYTES, Descriptor
from ..._values.digest import digest_of, is_digest
from ..._values.errors import Damaged, Failure, Refused, TimedOut, Unreachable
from ..._values.manifest import SCHEMA_1_PREFIX, media_type_of, schema_1_refused
from .errors import MAX_ERROR_BYTES, refusal
from .hosts import api_host, is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from ..._values.reference import Reference
    from ..._values.registry import RegistryAccess
    from .exchange import Answer

_ACCEPT = {"Accept": ", ".join([*sorted(MANIFEST_TYPES), *sorted(INDEX_TYPES), "*/*"])}
_PROBE_TIMEOUT_S = 5.0


class Registry:
    """One registry host with one set of credentials, for any number of threads."""

    def __init__(self, host: str, access: RegistryAccess) -> None:
        from .auth import Login
        from .exchange import Http

        self.host = api_host(host)
        self._access = access
        self._http = Http(access)
        self._login = Login(self.host, access, self._http)
        self._found_base = ""
        self._lock = threading.Lock()

    def resolve(self, reference: Reference) -> Descriptor:
        """What the name stands for right now; NotFound when the registry does not know it."""
        what = _named(reference)
        path = "manifests/" + reference.version
        answer = self._ask("HEAD", reference, path, 0, what)
        if answer.is_transient:
            raise self._refusal(answer, what)
        found = _described(answer) if answer.status == 200 else None
        if found is None:  # HEAD is not allowed, fails without a body to say why, or does not tell all
            answer = self._checked(self._ask("GET", reference, path, MAX_DOCUMENT_BYTES, what), what)
            self._check_size(len(answer.body), what, answer.call)
            algorithm = reference.digest.partition(":")[0] or "sha256"
            media_type = media_type_of(answer.body, _media_type(answer))
            found = Descriptor(media_type, digest_of(answer.body, algorithm), len(answer.body))
        if reference.digest and found.digest != reference.digest:
            raise self._damaged("%s with digest %s" % (what, found.digest), answer.call)
        return found

    def document(self, reference: Reference, wanted: Descriptor) -> bytes:
        """The bytes of a document, proven to be those that ``wanted`` names."""
        what = "document %s of image %s" % (wanted.digest, reference)
        self._check_size(wanted.size, what, "")
        path = ("manifests/" if wanted.is_document else "blobs/") + wanted.digest
        answer = self._checked(self._ask("GET", reference, path, wanted.size, what), what)
        if len(answer.body) != wanted.size:
            raise self._damaged("%s, which is not the promised %d bytes" % (what, wanted.size), answer.call)
        if digest_of(answer.body, wanted.digest.partition(":")[0]) != wanted.digest:
            raise self._damaged("%s with another digest" % what, answer.call)
        return answer.body

    def blob(
        self, reference: Reference, wanted: Descriptor, offset: int = 0
    ) -> AbstractContextManager[Iterator[bytes]]:
        """The bytes of a blob from ``offset`` on: exactly as many as promised, whatever breaks on the way.

        Their digest is for the receiver to check, as the content store does when it commits.
        """
        from .blob import Download

        what = "blob %s of image %s" % (wanted.digest, reference)

        def open_at(start: int) -> Answer:
            headers = {"Range": "bytes=%d-" % start} if start else {}
            url = "blobs/" + wanted.digest
            return self._checked(
                self._authorised(self._http.open, "GET", reference, url, headers, what), what
            )

        return Download(open_at, self._http.delays, wanted.size, offset, what)

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, reference: Reference, path: str, limit: int, what: str) -> Answer:
        def step(method: str, url: str, headers: Mapping[str, str]) -> Answer:
            return self._http.ask(method, url, headers, limit=limit)

        return self._authorised(step, method, reference, path, _ACCEPT, what)

    def _authorised(
        self,
        step: Callable[[str, str, Mapping[str, str]], Answer],
        method: str,
        reference: Reference,
        path: str,
        headers: Mapping[str, str],
        what: str,
    ) -> Answer:
        """The answer to one call, made again with authorization when the registry asks for it."""
        base = self._base()
        url = "%s/v2/%s/%s" % (base, reference.repository, path)
        scope = "repository:%s:pull" % reference.repository
        used = self._login.header(scope)
        for _attempt in range(2):
            answer = step(method, url, {**headers, "Authorization": used} if used else headers)
            if answer.status != 401 or answer.is_foreign:
                return answer
            answer.discard()
            used = self._login.meet(answer.headers.get("WWW-Authenticate", ""), scope, used, base)
        return step(method, url, {**headers, "Authorization": used})

    def _checked(self, answer: Answer, what: str) -> Answer:
        """The answer itself when it holds what was asked for; else the failure, with the registry's words."""
        if answer.status in (200, 206):
            return answer
        if not answer.body:
            answer.read_whole(MAX_ERROR_BYTES)
        raise self._refusal(answer, what)

    def _refusal(self, answer: Answer, what: str) -> Failure:
        secrets = self._login.secrets()
        return refusal(
            answer.status, answer.body, what=what, host=self.host, call=answer.call, secrets=secrets
        )

    def _base(self) -> str:
        """Scheme and host. Loopback registries are tried with TLS first, as containerd does since 1.7."""
        with self._lock:
            if not self._found_base:
                said = self._access.plain_http is not None or self._access.ca_path
                guessing = not said and is_loopback(self.host)
                is_plain = self._access.plain_http or (guessing and not self._speaks_tls())
                self._found_base = ("http://" if is_plain else "https://") + self.host
            return self._found_base

    def _speaks_tls(self) -> bool:
        if self.host.endswith(":80"):
            return False
        url = "https://" + self.host
        self._http.trust(url)
        try:
            self._http.probe(url + "/v2/", _PROBE_TIMEOUT_S)
        except (Unreachable, TimedOut):
            return False
        return True

    def _check_size(self, size: int, what: str, call: str) -> None:
        if size > MAX_DOCUMENT_BYTES:
            raise Refused(
                "%s is longer than %d bytes, which no manifest is" % (what, MAX_DOCUMENT_BYTES),
                "check the image name",
                call=call,
            )

    def _damaged(self, what: str, call: str) -> Damaged:
        return Damaged(
            "registry %s sent %s" % (self.host, what), "try another registry, or push again", call=call
        )


def _named(reference: Reference) -> str:
    kind = "digest" if reference.digest else "tag"
    return "image %s: %s %s" % (reference, kind, reference.version)


def _media_type(answer: Answer) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip()


def _described(answer: Answer) -> Descriptor | None:
    """The descriptor that the headers of an answer spell out; None when they leave a part open."""
    media_type = _media_type(answer)
    digest = answer.headers.get("Docker-Content-Digest", "")
    if media_type.startswith(SCHEMA_1_PREFIX):
        raise schema_1_refused()
    if media_type not in INDEX_TYPES | MANIFEST_TYPES or not is_digest(digest) or not answer.length:
        return None
    return Descriptor(media_type, digest, answer.length)
