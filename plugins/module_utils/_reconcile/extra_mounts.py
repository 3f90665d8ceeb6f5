# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts in short: docker's volumes and tmpfs, and the size of /dev/shm. Loaded when one of them is said. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.container import Mount
from .._values.errors import Refused
from .further_options import parse_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
_VOLUME_OPTIONS = frozenset(("ro", "rw", "bind", "rbind", "nosuid", "nodev", "noexec", *_PROPAGATIONS))
_OPPOSITES = {"exec": "noexec", "suid": "nosuid", "dev": "nodev"}


def want_extra_mounts(said: Mapping[str, Any]) -> dict[str, tuple[Mount, ...]]:
    return {name: _WANT[name](value) for name, value in said.items()}


def _volumes(lines: Sequence[str]) -> tuple[Mount, ...]:
    return tuple(_volume(line) for line in lines)


def _volume(line: str) -> Mount:
    source, _colon, rest = line.partition(":")
    target, _colon, words = rest.partition(":")
    options = words.split(",") if words else []
    if not source.startswith("/") or not target.startswith("/"):
        raise Refused(
            "volume %r does not name two absolute paths: containerd has no volumes of its own" % line,
            "write /HOST/PATH:/CONTAINER/PATH, with :ro or other options behind it",
        )
    unknown = sorted(set(options) - _VOLUME_OPTIONS)
    if unknown:
        raise Refused("volume %r has the unknown option %s" % (line, unknown[0]), "remove it, or use mounts")
    kind = "bind" if "bind" in options else "rbind"
    access = "ro" if "ro" in options else "rw"
    rest_of = [option for option in options if option not in ("bind", "rbind", "ro", "rw")]
    return Mount(target, "bind", source, (kind, *rest_of, access))


def _tmpfs(lines: Sequence[str]) -> tuple[Mount, ...]:
    """Nothing in it is a device, runs or changes who runs it, unless its options say so."""
    mounts = []
    for line in lines:
        target, _colon, words = line.partition(":")
        if not target.startswith("/"):
            raise Refused("tmpfs %r is not an absolute path" % line, "write /PATH or /PATH:OPTION,OPTION")
        options = words.split(",") if words else []
        usual = [no for yes, no in _OPPOSITES.items() if not {yes, no} & set(options)]
        mounts.append(Mount(target, "tmpfs", "tmpfs", (*usual, *options)))
    return tuple(mounts)


def _shm(text: str) -> tuple[Mount, ...]:
    size = parse_size("shm_size", text)
    if size < 0:
        raise Refused("shm_size %r is not a size" % text, "write one such as 128m")
    return (Mount("/dev/shm", "tmpfs", "shm", ("nosuid", "noexec", "nodev", "mode=1777", "size=%d" % size)),)


_WANT = {"volumes": _volumes, "tmpfs": _tmpfs, "shm_size": _shm}
