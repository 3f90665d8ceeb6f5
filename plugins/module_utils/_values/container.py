# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers as containerd records them, and what a user may say about one.

``None`` means "not said by the user". Knows neither how a spec is built nor where records live.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Container(Value):
    """A container record (containerd.services.containers.v1.Container) with its OCI spec as an object."""

    id: str
    image: str
    labels: Mapping[str, str]
    runtime: str
    snapshotter: str
    snapshot_key: str
    spec: Mapping[str, Any]
    created_at: str = ""
    updated_at: str = ""
    extra: Mapping[str, Any] = MappingProxyType({})  # fields of the message that only the store reads


class Mount(Value):
    """One entry of the OCI spec's ``mounts`` (runtime-spec config.md, "Mounts")."""

    destination: str
    type: str
    source: str
    options: tuple[str, ...] = ()


class SnapshotMount(Value):
    """One of the mounts that make a snapshot visible (containerd.types.Mount), in the order they stack."""

    type: str
    source: str
    target: str = ""
    options: tuple[str, ...] = ()


class Host(Value):
    """What a host lends to a container that shares its network or is privileged."""

    hostname: str
    capabilities: tuple[str, ...]
    devices: tuple[Mapping[str, Any], ...] = ()  # entries of the OCI spec's linux.devices


class Identity(Value):
    """Who a process runs as: numbers, as the kernel knows them."""

    uid: int
    gid: int
    additional_gids: tuple[int, ...] = ()


class SpecWish(Value):
    """What the user said about the OCI spec of a container."""

    rootfs: str | None = None  # a directory of the host, instead of a snapshot of an image
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    working_dir: str | None = None
    env: Mapping[str, str] | None = None
    env_files: tuple[str, ...] | None = None  # to be read before a spec is built
    user: str | None = None
    groups: tuple[str, ...] | None = None
    hostname: str | None = None
    tty: bool | None = None
    mounts: tuple[Mount, ...] | None = None
    extra_mounts: Mapping[str, tuple[Mount, ...]] = MappingProxyType({})  # by the option that said them
    names: Mapping[str, Any] = MappingProxyType({})  # said by dns_* and etc_hosts
    files: tuple[tuple[Mount, str], ...] = ()  # made for them, each with its text
    cdi_devices: Mapping[str, Any] = MappingProxyType({})  # by name: what CDI adds for each
    network_mode: str | None = None  # "none" (a namespace of its own), "host", "ns:PATH" or "container:NAME"
    read_only: bool | None = None
    privileged: bool | None = None
    systemd_cgroup: bool | None = None  # whether systemd makes its cgroup, as the runtime's options say
    annotations: Mapping[str, str] | None = None
    overlay: Mapping[str, Any] | None = None  # parts of a spec, laid over what all the rest amounts to
    further: Mapping[str, Any] = MappingProxyType({})  # rarer options, as _spec/further has them


class ImageFacts(Value):
    """What a container takes over from its image."""

    name: str  # of the image record
    labels: Mapping[str, str]  # of the image record
    config: Mapping[str, Any]  # the image config, as a whole
    chain_id: str  # of the top layer: the parent of the container's snapshot; '' without layers


NO_IMAGE = ImageFacts("", {}, {}, "")  # for a container on a directory of the host


class Creation(Value):
    """A container to be made."""

    id: str
    image: str  # name of the image record; '' for a container on a directory of the host
    wish: SpecWish
    labels: Mapping[str, str]
    runtime: str | None  # None: the namespace's default
    stop_signal: str | None  # None: the image's
    runtime_options: Mapping[str, Any] = MappingProxyType({})
