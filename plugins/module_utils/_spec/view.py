# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back: what any container's spec says, in the words of the options, whoever made it.

Two specs that would behave alike look alike here, so that drift is a comparison of fields. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.value import Value
from .defaults import MOUNTS
from .mounts import normalise_mount
from .reading import (
    args_of,
    env_of,
    has_terminal,
    is_privileged,
    is_read_only,
    network_mode_of,
    user_of,
    working_dir_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._values.container import Identity, Mount

_HOST_FILES = ("/etc/hosts", "/etc/resolv.conf")
_GIVEN = {
    mount.destination: mount
    for mount in (
        normalise_mount({"destination": place, "type": kind, "source": source, "options": options.split(",")})
        for place, kind, source, options in MOUNTS
    )
}


class SpecView(Value):
    """A container's spec as a user would have asked for it."""

    args: tuple[str, ...]
    env: Mapping[str, str]
    working_dir: str
    user: Identity
    hostname: str
    tty: bool
    mounts: tuple[Mount, ...]  # by destination; without those that every container has
    network_mode: str  # none, host or ns:PATH
    read_only: bool
    privileged: bool
    annotations: Mapping[str, str]


def view_spec(spec: Mapping[str, Any], labels: Mapping[str, str]) -> SpecView:
    """``labels`` are the record's: ctr repeats them as annotations, which nobody asked for."""
    annotations: Mapping[str, str] = spec.get("annotations") or {}
    mode = network_mode_of(spec)
    return SpecView(
        args=args_of(spec),
        env=env_of(spec),
        working_dir=working_dir_of(spec),
        user=user_of(spec),
        hostname=spec.get("hostname") or "",
        tty=has_terminal(spec),
        mounts=_own_mounts(spec, mode),
        network_mode=mode,
        read_only=is_read_only(spec),
        privileged=is_privileged(spec),
        annotations={key: value for key, value in annotations.items() if labels.get(key) != value},
    )


def _own_mounts(spec: Mapping[str, Any], mode: str) -> tuple[Mount, ...]:
    mounts = (normalise_mount(entry) for entry in spec.get("mounts") or ())
    return tuple(sorted((m for m in mounts if not _is_given(m, mode)), key=lambda m: m.destination))


def _is_given(mount: Mount, mode: str) -> bool:
    """Whether a container has it unasked: the kernel's file systems, the host's names with its network."""
    if mode == "host" and mount.destination in _HOST_FILES and mount.source == mount.destination:
        return True
    if mount.type in ("cgroup", "cgroup2"):
        return mount.destination == "/sys/fs/cgroup"
    given = _GIVEN.get(mount.destination)
    if given is None or given.type != mount.type:
        return False
    return mount.type != "tmpfs" or given.options == mount.options
