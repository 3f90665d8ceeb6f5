# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One repository as it takes what is pushed to it (OCI distribution-spec, "Push"): one call per method.

Knows the addresses and promises of the protocol and what its refusals mean for who pushes; never what an image
consists of, nor the order of calls.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from ..._values.descriptor import INDEX_TYPES, MANIFEST_TYPES, MAX_DOCUMENT_BYTES
from ..._values.digest import digest_of, is_digest
from ..._values.errors import Damaged, Failure, NotFound, Refused
from .patience import delays, first

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..._values.descriptor import Descriptor
    from ..._values.reference import Reference
    from ..._values.registry import RegistryAccess
    from .exchange import Answer, Body
    from .host_client import HostClient

_ACCEPT = {"Accept": ", ".join([*sorted(MANIFEST_TYPES), *sorted(INDEX_TYPES), "*/*"])}
_ACTIONS = "pull,push"
_DONE = (200, 201, 204)
_RANGE = re.compile(r"(?:bytes=)?0-([0-9]{1,18})")
_RIGHTS = "ask for the right to push there, or correct repository"
_LIMITS = "free space there, or raise the limit of the registry or of the proxy in front of it"
_BY_STATUS: dict[int, tuple[type[Failure], str]] = {
    401: (Refused, _RIGHTS + ", username and password"),
    403: (Refused, _RIGHTS),
    404: (NotFound, "create the repository there first, or correct repository"),
    405: (Refused, "push to a registry that is not read-only"),
    412: (Refused, _LIMITS),
    413: (Refused, _LIMITS),
    415: (Refused, "push to a registry that takes this media type"),
    507: (Refused, _LIMITS),
}


class Target:
    """One repository of the host that takes what is pushed, for any number of threads."""

    def __init__(self, host: HostClient, reference: Reference, access: RegistryAccess) -> None:
        self._host = host
        self._reference = reference
        self._access = access

    @property
    def host(self) -> str:
        return self._host.name

    @property
    def asked_wait_s(self) -> float:
        """For how long the host asked us to stay away."""
        return self._host.asked_wait_s

    def delays(self) -> Iterator[float]:
        """How long to wait before each further attempt, in seconds."""
        return delays(self._access)

    def find(self, version: str) -> str:
        """The digest of the manifest behind a tag or digest; empty when there is none."""
        what = "manifest %s of %s" % (version, self._place)
        answer = self._ask("HEAD", "manifests/" + version, what, _ACCEPT)
        digest = answer.headers.get("Docker-Content-Digest", "")
        if answer.status == 404:
            return ""
        if answer.status == 200 and is_digest(digest):
            return digest
        answer = self._ask("GET", "manifests/" + version, what, _ACCEPT, limit=MAX_DOCUMENT_BYTES)
        if answer.status == 404:
            return ""
        self._check(answer, what, (200,))
        algorithm = version.partition(":")[0] if is_digest(version) else "sha256"
        return digest_of(answer.body, algorithm)

    def has(self, digest: str) -> bool:
        """Whether the repository has the blob."""
        what = "blob %s of %s" % (digest, self._place)
        answer = self._ask("HEAD", "blobs/" + digest, what)
        if answer.status == 404 or answer.is_foreign:
            return answer.status == 200
        return self._check(answer, what, (200,)).status == 200

    def is_in(self, repository: str, digest: str) -> bool:
        """Whether another repository of the same host lets us have the blob."""
        other = self._reference.replace(repository=repository)
        try:
            answer = self._host.call("HEAD", other, "blobs/" + digest, {}, limit=0)
        except Refused:  # none of ours, or not for us: then it is sent
            return False
        return answer.status == 200

    def begin(self, digest: str, source: str = "") -> str:
        """Where the bytes of a blob are to be sent; empty when the registry mounted it from ``source``."""
        what = "an upload to repository %s" % self._place
        if source:
            query = urlencode({"mount": digest, "from": source})
            scope = "%s repository:%s:pull" % (_ACTIONS, source)
            try:
                answer = self._ask("POST", "blobs/uploads/?" + query, what, body=b"", actions=scope)
            except Refused:
                return self.begin(digest)
            if answer.status == 201:
                return ""
            if answer.status != 202:
                return self.begin(digest)
        else:
            answer = self._ask("POST", "blobs/uploads/", what, body=b"")
        return self._location(self._check(answer, what, (202,)))

    def send(self, location: str, blob: Descriptor, offset: int, body: Body) -> None:
        """The bytes from ``offset`` on, which end the upload (distribution-spec, "POST then PUT"). Tried once."""
        what = "the upload of blob %s to %s" % (blob.digest, self._place)
        url = "%s%s%s" % (location, "&" if "?" in location else "?", urlencode({"digest": blob.digest}))
        headers = {"Content-Type": "application/octet-stream"}
        if 0 < offset < blob.size:
            headers["Content-Range"] = "%d-%d" % (offset, blob.size - 1)
        answer = self._host.call("PUT", self._reference, url, headers, limit=0, body=body, actions=_ACTIONS)
        self._check_digest(self._check(answer, what, _DONE), blob.digest, what)

    def progress(self, location: str) -> tuple[str, int]:
        """Where an upload goes on, and from which byte; 0 when that is not known."""
        what = "the progress of an upload to %s" % self._place
        answer = self._ask("GET", location, what)
        found = _RANGE.fullmatch(answer.headers.get("Range", ""))
        # "0-0" stands for one byte and, with registries that cannot say none, for none
        if answer.status not in (200, 202, 204) or found is None or found.group(1) == "0":
            return location, 0
        return self._location(answer) if "Location" in answer.headers else location, int(found.group(1)) + 1

    def cancel(self, location: str) -> None:
        """Give up an upload. Tried once."""
        self._host.call("DELETE", self._reference, location, {}, limit=0, actions=_ACTIONS)

    def put(self, version: str, of: Descriptor, content: bytes) -> None:
        """Store a manifest or index under a tag or its digest."""
        what = "the upload of manifest %s to %s" % (version, self._place)
        headers = {"Content-Type": of.media_type}
        answer = self._ask("PUT", "manifests/" + version, what, headers, body=content)
        self._check_digest(self._check(answer, what, _DONE), of.digest, what)

    @property
    def _place(self) -> str:
        return "%s/%s" % (self._reference.host, self._reference.repository)

    def _ask(
        self,
        method: str,
        path: str,
        what: str,
        headers: Mapping[str, str] | None = None,
        *,
        limit: int = 0,
        body: Body = None,
        actions: str = _ACTIONS,
    ) -> Answer:
        """The answer, once it is none of those that may be another one a moment later."""

        def step(host: HostClient) -> Answer:
            answer = host.call(
                method, self._reference, path, headers or {}, limit=limit, body=body, actions=actions
            )
            if answer.is_transient:
                raise self._refusal(answer, what)
            return answer

        return first([self._host], self._access, step)

    def _check(self, answer: Answer, what: str, wanted: tuple[int, ...]) -> Answer:
        if answer.status in wanted:
            return answer
        raise self._refusal(answer, what)

    def _refusal(self, answer: Answer, what: str) -> Failure:
        failure = self._host.refusal(answer, what)
        kind, remedy = _BY_STATUS.get(answer.status, (type(failure), failure.remedy))
        return kind(failure.message, remedy, call=failure.call, code=failure.code)

    def _check_digest(self, answer: Answer, digest: str, what: str) -> None:
        """A registry need not say what it stored; when it does, it must be what it was sent."""
        said = answer.headers.get("Docker-Content-Digest", "")
        if said and said != digest and said.partition(":")[0] == digest.partition(":")[0]:
            raise Damaged(
                "registry %s answered %s with digest %s" % (self.host, what, said[:80]),
                "distrust what it holds: look at its log, then push to another one",
                call=answer.call,
            )

    def _location(self, answer: Answer) -> str:
        """The address that the host named, absolute or seen from the one that was asked."""
        asked = answer.call.partition(" ")[2]
        try:
            location = urljoin(asked, answer.headers.get("Location", ""))
            scheme, host = urlsplit(location).scheme, urlsplit(location).hostname
        except ValueError:
            scheme, host = "", None
        if not host or "Location" not in answer.headers:
            raise Damaged(
                "registry %s named no address for the upload to %s" % (self.host, self._place),
                "look at the registry's log",
                call=answer.call,
            )
        if scheme != "https" and (scheme != "http" or asked.startswith("https:")):
            raise Refused(
                "registry %s named an address for the upload to %s that gives up the encryption"
                % (self.host, self._place),
                "let the proxy in front of the registry set X-Forwarded-Proto",
                call=answer.call,
            )
        return location
