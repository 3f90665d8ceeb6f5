# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What passes containerd's own check of a config.toml and breaks something afterwards.

Each of these was tried on 1.6, 1.7 and 2.1: the daemon does not start, its CRI plugin does not, pods fail later, or a
setting has no effect. What only a start can show, such as a port that is taken, is not here.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .config import CRI, CRI_IMAGES, CRI_RUNTIME, RUNC, at, daemon_place, paths_of, version_of
from .document import parse_toml
from .editing import same
from .writing import format_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._values.config import Verdict

    Path = tuple[str, ...]
    Fault = tuple[str, str]  # what is wrong, behind the name of the file, and the remedy

_LONGEST_SOCKET = 104 - len(".ttrpc")  # containerd puts that behind the address for its second socket
_DURATION = re.compile(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)")  # time.ParseDuration
_LISTENING = re.compile(r"(?:\S*[^:\s]|\[\S*\])?:\d{1,5}")
_IMAGE = re.compile(r"(?:[\w.-]+(?::\d+)?/)?[a-z0-9._/-]+(?::[\w.-]+)?(?:@[a-z0-9+._-]+:[0-9a-fA-F]+)?")
_LEVELS = ("", "trace", "debug", "info", "warn", "warning", "error", "fatal", "panic")
_PROXIES = ("snapshot", "content", "diff", "sandbox")
_RUNC_FLAGS = ("SystemdCgroup", "NoPivotRoot", "NoNewKeyring")
_CRI_DURATIONS = (
    (CRI, "stream_idle_timeout"),
    *((plugin, "image_pull_progress_timeout") for plugin in (CRI, CRI_IMAGES)),
    *((plugin, "drain_exec_sync_io_timeout") for plugin in (CRI, CRI_RUNTIME)),
)
_SNAPSHOTTERS = "io.containerd.snapshotter.v1."


def check_traps(data: Mapping[str, Any], path: str) -> None:
    """Refused when a file that holds ``data`` steps into one of the traps."""
    for faults in (_daemon_faults, _value_faults, _runtime_faults, _cri_faults, _import_faults):
        for what, remedy in faults(data, path):
            raise Refused("%s would have %s" % (path, what), remedy)


def _daemon_faults(data: Mapping[str, Any], path: str) -> Iterator[Fault]:
    """With which the daemon ends, or listens elsewhere, whatever its plugins are."""
    address = at(data, daemon_place(data, "grpc", "address"))
    root, state = data.get("root") or "/var/lib/containerd", data.get("state") or "/run/containerd"
    for name, value in (("root", root), ("state", state), ("grpc.address", address)):
        if isinstance(value, str) and value and not value.startswith("/"):
            yield "%s = %r, which is relative to wherever containerd is started" % (name, value), _WHOLE
    if root == state:
        yield "%r as both root and state, and containerd does not start then" % root, "name two directories"
    if isinstance(address, str) and len(address.encode()) > _LONGEST_SOCKET:
        yield (
            "a grpc.address of %d bytes, and no socket has a path of more than %d"
            % (len(address), _LONGEST_SOCKET),
            "name a shorter one",
        )
    both = sorted(_words(data, "disabled_plugins") & _words(data, "required_plugins"))
    if both:
        yield "%s both disabled and required, and containerd does not start then" % both[0], "name it once"


_WHOLE = "write the whole path, from / on"


def _value_faults(data: Mapping[str, Any], path: str) -> Iterator[Fault]:
    """Values of the right type that cannot be."""
    score = data.get("oom_score")
    if isinstance(score, int) and not -1000 <= score <= 1000:
        yield "oom_score = %d, which the kernel does not take" % score, "name one from -1000 to 1000"
    level, form = at(data, ("debug", "level")), at(data, ("debug", "format"))
    if isinstance(level, str) and level.lower() not in _LEVELS:
        yield (
            "debug.level = %r, and containerd does not start then" % level,
            "name one of %s" % ", ".join(_LEVELS[1:]),
        )
    if isinstance(form, str) and form not in ("", "text", "json"):
        yield "debug.format = %r, and containerd does not start then" % form, "name text or json"
    metrics = at(data, daemon_place(data, "metrics", "address"))
    if isinstance(metrics, str) and metrics and not _LISTENING.fullmatch(metrics):
        yield "metrics.address = %r, and containerd does not start then" % metrics, "write it as HOST:PORT"
    durations: list[Path] = [("plugins", *each) for each in _CRI_DURATIONS]
    durations += [("timeouts", name) for name in _table(data, ("timeouts",))]
    for place in durations:
        value = at(data, place)
        if isinstance(value, str) and value and not _DURATION.fullmatch(value):
            yield "%s = %r, which is no duration" % (format_key(place), value), "write it as 30s, 5m or 1h"


def _runtime_faults(data: Mapping[str, Any], path: str) -> Iterator[Fault]:
    names = paths_of(data)
    where = ("plugins", *names["runtimes"])
    runtimes = _table(data, where)
    default = at(data, ("plugins", *names["default_runtime"])) or "runc"
    is_replacing = version_of(data) < 3 and runtimes
    if default not in runtimes and (is_replacing or default != "runc"):
        yield (
            "no runtime %r, which is the default, and without which the CRI plugin does not start" % default,
            "declare it under runtimes, or correct default_runtime",
        )
    for name, runtime in runtimes.items():
        kind = runtime.get("runtime_type") if isinstance(runtime, dict) else None
        if kind == "":
            yield "a runtime %s of no type, so that its pods would fail" % name, "name its runtime_type"
        for flag in _RUNC_FLAGS if kind == RUNC else ():
            value = at(data, (*where, name, "options", flag))
            if value is not None and not isinstance(value, bool):
                yield (
                    "%s = %r for the runtime %s, so that its pods would fail" % (flag, value, name),
                    "write true or false, without quotes",
                )


def _cri_faults(data: Mapping[str, Any], path: str) -> Iterator[Fault]:
    names = paths_of(data)
    registry = _table(data, ("plugins", *names["registry_config_path"][:-1]))
    if registry.get("config_path") and (registry.get("mirrors") or _has_tls(registry)):
        yield (
            "registry.mirrors or registry.configs.*.tls beside registry.config_path, with which the CRI plugin"
            " does not start",
            "set migrate_registry_mirrors, which makes hosts.toml files of them",
        )
    directories = registry.get("config_path")
    for each in directories.split(":") if isinstance(directories, str) and directories else ():
        if not each.startswith("/"):
            yield "registry.config_path = %r, which is relative" % directories, _WHOLE
    image = at(data, ("plugins", *names["sandbox_image"]))
    if isinstance(image, str) and not _IMAGE.fullmatch(image):
        yield "%r as the pause image, which is no name of one" % image, "name it with its registry and tag"
    cni = _table(data, ("plugins", CRI_RUNTIME, "cni"))
    if cni.get("bin_dir") and cni.get("bin_dirs"):
        yield "both bin_dir and bin_dirs in cni", "set bin_dir to null under settings"
    for name, plugin in _table(data, ("proxy_plugins",)).items():
        kind = plugin.get("type") if isinstance(plugin, dict) else None
        if isinstance(plugin, dict) and kind not in _PROXIES:
            yield (
                "a proxy plugin %s of type %r, and containerd does not start then" % (name, kind),
                "name one of %s" % ", ".join(_PROXIES),
            )
        elif isinstance(plugin, dict) and not plugin.get("address"):
            yield "a proxy plugin %s without an address, which cannot be asked" % name, "name its socket"


def _import_faults(data: Mapping[str, Any], path: str) -> Iterator[Fault]:
    for pattern in _words(data, "imports"):
        if not pattern.startswith("/") and any(sign in pattern for sign in "*?["):
            yield (
                "the import %r, which containerd 1.6 looks for below its working directory" % pattern,
                "write it as %s" % posixpath.join(posixpath.dirname(path), pattern),
            )


def check_snapshotter(data: Mapping[str, Any], path: str, verdict: Verdict) -> None:
    """Refused when pods would have a snapshotter that this containerd has not."""
    if CRI in _words(data, "disabled_plugins"):
        return
    name = at(data, ("plugins", *paths_of(data)["snapshotter"])) or "overlayfs"
    plugin = _SNAPSHOTTERS + str(name)
    proxies = _table(parse_toml(verdict.dump, "the dump"), ("proxy_plugins",))
    known = _table(parse_toml(verdict.default, "the default configuration"), ("plugins",))
    known_names = [each[len(_SNAPSHOTTERS) :] for each in known if each.startswith(_SNAPSHOTTERS)]
    if plugin in _words(data, "disabled_plugins"):
        raise Refused(
            "%s would disable the snapshotter %s, which pods have" % (path, name),
            "name another snapshotter, or disable %s too" % CRI,
        )
    if known_names and name not in (*known_names, *proxies):
        raise Refused(
            "%s would have the snapshotter %r, which this containerd has not" % (path, name),
            "name one of %s, declare it under proxy_plugins, or set allow_unknown"
            % ", ".join(sorted(known_names)),
        )


def check_imports(
    added: Iterable[tuple[Path, Any]], data: Mapping[str, Any], path: str, verdict: Verdict
) -> None:
    """Refused when a further file takes away what ``added`` puts into this one, or is of a version that does."""
    is_replacing = version_of(parse_toml(verdict.default, "the default configuration")) < 3
    version = version_of(data)
    added = [(place, value) for place, value in added if value is not None and value != {}]
    for name, there in verdict.imports.items():
        if version_of(there) > version:
            raise Refused(
                "%s would import %s, which is of version %d and not %d, and has the meaning of both files changed"
                % (path, name, version_of(there), version),
                "write that file with version = %d, or set migrate" % version,
            )
        for place, value in added:
            if place[:1] == ("plugins",) and is_replacing and at(there, place[:2]) is not None:
                raise Refused(
                    "%s would have no effect in %s, since containerd 1 takes the whole table %s from %s"
                    % (format_key(place), path, format_key(place[:2]), name),
                    "write the setting there, or move what that file has into this one",
                )
            said = at(there, place)
            if said is not None and not isinstance(said, list) and not same(said, value):
                raise Refused(
                    "%s would have no effect in %s, since %s, which it imports, says otherwise"
                    % (format_key(place), path, name),
                    "write the setting there, or remove it there",
                )


def _has_tls(registry: Mapping[str, Any]) -> bool:
    configs = registry.get("configs") or {}
    return any(isinstance(table, dict) and table.get("tls") for table in configs.values())


def _table(data: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    found = at(data, path)
    return found if isinstance(found, dict) else {}


def _words(data: Mapping[str, Any], name: str) -> set[str]:
    found = data.get(name)
    return {each for each in found if isinstance(each, str)} if isinstance(found, list) else set()
