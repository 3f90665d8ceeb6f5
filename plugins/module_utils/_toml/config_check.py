# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a config.toml that containerd takes without a word.

It looks for unknown keys by holding the file against containerd's own dump of it, which has the known ones only, and
knows the combinations with which the daemon starts and its CRI plugin does not.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .config import CRI, CRI_RUNTIME, RUNC, at, paths_of, version_of
from .document import parse_toml
from .writing import format_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._values.config import Verdict

    Path = tuple[str, ...]

# Names of version 2 that version 3 changed; containerd 2 converts them.
_RENAMED = (
    CRI,
    "io.containerd.internal.v1.restart",
    "io.containerd.monitor.v1.cgroups",
    "io.containerd.runtime.v2.task.sched_core",
)
# Of io.containerd.runc.v2, whose options containerd itself takes as they come.
_RUNC_OPTIONS = (
    *("BinaryName", "Root", "SystemdCgroup", "NoPivotRoot", "NoNewKeyring", "ShimCgroup", "IoUid", "IoGid"),
    *(
        "CriuImagePath",
        "CriuWorkPath",
        "CriuPath",
        "TaskApiAddress",
        "TaskApiVersion",
        "TypeUrl",
        "ConfigPath",
    ),
)
_WARNED_KEY = re.compile(r'\bkey=(?:"([^"]*)"|(\S+))')


def unknown_keys(paths: Iterable[Path], data: Mapping[str, Any], verdict: Verdict) -> list[str]:
    """Which keys of ``paths``, all of them in ``data``, this containerd does not know.

    A key whose value is empty or false may be missing in the dump without being unknown; it is let pass.
    """
    dump, default = parse_toml(verdict.dump, "the dump"), parse_toml(verdict.default, "the default")
    is_converted = version_of(dump) != version_of(data)
    plugins = {*default.get("plugins", {}), *(_RENAMED if is_converted else ())}
    off = set(data.get("disabled_plugins", ()))
    warned = [a or b for line in verdict.warnings for a, b in _WARNED_KEY.findall(line)]
    found = []
    for path in paths:
        if path[0] == "plugins" and len(path) > 1:
            if path[1] in off:  # its keys are not in the dump
                continue
            is_known = path[1] in plugins
        else:
            is_known = True
        if is_known and (is_converted or path[:1] == ("plugins",) and path[1] not in dump.get("plugins", {})):
            is_known = not any(key and " ".join(path).endswith(key) for key in warned)
        elif is_known:
            is_known = at(dump, path) is not None or not at(data, path)
        if is_known and "options" in path and path[-1] != "options":
            runtime = at(data, path[: path.index("options")])
            is_runc = isinstance(runtime, dict) and runtime.get("runtime_type") == RUNC
            is_known = not is_runc or path[path.index("options") + 1] in _RUNC_OPTIONS
        if not is_known:
            found.append(format_key(path))
    return found


def check_traps(data: Mapping[str, Any], path: str) -> None:
    """Refused for what passes containerd's own check and breaks something afterwards."""
    names = paths_of(data)
    registry = at(data, ("plugins", *names["registry_config_path"][:-1])) or {}
    if registry.get("config_path") and (registry.get("mirrors") or _has_tls(registry)):
        raise Refused(
            "%s would have registry.mirrors or registry.configs.*.tls beside registry.config_path, with which the"
            " CRI plugin does not start" % path,
            "set migrate_registry_mirrors, which makes hosts.toml files of them",
        )
    runtimes = at(data, ("plugins", *names["runtimes"])) or {}
    default = at(data, ("plugins", *names["default_runtime"])) or "runc"
    is_replacing = version_of(data) < 3 and runtimes
    if default not in runtimes and (is_replacing or default != "runc"):
        raise Refused(
            "%s would have no runtime %r, which is the default; the CRI plugin does not start without"
            % (path, default),
            "declare it under runtimes, or correct default_runtime",
        )
    cni = at(data, ("plugins", CRI_RUNTIME, "cni")) or {}
    if cni.get("bin_dir") and cni.get("bin_dirs"):
        raise Refused(
            "%s would have both bin_dir and bin_dirs in cni" % path, "set bin_dir to null under settings"
        )
    imports = data.get("imports")
    for pattern in imports if isinstance(imports, list) else ():
        if (
            isinstance(pattern, str)
            and not pattern.startswith("/")
            and any(sign in pattern for sign in "*?[")
        ):
            raise Refused(
                "%s would import %r, which containerd 1.6 looks for below its working directory"
                % (path, pattern),
                "write it as %s" % posixpath.join(posixpath.dirname(path), pattern),
            )


def _has_tls(registry: Mapping[str, Any]) -> bool:
    configs = registry.get("configs") or {}
    return any(isinstance(table, dict) and table.get("tls") for table in configs.values())
