# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A config.toml of version 2 as one of version 3, with nothing lost on the way and its comments kept.

containerd 2 converts a file of version 2 at each start, and drops the snapshotter of one without runtimes and of each
runtime. Here headers are renamed where they stand, and the keys that part from their table move with their comments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .config import CRI, CRI_IMAGES, CRI_RUNTIME, TRANSFER, at, fetches_by_itself
from .document import parse_toml
from .editing import edited, inserted, is_same_but_for_empty_tables
from .statements import statements
from .writing import format_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .statements import Path, Statement

_RENAMED = {
    "io.containerd.internal.v1.restart": "io.containerd.monitor.container.v1.restart",
    "io.containerd.monitor.v1.cgroups": "io.containerd.monitor.task.v1.cgroups",
}
_SHORT = {"cri": CRI}  # names that files without a version use
_SERVER = (  # what stays where it was
    *("disable_tcp_service", "stream_server_address", "stream_server_port", "stream_idle_timeout"),
    *("enable_tls_streaming", "x509_key_pair_streaming"),
)
_IMAGES = (
    *("registry", "image_decryption", "image_pull_progress_timeout", "image_pull_with_sync_fs"),
    "stats_collect_period",
)
_OF_SNAPSHOTS = ("snapshotter", "disable_snapshot_annotations", "discard_unpacked_layers")


def place_in_3(path: Path, downloads: str = TRANSFER) -> Path:
    """Where what stands at ``path`` in a file of version 2 belongs in one of version 3.

    ``downloads``: the plugin that takes the number of downloads for pods.
    """
    if len(path) < 2 or path[0] != "plugins":
        return path
    plugin, rest = path[1], path[2:]
    if plugin != CRI:
        return ("plugins", _RENAMED.get(plugin, plugin), *rest)
    if not rest:
        return ("plugins", CRI_RUNTIME)
    if rest[0] in _SERVER:
        return path
    if rest[0] in _IMAGES:
        return ("plugins", CRI_IMAGES, *rest)
    if rest == ("sandbox_image",):
        return ("plugins", CRI_IMAGES, "pinned_images", "sandbox")
    if rest == ("max_concurrent_downloads",):  # in the images plugin it would turn the transfer service off
        return ("plugins", downloads, "max_concurrent_downloads")
    if rest[0] == "containerd" and len(rest) == 2 and rest[1] in _OF_SNAPSHOTS:
        return ("plugins", CRI_IMAGES, rest[1])
    if rest == ("cni", "bin_dir"):
        return ("plugins", CRI_RUNTIME, "cni", "bin_dirs")
    if rest[:2] == ("containerd", "runtimes") and rest[3:] == ("sandbox_mode",):
        return ("plugins", CRI_RUNTIME, *rest[:3], "sandboxer")
    return ("plugins", CRI_RUNTIME, *rest)


def migrated(text: str, path: str) -> str:
    """``text``, the content of the file ``path``, in version 3; Refused when it has a form that cannot be moved."""
    data = parse_toml(text, path)
    if at(data, ("plugins", "io.containerd.runtime.v2.task", "sched_core")):
        raise Refused(
            "%s sets sched_core, which is a variable of shims in version 3" % path,
            "write env = ['SCHED_CORE=1'] for io.containerd.shim.v1.manager by hand",
        )
    # Where the transfer service has a number of its own, or is not used, that of the CRI plugin stays with it.
    has_own = at(data, ("plugins", TRANSFER, "max_concurrent_downloads")) is not None
    images = at(_converted(data, TRANSFER, path), ("plugins", CRI_IMAGES)) if not has_own else None
    downloads = CRI_IMAGES if has_own or fetches_by_itself(images or {}) else TRANSFER
    wanted = _converted(data, downloads, path)
    wanted["version"] = 3
    text = _moved(text, downloads)
    patch: dict[str, Any] = {"version": 3}
    for name in ("disabled_plugins", "required_plugins"):
        if isinstance(data.get(name), list):
            patch[name] = wanted[name] = [_RENAMED.get(item, item) for item in data[name]]
    bin_dirs = _as_list(wanted, ("plugins", CRI_RUNTIME, "cni", "bin_dirs"))
    if bin_dirs:
        patch["plugins"] = {CRI_RUNTIME: {"cni": bin_dirs}}
    text = edited(text, patch, path)
    if not is_same_but_for_empty_tables(parse_toml(text, path), wanted):
        raise Refused(
            "%s has a form in which its tables cannot be moved one by one" % path,
            "write its tables with headers of their own, or set base to default",
        )
    return text


def _as_list(wanted: dict[str, Any], place: Path) -> dict[str, Any]:
    """The patch for the one directory of version 2, put into ``wanted`` too."""
    table: Any = wanted
    for part in place[:-1]:
        table = table.get(part, {})
    if not isinstance(table.get(place[-1]), str):
        return {}
    table[place[-1]] = [table[place[-1]]]
    return {place[-1]: table[place[-1]]}


def with_version(text: str, path: str) -> str:
    """``text``, of a file without a version that has no plugins in it, as one of version 2."""
    data = parse_toml(text, path)
    patch: dict[str, Any] = {"version": 2}
    for name in ("disabled_plugins", "required_plugins"):
        if isinstance(data.get(name), list):
            patch[name] = [_SHORT.get(item, item) for item in data[name]]
    return edited(text, patch, path)


def _converted(data: Mapping[str, Any], downloads: str, file: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in _leaves(data, ()):
        table = found
        place = place_in_3(path, downloads)
        if at(found, place) is not None:
            raise Refused(
                "%s has %s under its old and its new name" % (file, format_key(place)), "remove one of them"
            )
        for part in place[:-1]:
            table = table.setdefault(part, {})
        table[place[-1]] = value
    return found


def _leaves(table: Mapping[str, Any], above: Path) -> list[tuple[Path, Any]]:
    found: list[tuple[Path, Any]] = []
    for key, value in table.items():
        path = (*above, key)
        found += _leaves(value, path) if isinstance(value, dict) else [(path, value)]
    return found


def _moved(text: str, downloads: str) -> str:
    """Headers renamed, and pairs that part from their table put under another header."""
    moving: list[tuple[Path, str]] = []
    for each in reversed(list(statements(text))):
        if each.is_header:
            text = _renamed(text, each)
            continue
        place = place_in_3(each.path, downloads)
        home = place_in_3(each.table) if each.table else ()
        if place[: len(home)] == home and len(place) > len(home):
            if place != (*home, *each.path[len(each.table) :]):  # another name in the same table
                text = _with_name(text, each, place[len(home) :])
            continue
        start = _start_with_comments(text, each)
        name = format_key(place[-1:])
        line = text[start : each.start] + each.indent + name + " = " + text[each.value_start : each.end]
        moving.append((place, line))
        text = text[:start] + text[each.end :]
    for place, line in reversed(moving):
        text = inserted(text, place[:-1], line if line.endswith("\n") else line + "\n")
    return text


def _renamed(text: str, header: Statement) -> str:
    place = place_in_3(header.path)
    if place == header.path:
        return text
    old = text[header.start : header.end]
    close = "]]" if header.is_array else "]"
    tail = old[old.rindex(close, 0, _end_of_name(old)) :]
    return (
        text[: header.start]
        + header.indent
        + close.replace("]", "[")
        + format_key(place)
        + tail
        + text[header.end :]
    )


def _end_of_name(line: str) -> int:
    """Behind the bracket that closes a header; a comment may have more of them."""
    quote = ""
    for position, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#":
            return position
    return len(line)


def _with_name(text: str, pair: Statement, name: Path) -> str:
    return text[: pair.start] + pair.indent + format_key(name) + " = " + text[pair.value_start :]


def _start_with_comments(text: str, pair: Statement) -> int:
    """Where the comments begin that stand right above the pair."""
    start = pair.start
    while start:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].lstrip().startswith("#"):
            break
        start = above
    return start
