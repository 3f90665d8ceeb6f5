# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image references: docker-style short names in, full names out (distribution "reference" grammar).

Knows how a name reads; never which registry answers for it.
"""

from __future__ import annotations

import re

from .digest import is_digest
from .errors import Refused
from .value import Value

DEFAULT_HOST = "docker.io"
_MAX_NAME = 255  # characters of host and repository together, as the grammar says
_MAX_PORT = 65535
_HOST = re.compile(
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
    r"|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?"
)
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


class Reference(Value):
    """A full image name. ``str()`` of it is the name of containerd's image record."""

    host: str
    repository: str
    tag: str
    digest: str = ""

    def __str__(self) -> str:
        tag = ":" + self.tag if self.tag else ""
        digest = "@" + self.digest if self.digest else ""
        return "%s/%s%s%s" % (self.host, self.repository, tag, digest)

    @property
    def version(self) -> str:
        """What a registry is asked for: the digest when there is one, else the tag."""
        return self.digest or self.tag


def parse_reference(text: str) -> Reference:
    """``nginx`` becomes docker.io/library/nginx:latest; Refused for what no registry could serve."""
    name, at, digest = text.partition("@")
    if at and not is_digest(digest):
        raise _malformed(text, "what follows @ is not a digest")
    host, repository = _split_host(name)
    repository, colon, tag = repository.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise _malformed(text, "what follows : is not a tag")
    if not _REPOSITORY.fullmatch(repository):
        raise _malformed(text, "a repository is lower-case letters, digits and single separators")
    if not _HOST.fullmatch(host):
        raise _malformed(text, "%r is not a registry host" % host)
    if int(host.rpartition("]")[2].partition(":")[2] or 0) > _MAX_PORT:
        raise _malformed(text, "no port is above %d" % _MAX_PORT)
    if len(host) + 1 + len(repository) > _MAX_NAME:
        raise _malformed(text, "it is longer than %d characters" % _MAX_NAME)
    return Reference(host, repository, tag or ("" if digest else "latest"), digest)


def _split_host(name: str) -> tuple[str, str]:
    """The first component is a host when it could not be a repository: a dot, a port, upper case, localhost."""
    first, slash, rest = name.partition("/")
    if slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        host = DEFAULT_HOST if first == "index.docker.io" else first
    else:
        host, rest = DEFAULT_HOST, name
    if host == DEFAULT_HOST and "/" not in rest:
        rest = "library/" + rest
    return host, rest


def _malformed(text: str, reason: str) -> Refused:
    return Refused(
        "image name %r is malformed: %s" % (text, reason),
        "write [host[:port]/]repository[:tag][@sha256:...], such as registry.example.com:5000/team/app:1.2",
    )
