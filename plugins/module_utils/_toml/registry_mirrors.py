# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deprecated tables registry.mirrors and registry.configs, as hosts.toml files that have the same hosts asked.

Pure. Takes what old tutorials write for what they mean, where containerd ignores it without a word.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.value import Value
from .config import CRI, at, paths_of
from .hosts_writing import DEFAULT, HUB, arranged, format_hosts, own_address
from .writing import format_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .hosts_writing import Entry

    Path = tuple[str, ...]

_ALL = "*"  # in mirrors: every registry that has no entry
_MIRROR = ["pull", "resolve"]
_REGISTRY = ["pull", "resolve", "push"]


class HostsMigration(Value):
    """What the tables say. ``config_path`` is '' when the file names none."""

    texts: Mapping[str, str]  # of hosts.toml files, by registry
    notes: Mapping[str, str]  # what was understood otherwise than containerd does, by registry
    patch: Mapping[str, Any]  # for the configuration file, which removes the tables
    config_path: str
    has_logins: (
        bool  # in tables that stay: hosts.toml has no place for them, and containerd goes on reading them
    )


class _Said:
    """What all tables together say about mirrors and trust."""

    def __init__(self) -> None:
        self.endpoints: dict[str, list[str]] = {}
        self.tls: dict[str, Mapping[str, Any]] = {}
        self.notes: dict[str, str] = {}

    def add(self, host: str, endpoints: Any, where: str, note: str) -> None:
        if not isinstance(endpoints, list) or not all(isinstance(each, str) for each in endpoints):
            raise Refused("%s.endpoint is not a list of strings" % where, "correct or remove it")
        found = self.endpoints.setdefault(host, [])
        found += [each for each in map(_with_scheme, endpoints) if each not in found]
        if note:
            self.notes[host] = "take %s for mirrors of %s: %s" % (where, host, note)


def hosts_migration(data: Mapping[str, Any]) -> HostsMigration | None:
    """For a configuration file that holds ``data``; None when there is nothing to migrate."""
    home = ("plugins", *paths_of(data)["registry_config_path"][:-1])
    said, has_logins = _Said(), False
    patch: dict[str, Any] = {}
    for place in dict.fromkeys((home, ("plugins", CRI, "registry"))):
        registry = at(data, place)
        if isinstance(registry, dict):
            below, logins = _understand(said, registry, place, is_home=place == home)
            has_logins = has_logins or logins
            if below:
                patch = _joined(patch, place, below)
    if not (said.endpoints or said.tls):
        return None
    named = at(data, (*home, "config_path"))
    texts = {
        DEFAULT if host == _ALL else host: format_hosts(_document(host, said)) for host in _registries(said)
    }
    directory = named.split(":")[0] if isinstance(named, str) else ""
    return HostsMigration(texts, said.notes, patch, directory, has_logins)


def _understand(
    said: _Said, registry: Mapping[str, Any], place: Path, *, is_home: bool
) -> tuple[dict[str, Any], bool]:
    """Fill in ``said``: what goes from the tables, and whether logins stay in them."""
    patch: dict[str, Any] = {}
    stray = "" if is_home else "containerd ignores it there, and has asked the registry directly"
    for name, host, table in _tables(registry, "mirrors"):
        patch["mirrors"] = None
        said.add(host, table.get("endpoint", []), format_key((*place, name, host)), stray)
    for name, host, table in _tables(registry, "config"):  # old tutorials have it beside an empty mirrors
        patch["config"] = None
        note = "containerd knows no table config, and has asked the registry directly"
        said.add(host, table.get("endpoint", []), format_key((*place, name, host)), note)
    for name in ("mirrors", "config"):
        if name in registry:
            patch[name] = None
    has_logins = bool(registry.get("auths"))
    for name, host, table in _tables(registry, "configs"):
        gone: dict[str, Any] = {}
        if "endpoint" in table:
            note = "containerd reads no endpoint there, and has asked the registry directly"
            said.add(host, table["endpoint"], format_key((*place, name, host)), note)
            gone["endpoint"] = None
        if isinstance(table.get("tls"), dict):
            said.tls[host] = table["tls"]
            gone["tls"] = None
        if not any(table.values()):
            gone.update(dict.fromkeys(table))
        has_logins = has_logins or bool(table.get("auth"))
        if gone:
            is_empty = set(table) <= set(gone)
            patch.setdefault("configs", {})[host] = None if is_empty else gone
    if patch.get("configs") and set(registry["configs"]) == {
        host for host, below in patch["configs"].items() if below is None
    }:
        patch["configs"] = None
    return patch, has_logins


def _tables(registry: Mapping[str, Any], name: str) -> list[tuple[str, str, Mapping[str, Any]]]:
    found = registry.get(name)
    items = found.items() if isinstance(found, dict) else ()
    return [(name, host, table) for host, table in items if isinstance(table, dict)]


def _joined(patch: dict[str, Any], place: Path, below: Mapping[str, Any]) -> dict[str, Any]:
    table = patch
    for part in place[:-1]:
        table = table.setdefault(part, {})
    table[place[-1]] = below
    return patch


def _registries(said: _Said) -> list[str]:
    """Those with mirrors, and those with a certificate that are not asked as mirrors alone."""
    endpoints = {_host(url) for urls in said.endpoints.values() for url in urls}
    trusted = [host for host, tls in said.tls.items() if _trust(tls, host) and host not in endpoints]
    with_mirrors = [host for host, urls in said.endpoints.items() if urls]
    return list(dict.fromkeys((*with_mirrors, *trusted)))


def _document(host: str, said: _Said) -> dict[str, Any]:
    urls = said.endpoints.get(host) or said.endpoints.get(_ALL, [])
    own = own_address(DEFAULT if host == _ALL else host)
    entries = [_entry(url, own, said) for url in urls]
    is_own_named = any(_host(url) == host for url in urls)
    tls = said.tls.get(_host(own)) or said.tls.get(host, {})
    if own and not is_own_named and _trust(tls, host):
        entries.append((own, {"capabilities": _REGISTRY, **_trust(tls, host)}))
    server = HUB if own == HUB else ""
    # containerd asks the registry itself last, unless it is one of the endpoints.
    return arranged(entries, "" if is_own_named else server, own, not is_own_named)


def _entry(url: str, own: str, said: _Said) -> Entry:
    is_own = _host(url) == _host(own)
    table: dict[str, Any] = {"capabilities": _REGISTRY if is_own else _MIRROR}
    if url.startswith("https:"):
        table.update(_trust(said.tls.get(_host(url), {}), _host(url)))
    if url.partition("://")[2].partition("/")[2] not in ("", "v2"):
        table["override_path"] = True  # such a path is taken as it stands
    return url, table


def _trust(tls: Mapping[str, Any], host: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    if tls.get("ca_file"):
        table["ca"] = [posixpath.join("/", tls["ca_file"])]
    pair = [tls.get("cert_file"), tls.get("key_file")]
    if all(pair):
        table["client"] = [[posixpath.join("/", str(name)) for name in pair]]
    elif any(pair):
        raise Refused(
            "registry.configs of %s has a certificate without its key, or a key alone" % host,
            "name both cert_file and key_file, or none",
        )
    if tls.get("insecure_skip_verify"):
        table["skip_verify"] = True
    return table


def _with_scheme(url: str) -> str:
    url = url.rstrip("/")
    if url in ("https://docker.io", "docker.io"):
        return HUB  # which serves the images
    if "://" in url:
        return url
    is_loopback = url.startswith(("localhost", "127.", "[::1]"))
    return ("http://" if is_loopback else "https://") + url


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
