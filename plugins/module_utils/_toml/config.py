# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""config.toml: where each setting stands, in the file versions 2, 3 and 4.

Pure. Version 2 is that of containerd 1.x, which 2.x converts at each start; in version 3 the CRI plugin is two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    Path = tuple[str, ...]

CRI = "io.containerd.grpc.v1.cri"
CRI_IMAGES = "io.containerd.cri.v1.images"
CRI_RUNTIME = "io.containerd.cri.v1.runtime"
TRANSFER = "io.containerd.transfer.v1.local"
RUNC = "io.containerd.runc.v2"
SUPPORTED = (2, 3, 4)
_DOWNLOADS = ("plugins", TRANSFER, "max_concurrent_downloads")
_OWN_DOWNLOADS = ("plugins", CRI_IMAGES, "max_concurrent_downloads")

_FETCHING = ("discard_unpacked_layers", "use_local_image_pull", "image_pull_with_sync_fs")

_TOP = {
    "imports": "imports",
    "disabled_plugins": "disabled_plugins",
    "required_plugins": "required_plugins",
    "oom_score": "oom_score",
    "root": "root",
    "state_dir": "state",
    "grpc": "grpc",
    "metrics": "metrics",
    "debug": "debug",
    "proxy_plugins": "proxy_plugins",
}
_SERVER = "io.containerd.server.v1."
# Of what stands in tables of the daemon, where files of version 4 have it; level and format of the log stay.
_IN_4: dict[Path, Path] = {
    **{
        ("grpc", key): ("plugins", _SERVER + "grpc", key)
        for key in ("address", "uid", "gid", "max_recv_message_size", "max_send_message_size")
    },
    **{
        ("grpc", "tcp_" + key): ("plugins", _SERVER + "grpc-tcp", key)
        for key in ("address", "tls_ca", "tls_cert", "tls_key", "tls_common_name")
    },
    **{("debug", key): ("plugins", _SERVER + "debug", key) for key in ("address", "uid", "gid")},
    **{("debug", key): ("debug", key) for key in ("level", "format")},
    ("metrics", "address"): ("plugins", _SERVER + "metrics", "address"),
}
_MOVED_IN_4 = ("grpc", "metrics", "debug")
_OLD: dict[str, Path] = {
    "sandbox_image": (CRI, "sandbox_image"),
    "registry_config_path": (CRI, "registry", "config_path"),
    "snapshotter": (CRI, "containerd", "snapshotter"),
    "default_runtime": (CRI, "containerd", "default_runtime_name"),
    "runtimes": (CRI, "containerd", "runtimes"),
    "max_concurrent_downloads": (CRI, "max_concurrent_downloads"),
    "discard_unpacked_layers": (CRI, "containerd", "discard_unpacked_layers"),
    "cdi": (CRI, "enable_cdi"),
    "cdi_spec_dirs": (CRI, "cdi_spec_dirs"),
    "cni_conf_dir": (CRI, "cni", "conf_dir"),
    "cni_bin_dirs": (CRI, "cni", "bin_dir"),
}
_NEW: dict[str, Path] = {
    "sandbox_image": (CRI_IMAGES, "pinned_images", "sandbox"),
    "registry_config_path": (CRI_IMAGES, "registry", "config_path"),
    "snapshotter": (CRI_IMAGES, "snapshotter"),
    "default_runtime": (CRI_RUNTIME, "containerd", "default_runtime_name"),
    "runtimes": (CRI_RUNTIME, "containerd", "runtimes"),
    "max_concurrent_downloads": (TRANSFER, "max_concurrent_downloads"),
    "discard_unpacked_layers": (CRI_IMAGES, "discard_unpacked_layers"),
    "cdi": (CRI_RUNTIME, "enable_cdi"),
    "cdi_spec_dirs": (CRI_RUNTIME, "cdi_spec_dirs"),
    "cni_conf_dir": (CRI_RUNTIME, "cni", "conf_dir"),
    "cni_bin_dirs": (CRI_RUNTIME, "cni", "bin_dirs"),
}
LOGICAL = ("systemd_cgroup", *_TOP, *_OLD)


def version_of(data: Mapping[str, Any]) -> int:
    """The version of a file; one that says nothing is of version 1."""
    version = data.get("version", 1)
    return version if isinstance(version, int) else 0


def paths_of(data: Mapping[str, Any]) -> Mapping[str, Path]:
    """Where the settings of the CRI plugin stand. A file of version 2 with the plugins of 3 is found on AKS."""
    plugins = data.get("plugins")
    plugins = plugins if isinstance(plugins, dict) else {}  # else containerd tells
    is_new = version_of(data) > 2 or CRI_IMAGES in plugins or CRI_RUNTIME in plugins
    return _NEW if is_new else _OLD


def patch_for(wishes: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch that grants ``wishes``, the logical options by name, to a file that holds ``data``."""
    paths = paths_of(data)
    patch: dict[str, Any] = {}
    for name, value in wishes.items():
        if name in _TOP:
            if name in _MOVED_IN_4 and version_of(data) > 3:
                for key, item in value.items():
                    _put(patch, _place_in_4(name, key), item)
            else:
                patch[_TOP[name]] = value
        elif name in paths:
            _put(patch, ("plugins", *paths[name]), _form(name, value, paths))
    if paths is _NEW and {"max_concurrent_downloads", "discard_unpacked_layers"} & set(wishes):
        _put_downloads(patch, wishes, data)
    if "systemd_cgroup" in wishes:
        _put_cgroups(patch, wishes["systemd_cgroup"], data, paths)
    return patch


def daemon_place(data: Mapping[str, Any], table: str, key: str) -> Path:
    """Where a key of the daemon's tables grpc, metrics and debug stands in a file that holds ``data``."""
    return _IN_4.get((table, key), (table, key)) if version_of(data) > 3 else (table, key)


def _place_in_4(table: str, key: str) -> Path:
    if (table, key) not in _IN_4:
        raise Refused(
            "%s.%s has no such place in files of version 4" % (table, key), "write it under settings"
        )
    return _IN_4[table, key]


def _put_downloads(patch: dict[str, Any], wishes: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """The CRI plugin's own number of downloads: there where it fetches by itself, and else not.

    Any value there but the default keeps it from having the transfer service fetch, which has the other number.
    """
    number = wishes.get("max_concurrent_downloads", at(data, _DOWNLOADS))
    own = at(data, _OWN_DOWNLOADS)
    images = at(data, ("plugins", CRI_IMAGES)) or {}
    discards = {k: v for k, v in wishes.items() if k == "discard_unpacked_layers"}
    if fetches_by_itself({**images, **discards}):
        if number is not None:
            _put(patch, _OWN_DOWNLOADS, number)
    elif own is not None and ("max_concurrent_downloads" in wishes or own == number):
        _put(patch, _OWN_DOWNLOADS, None)


def fetches_by_itself(images: Mapping[str, Any]) -> bool:
    """Whether the CRI plugin of containerd 2 does not have the transfer service fetch images, by its table."""
    registry = images.get("registry")
    tables = registry if isinstance(registry, dict) else {}
    return (
        any(images.get(name) for name in _FETCHING)
        or images.get("disable_snapshot_annotations") is False
        or any(tables.get(name) for name in ("mirrors", "configs", "auths"))
    )


def _form(name: str, value: Any, paths: Mapping[str, Path]) -> Any:
    if name == "cni_bin_dirs" and paths is _OLD:
        if len(value) != 1:
            raise Refused("files of version 2 have room for one directory in cni_bin_dirs", "name one")
        return value[0]
    return value


def _put_cgroups(
    patch: dict[str, Any], value: bool, data: Mapping[str, Any], paths: Mapping[str, Path]
) -> None:
    """For runc, and for each other runtime whose shim is runc's, unless the user says otherwise for it."""
    where = ("plugins", *paths["runtimes"])
    there, said = at(data, where) or {}, at(patch, where) or {}
    names = ["runc"]
    for name in {**there, **said}:
        tables = [table for table in (said.get(name, {}), there.get(name)) if isinstance(table, dict)]
        types = [table["runtime_type"] for table in tables if table.get("runtime_type")]
        if name not in names and said.get(name, {}) is not None and (types or [RUNC])[0] == RUNC:
            names.append(name)
    for name in names:
        path = (*where, name, "options", "SystemdCgroup")
        if at(patch, path) is None:
            _put(patch, path, value)


def completed(patch: dict[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """``patch`` with what containerd needs beside it, lest a setting is lost or a runtime breaks.

    In version 2, a table of runtimes takes the place of the built-in one on 1.x, runc and its type included; and 2.x
    drops the snapshotter of a file that has none.
    """
    paths = paths_of(data)
    runtimes = ("plugins", *paths["runtimes"])
    said, there = at(patch, runtimes) or {}, at(data, runtimes) or {}
    names = [name for name, table in said.items() if table is not None]
    if (
        paths is _OLD
        and at(patch, ("plugins", CRI, "containerd"))
        and "runc" not in names
        and not there.get("runc")
    ):
        names.append("runc")
    for name in names:
        path = (*runtimes, name, "runtime_type")
        if at(patch, path) is None and at(data, path) is None:
            _put(patch, path, RUNC)
    return patch


def removal_of(patch: Mapping[str, Any]) -> dict[str, Any]:
    """The patch that removes every key that ``patch`` names, whatever their values are."""
    return {
        key: removal_of(value) if isinstance(value, dict) and value else None for key, value in patch.items()
    }


def at(data: Mapping[str, Any], path: Path) -> Any:
    """What stands there; None when nothing does."""
    found: Any = data
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _put(patch: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        below = patch.setdefault(part, {})
        patch = below if isinstance(below, dict) else {}
    patch[path[-1]] = value
