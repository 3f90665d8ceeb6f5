# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide which hosts.toml files the deprecated mirrors of config.toml become. Loaded only when they are to go."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from .._toml.config import paths_of
from .._toml.document import parse_toml
from .._toml.editing import edited
from .._toml.hosts_writing import meaning_of, own_address
from .._toml.registry_mirrors import hosts_migration
from .._values.errors import Refused
from .._values.registry import Host
from .config import Mirrors

if TYPE_CHECKING:
    from typing import Any

    from .._toml.registry_mirrors import HostsMigration
    from .config import DesiredConfig
    from .config_verbs import ConfigVerbs

_DIRECTORY = "/etc/containerd/certs.d"


def without_mirrors(verbs: ConfigVerbs, desired: DesiredConfig, text: str) -> tuple[str, Mirrors]:
    """``text`` without the tables and with the directory that takes their place, and the files in it."""
    data = parse_toml(text, desired.path)
    found = hosts_migration(data)
    if found is None:
        return text, Mirrors(verbs.hosts_files(()), has_logins=_has_logins(data))
    directory = (desired.wishes.get("registry_config_path") or found.config_path or _DIRECTORY).split(":")[0]
    patch: Any = directory
    for part in reversed(("plugins", *paths_of(data)["registry_config_path"])):
        patch = {part: patch}
    text = edited(edited(text, found.patch, desired.path), patch, desired.path)
    return text, _mirrors(verbs, found, directory)


def _has_logins(data: Any) -> bool:
    registry: Any = data
    for part in ("plugins", *paths_of(data)["registry_config_path"][:-1]):
        registry = registry.get(part, {}) if isinstance(registry, dict) else {}
    configs = registry.get("configs") if isinstance(registry, dict) else None
    tables = configs.values() if isinstance(configs, dict) else ()
    return any(isinstance(table, dict) and table.get("auth") for table in tables) or bool(
        registry.get("auths")
    )


def _mirrors(verbs: ConfigVerbs, found: HostsMigration, directory: str) -> Mirrors:
    paths = {
        host: posixpath.join(verbs.hosts_directory(directory, host), "hosts.toml") for host in found.texts
    }
    files = verbs.hosts_files(tuple(paths.values()))
    wanted, says = {}, {}
    for host, path in paths.items():
        wanted[path] = _settled(host, path, files[path], found.texts[host])
        note = found.notes.get(host)
        says[path] = (
            *((note,) if note else ()),
            "write %s from registry.mirrors and registry.configs" % path,
        )
    return Mirrors(files, wanted, says, found.has_logins)


def _settled(host: str, path: str, there: str | None, wanted: str) -> str:
    """What shall be there: the file as it is where it means the same, which it does when a killed task wrote it."""
    own = Host((own_address(host) or host) + "/v2")
    meant = meaning_of(parse_toml(wanted, path), path, own)
    if there is None:
        return wanted
    if meaning_of(parse_toml(there, path), path, own) == meant:
        return there
    raise Refused(
        "%s says other hosts for %s than registry.mirrors and registry.configs do" % (path, host),
        "remove the file, or if it is right set the tables to null under settings",
    )
