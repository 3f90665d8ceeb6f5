# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OCI runtime spec's rules (runtime-spec config.md, config-linux.md), and runc's where it asks more.

One rule, one line of text: who breaks it is refused before the daemon hears of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._values.errors import Refused

_NAMESPACES = frozenset(("pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"))
_UNSPEAKABLE = re.compile("[\0\ud800-\udfff]")  # NUL ends a C string; the others are what was not UTF-8
_MAX_ID = 2**31 - 1  # runc takes no more
_MAX_HOSTNAME = 64  # sethostname(2)


def check_spec(spec: Mapping[str, Any]) -> None:
    """Nothing when the spec keeps the rules; Refused naming the first one that it breaks."""
    for complaint, remedy in _complaints(spec):
        raise Refused("the container's spec is not valid: " + complaint, remedy)


def check_process(process: Mapping[str, Any]) -> None:
    """The same for a process alone, as an exec has it."""
    for rules in (_texts("process", process), _process(process)):
        for complaint, remedy in rules:
            raise Refused("the process is not valid: " + complaint, remedy)


def _complaints(spec: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not spec.get("ociVersion"):
        yield "it has no ociVersion", "name one, such as 1.0.2"
    if not (spec.get("root") or {}).get("path"):
        yield "it has no root file system", "set image or rootfs"
    yield from _texts("", spec)
    yield from _process(spec.get("process") or {})
    yield from _mounts(spec.get("mounts") or ())
    yield from _linux(spec, spec.get("linux") or {})
    if "" in (spec.get("annotations") or {}):
        yield "an annotation has no name", "name every annotation"


def _texts(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if _UNSPEAKABLE.search(value):
            yield "%s holds a NUL or is not UTF-8: %r" % (path, value), "correct the text"
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(path, key)
            yield from _texts(path + "." + key if path else key, item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(path, item)


def _process(process: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not process.get("args") or not process["args"][0]:
        yield "it runs nothing", "set command"
    if not process.get("cwd", "").startswith("/"):
        yield "working directory %r is not absolute" % process.get("cwd", ""), "begin working_dir with /"
    for entry in process.get("env") or ():
        if entry.find("=") < 1:
            yield "environment entry %r is not NAME=VALUE" % entry, "correct env"
    user = process.get("user") or {}
    for number in (user.get("uid", 0), user.get("gid", 0), *(user.get("additionalGids") or ())):
        if not 0 <= number <= _MAX_ID:
            yield "user or group id %d is out of range" % number, "take one from 0 to %d" % _MAX_ID
    limits = process.get("rlimits") or ()
    if len({limit["type"] for limit in limits}) < len(limits):
        yield "a limit is set twice", "set each of ulimits once"
    for limit in limits:
        if limit["soft"] > limit["hard"]:
            yield "the soft limit of %s is above the hard one" % limit["type"], "lower it"


def _mounts(mounts: Any) -> Iterator[tuple[str, str]]:
    for mount in mounts:
        if not mount.get("destination", "").startswith("/"):
            yield "mount destination %r is not absolute" % mount.get("destination", ""), "begin it with /"
        if mount.get("type") == "bind" and not mount.get("source", "").startswith("/"):
            yield "bind source %r is not absolute" % mount.get("source", ""), "begin it with /"


def _linux(spec: Mapping[str, Any], linux: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    namespaces = linux.get("namespaces") or ()
    kinds = [item.get("type", "") for item in namespaces]
    for kind in set(kinds) - _NAMESPACES:
        yield "namespace %r is not known" % kind, "use one of: " + ", ".join(sorted(_NAMESPACES))
    if len(set(kinds)) < len(kinds):
        yield "a namespace is listed twice", "list it once"
    for item in namespaces:
        if not item.get("path", "/").startswith("/"):
            yield "namespace path %r is not absolute" % item["path"], "begin it with /"
    hostname = spec.get("hostname", "")
    if hostname and "uts" not in kinds:
        yield "a hostname needs a UTS namespace of its own", "leave hostname out"
    if len(hostname.encode(errors="replace")) > _MAX_HOSTNAME:
        yield "hostname %r is longer than %d bytes" % (hostname, _MAX_HOSTNAME), "shorten it"
    for path in (*(linux.get("maskedPaths") or ()), *(linux.get("readonlyPaths") or ())):
        if not path.startswith("/"):
            yield "masked or read-only path %r is not absolute" % path, "begin it with /"
