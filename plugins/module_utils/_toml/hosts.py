# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""hosts.toml: the hosts that answer for a registry, with containerd's meaning of each key.

Pure. What containerd would take for a reason to ignore the file without a word, or the key, is refused here.
"""

from __future__ import annotations

import os.path
import posixpath
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .._values.errors import Refused
from .._values.registry import ALL_CAPABILITIES, Host

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

_LATER = ("referrers",)  # a capability of containerd 2.2, which nothing here makes use of
_TLS_KEYS = ("ca", "client", "skip_verify")
_HOST_KEYS = (*_TLS_KEYS, "capabilities", "header", "override_path", "dial_timeout")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, Section 5.6.2: token
_HEADER_VALUE = re.compile(r"[\x20-\x7e\t]*")
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")  # Go's time.ParseDuration
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def hosts_of(document: Mapping[str, Any], path: str, own: Host) -> list[Host]:
    """The hosts in the order of the file ``path``; ``server`` is the last, or ``own`` with the keys at the root."""
    root = {key: value for key, value in document.items() if key not in ("server", "host")}
    tables = document.get("host", {})
    if not isinstance(tables, dict):
        _refuse(path, "host", "is not a table", 'write [host."https://mirror.example.com"]')
    hosts = [_Table(path, 'host."%s".' % url, table).host(url) for url, table in tables.items()]
    server = document.get("server", "")
    if not isinstance(server, str):
        _refuse(path, "server", "is not a string", "write an address")
    last = _Table(path, "", root)
    return [*hosts, last.host(server, "server") if server else last.applied_to(own)]


class _Table:
    """The keys of one host, each refused by its name when it cannot be."""

    def __init__(self, path: str, prefix: str, table: Any) -> None:
        self._path = path
        self._prefix = prefix
        if not isinstance(table, dict):
            _refuse(path, prefix.rstrip("."), "is not a table", "write it as one")
        self._table: dict[str, Any] = table
        for key in table:
            if key not in _HOST_KEYS:
                self._refuse(key, "is not a key that containerd knows", "correct or remove it")

    def host(self, address: str, key: str = "") -> Host:
        """The host at ``address``, which stands in the file under ``key``, or as the table's own name."""
        base = self._base(address, key)
        scheme, _colon, rest = base.partition(":")
        is_ambiguous = scheme == "http" and urlsplit(base).port != 80
        falls_back = is_ambiguous and any(name in self._table for name in _TLS_KEYS)
        return self.applied_to(
            Host(
                base="https:" + rest if falls_back else base,
                capabilities=self._capabilities(),
                falls_back=falls_back,  # as containerd does since 1.7
            )
        )

    def applied_to(self, host: Host) -> Host:
        """``host`` with the trust, headers and patience of this table."""
        self._capabilities()
        self._flag("override_path")
        verify = host.verify
        if "skip_verify" in self._table:
            verify = "never" if self._flag("skip_verify") else verify
        return host.replace(
            verify=verify,
            ca_files=(*host.ca_files, *self._ca_files()),
            clients=(*host.clients, *self._clients()),
            headers=self._headers(),
            connect_timeout_s=self._dial_timeout_s(host.connect_timeout_s),
        )

    def _base(self, address: str, key: str) -> str:
        url = address if address.startswith("http") else "https://" + address
        try:
            parts = urlsplit(url)
            is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
            is_good = is_good and not (parts.query or parts.fragment or "@" in parts.netloc)
            is_good = is_good and not parts.netloc.endswith(":")
        except ValueError:
            is_good = False
        if not is_good or not re.fullmatch(r"[!-~]+", url):
            self._refuse(key, "is not an address", "write it as https://host[:port][/path]")
        path = posixpath.normpath(parts.path) if parts.path else ""
        path = path if path.strip("/") else ""
        if not path.endswith("/v2") and not self._flag("override_path"):
            path += "/v2"
        return "%s://%s%s" % (parts.scheme, parts.netloc, path)

    def _flag(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            self._refuse(key, "is neither true nor false", "write one of them")
        return bool(value)

    def _capabilities(self) -> tuple[str, ...]:
        words = [word.lower() for word in self._strings("capabilities", self._table.get("capabilities", []))]
        for word in words:
            if word not in ALL_CAPABILITIES + _LATER:
                self._refuse("capabilities", "has the unknown word %r" % word, "use pull, resolve and push")
        return tuple(words) or ALL_CAPABILITIES

    def _ca_files(self) -> tuple[str, ...]:
        value = self._table.get("ca", [])
        names = [value] if isinstance(value, str) else self._strings("ca", value)
        return tuple(self._file("ca", name) for name in names)

    def _clients(self) -> tuple[tuple[str, str], ...]:
        value = self._table.get("client", [])
        pairs = [value] if isinstance(value, str) else value
        if not isinstance(pairs, list):
            self._refuse("client", "is neither a path nor a list", "write a path, paths, or pairs of paths")
        found = []
        for pair in pairs:
            names = [pair, ""] if isinstance(pair, str) else self._strings("client", pair)
            if len(names) != 2:
                self._refuse("client", "has an entry that is no pair", "write [certificate, key]")
            found.append((self._file("client", names[0]), names[1] and self._file("client", names[1])))
        return tuple(found)

    def _headers(self) -> tuple[tuple[str, str], ...]:
        table = self._table.get("header", {})
        if not isinstance(table, dict):
            self._refuse("header", "is not a table", "write names and values")
        found = []
        for name, value in table.items():
            lines = [value] if isinstance(value, str) else self._strings("header." + name, value)
            if not _HEADER_NAME.fullmatch(name) or not all(_HEADER_VALUE.fullmatch(line) for line in lines):
                self._refuse("header." + name, "cannot be sent as a header", "use plain ASCII")
            found.append((name, ", ".join(line.strip() for line in lines)))  # RFC 9110, Section 5.3
        return tuple(found)

    def _dial_timeout_s(self, default_s: float) -> float:
        text = self._table.get("dial_timeout", "")
        if text == "":
            return default_s
        found = list(_DURATION.finditer(text)) if isinstance(text, str) else []
        length = sum(len(item.group()) for item in found)
        seconds = sum(float(item.group()[: -len(item.group(1))]) * _SECONDS[item.group(1)] for item in found)
        if not found or length != len(text) or not 0 < seconds < 1e9:
            self._refuse("dial_timeout", "is not a duration", 'write it as "5s" or "500ms"')
        return seconds

    def _strings(self, key: str, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._refuse(key, "is not a list of strings", "write it as one")
        return list(value)

    def _file(self, key: str, name: str) -> str:
        if not name or "\0" in name:
            self._refuse(key, "has an empty path", "name a file, or remove the key")
        return os.path.join(os.path.dirname(self._path), name)

    def _refuse(self, key: str, what: str, remedy: str) -> NoReturn:
        _refuse(self._path, (self._prefix + key).rstrip("."), what, remedy)


def _refuse(path: str, key: str, what: str, remedy: str) -> NoReturn:
    raise Refused(
        "%s: %s %s; containerd itself would ignore this without a word, and perhaps the whole file"
        % (path, key, what),
        remedy,
    )
