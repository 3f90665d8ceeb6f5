# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a container as one value, each checked where it is read. Pure."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .._values.container import Mount, SpecWish
from .._values.errors import Refused
from .._values.identifier import HOW_TO_NAME, is_identifier
from .._values.reference import Reference, parse_reference
from .._values.signals import parse_signal
from .._values.value import Value
from .logs import log_uri
from .registry_access import want_access, want_pull
from .words import texts, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.registry import RegistryAccess

EXTRA_MOUNTS = ("volumes", "tmpfs", "shm_size")
OWN_NAMES = ("dns_servers", "dns_search_domains", "dns_opts", "etc_hosts")
FURTHER = (  # options that few containers have
    "devices",
    "cap_drop",
    "capabilities",
    "ulimits",
    "oom_score_adj",
    "sysctls",
    "security_opts",
    "memory",
    "memory_reservation",
    "memory_swap",
    "cpu_shares",
    "cpu_period",
    "cpu_quota",
    "cpus",
    "cpuset_cpus",
    "cpuset_mems",
    "pids_limit",
    "blkio_weight",
    "cgroup_parent",
)


class DesiredContainer(Value):
    id: str
    namespace: str
    state: str
    image: str | None  # as written
    reference: Reference | None
    pull: str
    access: RegistryAccess
    wish: SpecWish
    labels: Mapping[str, str] | None
    log_uri: str | None
    runtime: str | None
    runtime_options: Mapping[str, Any]
    snapshotter: str | None
    restart_policy: str | None
    comparisons: Mapping[str, str]
    stop_signal: str | None
    stop_timeout_s: float | None  # None: as the container has it on record
    recreate: bool
    restart: bool

    def ignores(self, option: str) -> bool:
        """Whether the user leaves this option of an existing container alone."""
        return self.comparisons.get(option, self.comparisons.get("*")) == "ignore"

    @property
    def is_unresolved(self) -> bool:
        """Whether the wish has words that only this host gives a meaning."""
        wish = self.wish
        profile = wish.further.get("security_opts", {}).get("seccomp") or ""
        return bool(
            wish.env_files
            or (wish.network_mode or "").startswith("container:")
            or "ALL" in wish.further.get("capabilities", ())
            or profile.startswith("/")
            or wish.further.get("devices")
            or wish.cdi_devices
        )


def want_container(params: Mapping[str, Any]) -> DesiredContainer:
    image = params["image"]
    if params["stop_signal"]:
        parse_signal(params["stop_signal"])
    if (params["stop_timeout"] or 0) < 0:
        raise Refused("stop_timeout cannot be negative", "set it to zero or more")
    if params["tty"] and params["log_driver"] == "file":
        raise Refused("the runtime cannot write a terminal to a file", "set log_driver=none, or tty=false")
    if image and params["rootfs"]:
        raise Refused("image and rootfs exclude each other", "set one of them")
    runtime_options = _runtime_options(params)
    return DesiredContainer(
        id=check_id(params["name"]),
        namespace=params["namespace"],
        state=params["state"],
        image=image,
        reference=parse_reference(image) if image else None,
        pull=want_pull(params),
        access=want_access(params),
        wish=_wish(params, runtime_options),
        labels=texts(params, "labels"),
        log_uri=log_uri(params),
        runtime=params["runtime"],
        runtime_options=runtime_options,
        snapshotter=None if params["rootfs"] else params["snapshotter"],  # there is nothing for it to do
        restart_policy=_restart_policy(params),
        comparisons=_comparisons(params),
        stop_signal=params["stop_signal"],
        stop_timeout_s=None if params["stop_timeout"] is None else float(params["stop_timeout"]),
        recreate=params["recreate"],
        restart=params["restart"],
    )


def _runtime_options(params: Mapping[str, Any]) -> Mapping[str, Any]:
    if not params["runtime_options"]:
        return {}
    from .runtime_options import want_runtime_options

    return want_runtime_options(params["runtime_options"], params["runtime"])


def _restart_policy(params: Mapping[str, Any]) -> str | None:
    if params["restart_policy"] is None and params["restart_retries"] is None:
        return None
    from .restart_policy import want_policy

    return want_policy(params["restart_policy"], params["restart_retries"])


def _comparisons(params: Mapping[str, Any]) -> Mapping[str, str]:
    if not params["comparisons"]:
        return {}
    from .comparisons import want_comparisons

    return want_comparisons(params["comparisons"])


def check_id(text: str) -> str:
    """``text`` itself when containerd takes it as the id of a container."""
    if not is_identifier(text):
        raise Refused("container name %r is malformed" % text, HOW_TO_NAME)
    return text


def _wish(params: Mapping[str, Any], runtime_options: Mapping[str, Any]) -> SpecWish:
    return SpecWish(
        rootfs=_rootfs(params["rootfs"]),
        command=words(params["command"], "command"),
        entrypoint=words(params["entrypoint"], "entrypoint"),
        working_dir=params["working_dir"],
        env=texts(params, "env"),
        env_files=_list(params["env_file"]),
        user=params["user"],
        groups=_list(params["groups"]),
        tty=params["tty"],
        privileged=params["privileged"],
        systemd_cgroup=runtime_options.get("systemd_cgroup"),
        hostname=params["hostname"],
        mounts=tuple(_mount(item) for item in params["mounts"]) if params["mounts"] is not None else None,
        names=_own_names(params),
        cdi_devices=_cdi_devices(params["cdi_devices"]),
        network_mode=params["network_mode"],
        read_only=params["read_only"],
        annotations=texts(params, "annotations"),
        extra_mounts=_extra_mounts(params),
        overlay=_overlay(params["spec"]),
        further=_further(params),
    )


def _rootfs(path: str | None) -> str | None:
    if path is None:
        return None
    clean = posixpath.normpath("/" + path.lstrip("/"))
    if not path.startswith("/") or clean == "/":
        raise Refused(
            "rootfs %r is no directory to be the root of a container" % path, "name an absolute path"
        )
    return clean


def _overlay(spec: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    for key in ("process", "root", "linux", "annotations"):
        if spec and not isinstance(spec.get(key, {}), (dict, type(None))):
            raise Refused("spec.%s is no mapping" % key, "write it as the OCI runtime spec has it")
    return spec


def _extra_mounts(params: Mapping[str, Any]) -> Mapping[str, tuple[Mount, ...]]:
    said = {name: params[name] for name in EXTRA_MOUNTS if params[name] is not None}
    if not said:
        return said
    from .extra_mounts import want_extra_mounts

    return want_extra_mounts(said)


def _own_names(params: Mapping[str, Any]) -> Mapping[str, Any]:
    said = {name: params[name] for name in OWN_NAMES if params[name] is not None}
    if not said:
        return said
    from .own_names import want_own_names

    return want_own_names(said)


def _cdi_devices(names: Sequence[str] | None) -> Mapping[str, Any]:
    if not names:
        return {}
    from .cdi import want_cdi_devices

    return want_cdi_devices(names)


def _list(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _further(params: Mapping[str, Any]) -> Mapping[str, Any]:
    said = {name: params[name] for name in FURTHER if params[name] is not None}
    if not said:
        return said
    from .further_options import want_further

    return want_further(said)


def _mount(item: Mapping[str, Any]) -> Mount:
    kind, source = item["type"], item["source"]
    if kind == "bind" and not (source and source.startswith("/")):
        raise Refused(
            "the bind mount at %s has no absolute source" % item["target"], "set source to a path of the host"
        )
    options = list(item["options"] or ())
    if kind == "bind":
        options = ["rbind", *options, *filter(None, [item["propagation"]])]
    elif item["propagation"]:
        raise Refused("propagation of %s is for bind mounts" % item["target"], "remove it, or set type=bind")
    options.append("ro" if item["read_only"] else "rw")
    return Mount(item["target"], kind, source or kind, tuple(options))
