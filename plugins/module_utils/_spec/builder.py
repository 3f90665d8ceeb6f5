# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's OCI runtime spec, from what the user said and what the image says.

``build_spec`` reads as the list of its steps; a step changes the spec that has just been made for this call.
Pure: what the host contributes comes in as a value.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .arguments import choose_args, choose_env, merge_env, user_of, with_terminal
from .capabilities import NAMES
from .defaults import capability_sets, default_spec
from .mounts import is_bind, place_of
from .validate import check_spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._values.container import Host, Identity, Mount, SpecWish


def build_spec(
    wish: SpecWish,
    image_config: Mapping[str, Any],
    identity: Identity,
    *,
    namespace: str,
    container_id: str,
    host: Host | None = None,
) -> dict[str, Any]:
    """The spec for a container with this id; Refused where the wish breaks the runtime spec's rules.

    ``host`` is needed for a privileged container and for the host's network.
    """
    image: Mapping[str, Any] = image_config.get("config") or {}
    spec = default_spec(namespace, container_id)
    process = spec["process"]
    process["args"] = choose_args(wish, image)
    process["env"] = choose_env(wish, image)
    process["cwd"] = wish.working_dir or posixpath.join("/", image.get("WorkingDir") or "/")
    process["user"] = user_of(identity)
    if wish.rootfs:
        spec["root"]["path"] = wish.rootfs
    if wish.tty:
        process["terminal"] = True
        process["env"] = with_terminal(process["env"])
    if wish.hostname:
        spec["hostname"] = wish.hostname
    if wish.read_only:
        spec["root"]["readonly"] = True
    if wish.annotations:
        spec["annotations"] = dict(wish.annotations)
    if wish.privileged:
        _grant_all(spec, host)
    _choose_network(spec, wish, host)
    _mount(spec, (*(wish.mounts or ()), *(m for mounts in wish.extra_mounts.values() for m in mounts)))
    if wish.files:
        _mount(spec, [mount for mount, _text in wish.files])
    if wish.further:
        from .further import put_further

        put_further(spec, wish.further)
    for edits in wish.cdi_devices.values():
        from .cdi import put_edits

        if edits:
            put_edits(spec, edits)
    if wish.systemd_cgroup:
        from .resources import hand_to_systemd

        hand_to_systemd(spec, namespace, wish.further.get("cgroup_parent"))
    if not wish.privileged and "seccomp" not in (wish.further.get("security_opts") or {}):
        from .security import confine

        confine(spec)
    if wish.overlay:
        from .overlay import merged

        spec = merged(spec, wish.overlay)
    check_spec(spec)
    return spec


def _grant_all(spec: dict[str, Any], host: Host | None) -> None:
    """Privileged as ctr means it: every capability and device, nothing masked, /sys to be written to."""
    linux = spec["linux"]
    spec["process"]["capabilities"] = capability_sets(host.capabilities if host else NAMES)
    del linux["maskedPaths"], linux["readonlyPaths"]
    linux["resources"]["devices"] = [{"allow": True, "access": "rwm"}]
    if host and host.devices:
        linux["devices"] = [dict(device) for device in host.devices]
    for mount in spec["mounts"]:
        if mount["type"] == "sysfs":
            mount["options"] = ["rw" if option == "ro" else option for option in mount["options"]]


def _choose_network(spec: dict[str, Any], wish: SpecWish, host: Host | None) -> None:
    mode = wish.network_mode or "none"
    namespaces = spec["linux"]["namespaces"]
    if mode == "host":
        namespaces[:] = [item for item in namespaces if item["type"] != "network"]
        spec["mounts"] += [
            {"destination": path, "type": "bind", "source": path, "options": ["rbind", "ro"]}
            for path in ("/etc/hosts", "/etc/resolv.conf")
        ]
        if host and not (wish.env and "HOSTNAME" in wish.env):
            spec["process"]["env"] = merge_env(spec["process"]["env"], {"HOSTNAME": host.hostname})
    elif mode.startswith("ns:"):
        next(item for item in namespaces if item["type"] == "network")["path"] = mode[len("ns:") :]
    elif mode != "none":
        raise Refused("network_mode %r is not known" % mode, "set it to none, host or ns:PATH")


def _mount(spec: dict[str, Any], mounts: Iterable[Mount]) -> None:
    """The user's mounts, each in place of the default one at the same destination."""
    entries = [_mount_entry(mount) for mount in mounts]
    taken = {place_of(entry) for entry in entries}
    spec["mounts"] = [entry for entry in spec["mounts"] if place_of(entry) not in taken] + entries


def _mount_entry(mount: Mount) -> dict[str, Any]:
    options = list(mount.options)
    if mount.type == "bind" and not is_bind(options):
        options.insert(0, "rbind")  # runc goes by the option, not by the type
    return {
        "destination": mount.destination,
        "type": mount.type,
        "source": mount.source or mount.type,
        "options": options,
    }
