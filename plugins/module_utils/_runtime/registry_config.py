# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the containerd of this host reads hosts.toml files in a directory; when it does not, nobody is told.

The configuration file is asked first, which is nearly free; only where it does not say yes by itself, containerd.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .._toml.config import CRI, at, paths_of, version_of
from .._toml.document import parse_toml
from .._values.config import ConfigUse
from .._values.errors import Missing, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .ports import Programs

_UNKNOWN = ConfigUse(None)


def use_of(programs: Programs, config_file: str, config_path: str) -> ConfigUse:
    """What the containerd makes of ``config_path`` that reads ``config_file`` when it starts."""
    try:
        there = _read(config_file)
        if there is not None and not there.get("imports"):
            if _is_without_cri(there):
                return _UNKNOWN
            if _directories(there) == [config_path] and not _mirrors(there):
                return ConfigUse(True)
        data = _asked(programs, config_file if there is not None else "")
    except (Missing, Refused):  # not installed, or broken: that is for containerd_config to tell
        return _UNKNOWN
    return _UNKNOWN if data is None or _is_without_cri(data) else _verdict(data, config_file, config_path)


def _read(config_file: str) -> dict[str, Any] | None:
    """The file's tables; None when there is no file, or none that we may read."""
    try:
        with open(config_file, encoding="utf-8") as file:
            return parse_toml(file.read(), config_file)
    except (OSError, UnicodeDecodeError):
        return None


def _asked(programs: Programs, config_file: str) -> dict[str, Any] | None:
    """The whole configuration, with imports and defaults; None when containerd would not start with it."""
    arguments = ("--config", config_file, "config", "dump") if config_file else ("config", "default")
    code, output, _errors = programs.run(*arguments)
    return None if code else parse_toml(output, "the configuration")


def _verdict(data: Mapping[str, Any], config_file: str, config_path: str) -> ConfigUse:
    directories = _directories(data)
    remedy = "Set registry_config_path of containerd_config to %s, and restart containerd." % config_path
    if _mirrors(data):
        return ConfigUse(
            False,
            "containerd reads no hosts.toml for pods, since %s has registry.mirrors, which is deprecated. Set"
            " migrate_registry_mirrors of containerd_config, and restart containerd." % config_file,
        )
    if config_path not in directories:
        return ConfigUse(
            False,
            "containerd reads no hosts.toml below %s for pods, since config_path in %s is %r. %s"
            % (config_path, config_file, ":".join(directories), remedy),
        )
    if len(directories) > 1 and version_of(data) > 2:
        return ConfigUse(  # https://github.com/containerd/containerd/issues/12415
            False,
            "containerd 2 takes the list %r, its config_path, for one directory, which does not exist, and reads no"
            " hosts.toml for pods. %s" % (":".join(directories), remedy),
        )
    return ConfigUse(True)


def _directories(data: Mapping[str, Any]) -> list[str]:
    value = at(data, ("plugins", *paths_of(data)["registry_config_path"]))
    parts = value.split(":") if isinstance(value, str) else []
    return [posixpath.normpath(part) for part in parts if part]


def _mirrors(data: Mapping[str, Any]) -> bool:
    registry = at(data, ("plugins", *paths_of(data)["registry_config_path"][:-1]))
    return bool(isinstance(registry, dict) and registry.get("mirrors"))


def _is_without_cri(data: Mapping[str, Any]) -> bool:
    """Only the CRI plugin reads config_path; clients name a directory themselves."""
    off = data.get("disabled_plugins")
    return isinstance(off, list) and ("cri" in off or CRI in off)
