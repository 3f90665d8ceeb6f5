# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which keys of a config.toml containerd does not know, and takes without a word.

They are found by holding the file against containerd's own dump of it, which has the known ones only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .config import CRI, RUNC, at, version_of
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
            is_known = not _is_warned_of(path, warned)
        elif is_known:
            is_known = at(dump, path) is not None or not at(data, path)
        if is_known and "options" in path and path[-1] != "options":
            runtime = at(data, path[: path.index("options")])
            is_runc = isinstance(runtime, dict) and runtime.get("runtime_type") == RUNC
            is_known = not is_runc or path[path.index("options") + 1] in _RUNC_OPTIONS
        if not is_known:
            found.append(format_key(path))
    return found


def _is_warned_of(path: Path, warned: Iterable[str]) -> bool:
    """Whether the path, or a table above it, is named: by its end, since the plugin is named elsewhere in the line."""
    tables = [" " + " ".join(path[:length]) for length in range(1, len(path) + 1)]
    return any(key and table.endswith(" " + key) for key in warned for table in tables)
