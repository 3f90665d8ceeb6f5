# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hosts.toml as it is written: whole, in the form that containerd reads from 1.6 on.

Pure. What the keys mean, ``hosts.py`` knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .hosts import hosts_of
from .writing import format_key, format_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._values.registry import Host

    Entry = tuple[str, Mapping[str, Any]]  # an address, and the keys of its table

_HEAD = "# Written by community.containerd.containerd_registry, and anew when a task says something else.\n"
DEFAULT = "_default"  # the directory for registries that have none of their own
HUB = "https://registry-1.docker.io"


def own_address(host: str) -> str:
    """Where containerd finds the registry when nothing else is said; '' for the directory of all others."""
    return "" if host == DEFAULT else HUB if host == "docker.io" else "https://" + host


def arranged(entries: Sequence[Entry], server: str, own: str, is_own_asked: bool) -> dict[str, Any]:
    """The document that has ``entries`` asked in their order, and then the registry itself.

    containerd always asks one more host than the file has tables: ``server``, or the registry where its name says,
    ``own``. So where the registry is not to be asked, or is the last entry, that entry stands at the root. Asked for
    twice, a host that is down would cost its time-out twice.
    """
    last = entries[-1] if entries else ("", {})
    if entries and (not is_own_asked or is_same_address(last[0], server or own)):
        return {"server": last[0], **last[1], "host": dict(entries[:-1])}
    return {**({"server": server} if server else {}), "host": dict(entries)}


def is_same_address(one: str, other: str) -> bool:
    """Whether containerd makes the same of both, as long as neither overrides its path."""
    return _root(one) == _root(other)


def _root(address: str) -> str:
    address = address.rstrip("/")
    address = address[: -len("/v2")] if address.endswith("/v2") else address
    return address if address.startswith("http") or not address else "https://" + address


def entries_of(document: Mapping[str, Any], own: str) -> list[Entry]:
    """The hosts that a file names, in their order, but for the registry itself at ``own``."""
    root = {key: value for key, value in document.items() if key not in ("server", "host")}
    entries = list(document.get("host", {}).items())
    if document.get("server"):
        entries.append((document["server"], root))
    return [entry for entry in entries if not is_same_address(entry[0], own)]


def format_hosts(document: Mapping[str, Any]) -> str:
    """The text of a file. Without any table of a host, containerd 1 passes over it, so there is an empty one then."""
    hosts = document["host"]
    root = {key: value for key, value in document.items() if key != "host"}
    lines = [_HEAD, *_table((), root)]
    lines += [] if hosts else ["\n[host]\n"]
    for address, table in hosts.items():
        lines += ["\n[%s]\n" % format_key(("host", address)), *_table(("host", address), table)]
    return "".join(lines)


def _table(above: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    indent = "  " if above else ""
    for key, value in table.items():
        if key != "header":
            yield "%s%s = %s\n" % (indent, key, format_value(value))
    if table.get("header"):
        yield "%s%s[%s]\n" % ("" if above else "\n", indent, format_key((*above, "header")))
        for name, value in table["header"].items():
            yield "%s  %s = %s\n" % (indent, format_key((name,)), format_value(value))


def meaning_of(document: Mapping[str, Any], path: str, own: Host) -> list[Host]:
    """The hosts that containerd asks by the file ``path``; two texts that mean the same give the same."""
    return [
        host.replace(capabilities=tuple(sorted(host.capabilities)), headers=tuple(sorted(host.headers)))
        for host in hosts_of(document, path, own)
    ]
