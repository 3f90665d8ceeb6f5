# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the user wants registries to be asked, and which hosts answer for one. Knows no HTTP."""

from __future__ import annotations

from .value import Value

PULL, RESOLVE, PUSH = "pull", "resolve", "push"
ALL_CAPABILITIES = (PULL, RESOLVE, PUSH)


class RegistryAccess(Value):
    """Credentials, trust and patience for the registries of one task."""

    username: str | None = None
    password: str | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    plain_http: bool | None = None  # None: https, and on loopback http when https does not answer
    timeout_s: float = 60.0  # seconds without a byte
    retries: int = 3
    retry_delay_s: float = 1.0
    max_concurrent_downloads: int = 4
    hosts_dir: str | None = None  # None: containerd's own when it exists; empty: none
    auth_file: str | None = None

    def __repr__(self) -> str:
        """Never the password, wherever a value ends up being printed."""
        return "RegistryAccess(username=%r)" % (self.username,)


class Credentials(Value):
    """Who we are to one host; all empty for somebody unknown."""

    username: str = ""
    password: str = ""
    identity_token: str = ""  # to be traded for a token at the realm, in place of a password
    origin: str = "username and password"  # where they were found, for messages

    def __repr__(self) -> str:
        return "Credentials(username=%r)" % (self.username,)


NOBODY = Credentials()


class Host(Value):
    """One host that may be asked for the images of a registry, and how."""

    base: str  # scheme, host and the path under which the API is: https://mirror.example.com/v2
    capabilities: tuple[str, ...] = ALL_CAPABILITIES
    verify: str = (
        "always"  # the certificate: always; elsewhere, not of this host but of those it names; never
    )
    ca_files: tuple[str, ...] = ()  # files or directories, on top of the system's
    clients: tuple[tuple[str, str], ...] = ()  # certificate and key; an empty key is in the same file
    headers: tuple[tuple[str, str], ...] = ()  # for this host, and nobody that it names
    connect_timeout_s: float = 30.0  # as containerd dials
    falls_back: bool = False  # whether it is asked in the clear when it does not speak TLS
    namespace: str = ""  # the registry that it stands in for; empty for the registry itself
    is_own: bool = True  # whether it is the registry itself, and may know the user's password

    @property
    def name(self) -> str:
        """Host and port."""
        return self.base.partition("://")[2].partition("/")[0]

    def __repr__(self) -> str:
        """Never a header, which may be a secret."""
        return "Host(base=%r)" % (self.base,)


class HostAnswer(Value):
    """What a host said when it was asked whether it is a registry."""

    url: str
    is_good: bool
    status: int | None  # of HTTP; None when nobody answered
    error: str = ""
