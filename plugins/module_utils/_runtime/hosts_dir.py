# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""certs.d: the directory that tells, for each registry, which hosts answer for it.

Knows where containerd looks; what is said there, ``_toml/hosts.py`` knows.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._services.registry.hosts import own_host
from .._values.errors import Refused

if TYPE_CHECKING:
    from .._values.registry import Host, RegistryAccess

DEFAULT_DIRECTORY = "/etc/containerd/certs.d"


def hosts_for(name: str, access: RegistryAccess) -> list[Host]:
    """The hosts that answer for the registry ``name``, in their order; the registry itself when nothing is said.

    What the user's options say of trust holds for the registry itself, wherever its address was found.
    """
    own = own_host(name, access)
    directory = _directory_of(name, access.hosts_dir)
    if not directory:
        return [own]
    hosts = _hosts_in(directory, own)
    return [_related(host, own, name, access) for host in hosts]


def _directory_of(name: str, hosts_dir: str | None) -> str:
    """Where the hosts of ``name`` are told; '' when nowhere. The first that exists wins, even if it is empty."""
    root = DEFAULT_DIRECTORY if hosts_dir is None else hosts_dir
    if not root:
        return ""
    try:
        there = set(os.listdir(root))
    except FileNotFoundError:
        if hosts_dir is None:
            return ""
        raise Refused("hosts_dir %s does not exist" % root, "correct hosts_dir, or create it") from None
    except OSError as exc:
        raise Refused("cannot read hosts_dir %s: %s" % (root, exc.strerror), "correct hosts_dir") from exc
    host, colon, port = name.rpartition(":")
    names = ["%s_%s_" % (host, port)] if colon and host else []
    for candidate in (*names, name, "_default"):
        if candidate in there:
            return os.path.join(root, candidate)
    return ""


def _hosts_in(directory: str, own: Host) -> list[Host]:
    path = os.path.join(directory, "hosts.toml")
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        text = ""
    except (OSError, ValueError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise Refused("cannot read %s: %s" % (path, reason), "correct the file") from exc
    if not text:
        return [_with_certificates(directory, own)]
    from .._toml.document import parse_toml
    from .._toml.hosts import hosts_of

    hosts = hosts_of(parse_toml(text, path), path, own)
    for host in hosts:
        for name in (*host.ca_files, *(name for pair in host.clients for name in pair if name)):
            if name not in own.ca_files:
                _check_readable(name, path)
    return hosts


def _check_readable(name: str, path: str) -> None:
    """A host whose files are not there must not be passed over for the next one, as if it were down."""
    try:
        with open(name, "rb"):
            return
    except OSError as exc:
        raise Refused(
            "cannot read %s, which %s names: %s" % (name, path, exc.strerror), "correct the path or the file"
        ) from exc


def _with_certificates(directory: str, own: Host) -> Host:
    """Docker's layout: *.crt are authorities, *.cert with *.key are ours."""
    try:
        names = sorted(os.listdir(directory))
    except OSError as exc:
        raise Refused("cannot read %s: %s" % (directory, exc.strerror), "correct hosts_dir") from exc
    paths = [os.path.join(directory, name) for name in names]
    ca_files = [path for path in paths if path.endswith(".crt")]
    certificates = [path for path in paths if path.endswith(".cert")]
    keys = [path[: -len(".cert")] + ".key" for path in certificates]
    clients = [(path, key if key in paths else "") for path, key in zip(certificates, keys)]
    return own.replace(ca_files=(*own.ca_files, *ca_files), clients=tuple(clients))


def _related(host: Host, own: Host, name: str, access: RegistryAccess) -> Host:
    """Which of the hosts is the registry itself, and for whom the others stand in."""
    is_own = host.name == own.name
    namespace = "" if host.name in (name, own.name) else name
    if is_own and host is not own:
        added = tuple(path for path in own.ca_files if path not in host.ca_files)
        verify = host.verify if access.validate_certs else "never"
        host = host.replace(ca_files=(*host.ca_files, *added), verify=verify)
    return host.replace(is_own=is_own, namespace=namespace)
