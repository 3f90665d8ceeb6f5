# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry as it is asked: resolve a name, fetch a document, stream a blob (OCI distribution-spec, "Pull").

Knows the addresses and the promises of the protocol; never where content goes, nor the order of calls.
Build one only when a registry is to be asked, since that loads ``requests``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from ..._values.descriptor import INDEX_TYPES, MANIFEST_TYPES, MAX_DOCUMENT_BYTES, Descriptor
from ..._values.digest import digest_of, is_digest
from ..._values.errors import Damaged, Refused
from ..._values.manifest import SCHEMA_1_PREFIX, media_type_of, schema_1_refused
from ..._values.registry import NOBODY, PULL, PUSH, RESOLVE, Credentials
from .hosts import api_host, own_host

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..._values.reference import Reference
    from ..._values.registry import Host, RegistryAccess
    from .exchange import Answer
    from .host_client import HostClient
    from .senders import Senders

_ACCEPT = {"Accept": ", ".join([*sorted(MANIFEST_TYPES), *sorted(INDEX_TYPES), "*/*"])}
_NO_HEAD = (405, 501)
T = TypeVar("T")


class Registry:
    """One registry and the hosts that stand in for it, for any number of threads.

    Each wish goes to the hosts in their order until one of them serves it, and after a wait to all of them again.
    ``who`` gives the credentials for a host and a repository; without it they are those of ``access``.
    """

    def __init__(
        self,
        name: str,
        access: RegistryAccess,
        hosts: Sequence[Host] = (),
        who: Callable[[Host, str], Credentials] | None = None,
    ) -> None:
        from .host_client import HostClient

        self.host = api_host(name)
        self._access = access
        self._hosts = [
            HostClient(host, access, _asker(who or self._who, host))
            for host in hosts or (own_host(name, access),)
        ]

    def resolve(self, reference: Reference) -> Descriptor:
        """What the name stands for right now; NotFound when no host knows it."""
        return self.locate(reference)[0]

    def locate(self, reference: Reference) -> tuple[Descriptor, str]:
        """What the name stands for right now, and the host that says so. A tag takes one that may resolve."""
        hosts = self._able(PULL) if reference.digest else self._able(PULL, RESOLVE)
        return self._first(hosts, lambda host: (self._resolve(host, reference, host is hosts[-1]), host.name))

    def document(self, reference: Reference, wanted: Descriptor) -> bytes:
        """The bytes of a document, proven to be those that ``wanted`` names."""
        what = "document %s of image %s" % (wanted.digest, reference)
        self._check_size(wanted.size, what, "")
        path = ("manifests/" if wanted.is_document else "blobs/") + wanted.digest

        def fetch(host: HostClient) -> bytes:
            answer = host.checked(host.call("GET", reference, path, _ACCEPT, limit=wanted.size), what)
            if len(answer.body) != wanted.size:
                raise _damaged(host, "%s, which is not the promised %d bytes" % (what, wanted.size), answer)
            found = digest_of(answer.body, wanted.digest.partition(":")[0])
            if found != wanted.digest:
                raise _damaged(host, "%s with digest %s" % (what, found), answer)
            return answer.body

        return self._first(self._able(PULL), fetch)

    def senders(self, reference: Reference, wanted: Descriptor) -> Senders:
        """Those of whom a blob can be had."""
        from .senders import Senders

        what = "blob %s of image %s" % (wanted.digest, reference)

        def ask(host: HostClient, start: int) -> Answer:
            headers = {"Range": "bytes=%d-" % start} if start else {}
            return host.checked(host.call("GET", reference, "blobs/" + wanted.digest, headers), what)

        return Senders(self._able(PULL), self._access, ask, what, wanted.size)

    def to_push(self) -> HostClient:
        """The one host that takes what is pushed: the first that may, as containerd has it."""
        return self._able(PUSH)[0]

    def close(self) -> None:
        for host in self._hosts:
            host.close()

    def _first(self, hosts: Sequence[HostClient], step: Callable[[HostClient], T]) -> T:
        from .patience import first

        return first(hosts, self._access, step)

    def _able(self, *capabilities: str) -> list[HostClient]:
        able = [host for host in self._hosts if host.can(*capabilities)]
        if not able:
            raise Refused(
                "no host of registry %s has the capability to %s" % (self.host, " and ".join(capabilities)),
                "correct capabilities in its hosts.toml",
            )
        return able

    def _who(self, host: Host, _repository: str) -> Credentials:
        if not host.is_own or not self._access.username:
            return NOBODY
        return Credentials(self._access.username, self._access.password or "")

    def _resolve(self, host: HostClient, reference: Reference, is_last: bool) -> Descriptor:
        what = _named(reference)
        path = "manifests/" + reference.version
        answer = host.call("HEAD", reference, path, _ACCEPT, limit=0)
        found = _described(answer) if answer.status == 200 else None
        if found is None:
            # HEAD is not allowed, does not tell all, or, after which nobody is left to ask, does not say why
            is_worth_it = answer.status == 200 or answer.status in _NO_HEAD or is_last
            if answer.is_transient or not is_worth_it:
                raise host.refusal(answer, what)
            answer = host.checked(host.call("GET", reference, path, _ACCEPT, limit=MAX_DOCUMENT_BYTES), what)
            self._check_size(len(answer.body), what, answer.call)
            algorithm = reference.digest.partition(":")[0] or "sha256"
            media_type = media_type_of(answer.body, _media_type(answer))
            found = Descriptor(media_type, digest_of(answer.body, algorithm), len(answer.body))
        if reference.digest and found.digest != reference.digest:
            raise _damaged(host, "%s with digest %s" % (what, found.digest), answer)
        return found

    def _check_size(self, size: int, what: str, call: str) -> None:
        if size > MAX_DOCUMENT_BYTES:
            raise Refused(
                "%s is longer than %d bytes, which no manifest is" % (what, MAX_DOCUMENT_BYTES),
                "check the image name",
                call=call,
            )


def _asker(who: Callable[[Host, str], Credentials], host: Host) -> Callable[[str], Credentials]:
    return lambda repository: who(host, repository)


def _damaged(host: HostClient, what: str, answer: Answer) -> Damaged:
    return Damaged(
        "registry %s sent %s" % (host.name, what), "try another registry, or push again", call=answer.call
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
