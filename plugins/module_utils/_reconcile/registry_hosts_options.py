# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options about a registry's hosts, as the tables of hosts.toml. Pure.

What each key may hold is checked where the file is understood, by ``_toml/hosts.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._toml.hosts_writing import DEFAULT, HUB, own_address
from .._values.errors import Refused
from .._values.reference import DEFAULT_HOST, parse_reference
from .._values.registry import ALL_CAPABILITIES, PULL, RESOLVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._toml.hosts_writing import Entry


def parse_host(host: str) -> str:
    """Refused for what containerd never looks for: it takes the host as image names have it."""
    if host == DEFAULT:
        return host
    try:
        found = parse_reference(host + "/x").host if "/" not in host else ""
    except Refused:
        found = ""
    if not found:
        raise Refused(
            "host %r is no registry as image names have it" % host.rpartition("@")[2],
            "write host[:port] without a scheme or a path, or _default for all that have no file of their own",
        )
    if found != host:
        raise Refused(
            "containerd takes images of %s for those of %s, and never looks for a directory %s"
            % (host, found, host),
            "write %s, or the host with its domain or port" % found,
        )
    return host


def entries_from(params: Mapping[str, Any], host: str) -> tuple[list[Entry], str]:
    """The mirrors with their tables, and the address of the registry itself as it is written; '' leaves it out."""
    server = _address(params["server"], "server") if params["server"] else ""
    if server in ("https://docker.io", "https://index.docker.io"):
        raise Refused("%s serves no images" % server, "leave server out, or write %s" % HUB)
    if server and not params["fallback"]:
        raise Refused(
            "server is what is asked last, and fallback: false asks the last mirror last", "set one of them"
        )
    entries: dict[str, Mapping[str, Any]] = {}
    for number, mirror in enumerate(params["mirrors"] or ()):
        address = _address(mirror["url"], "mirrors[%d].url" % number)
        if address in entries:
            raise Refused("mirrors names %s twice" % address, "name each once")
        entries[address] = _table(mirror, address, host)
    if not server and params["fallback"] and host == DEFAULT_HOST:
        server = HUB
    return list(entries.items()), server


def _address(text: str, option: str) -> str:
    if "@" in text:
        raise Refused(
            "%s has a user in it, whom containerd would not name to the host" % option,
            "leave them out; passwords are given by those who pull, or by a header",
        )
    address = text.rstrip("/")
    return address if "://" in address else "https://" + address


def _table(mirror: Mapping[str, Any], address: str, host: str) -> dict[str, Any]:
    capabilities = mirror["capabilities"]
    if capabilities is None:  # what is pushed is not meant for a mirror
        capabilities = ALL_CAPABILITIES if _is_at(address, host) else (PULL, RESOLVE)
    if not capabilities:
        raise Refused("%s would have no capabilities, which means all" % address, "leave capabilities out")
    table: dict[str, Any] = {"capabilities": [word for word in ALL_CAPABILITIES if word in capabilities]}
    if mirror["ca"]:
        table["ca"] = list(mirror["ca"])
    if mirror["client"]:
        table["client"] = _clients(mirror["client"])
    for key in ("skip_verify", "override_path"):
        if mirror[key]:
            table[key] = True
    if mirror["dial_timeout"] is not None:
        table["dial_timeout"] = mirror["dial_timeout"]
    if mirror["headers"]:
        table["header"] = {str(name): _lines(name, value) for name, value in mirror["headers"].items()}
    return table


def _is_at(address: str, host: str) -> bool:
    return address.partition("://")[2].partition("/")[0] == own_address(host).partition("://")[2]


def _clients(pairs: list[Mapping[str, Any]]) -> list[Any]:
    """Paths, or pairs of paths; an array of both is none that containerd 1.6 reads."""
    if not any(pair["key"] for pair in pairs):
        return [pair["cert"] for pair in pairs]
    return [[pair["cert"], pair["key"] or pair["cert"]] for pair in pairs]


def _lines(name: str, value: Any) -> Any:
    lines = value if isinstance(value, list) else [value]
    if not lines or not all(isinstance(line, str) for line in lines):
        raise Refused("header %s is neither a string nor a list of strings" % name, "put it in quotes")
    return value
