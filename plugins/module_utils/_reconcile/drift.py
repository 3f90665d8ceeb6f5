# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a container differs from what its user said, option by option, in the user's words.

Only what the user said is compared. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._spec.reading import (
    args_of,
    env_of,
    has_terminal,
    is_privileged,
    is_read_only,
    network_mode_of,
    rootfs_of,
    user_of,
    working_dir_of,
)
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._values.container import Identity, Mount, SpecWish


class Difference(Value):
    """An option whose wish and present value are not the same."""

    option: str
    wanted: Any
    current: Any
    is_in_place: bool = False  # can change without making the container anew


def compare_spec(
    wish: SpecWish, identity: Identity | None, image: Mapping[str, Any], spec: Mapping[str, Any]
) -> Iterator[Difference]:
    """``identity`` is the wish's user in numbers, ``image`` the config of the image, empty when it is gone."""
    for option, wanted, current in _exact(wish, image, spec):
        if wanted != current:
            yield Difference(option, wanted, current)
    yield from compare_subset("env", wish.env, env_of(spec))
    yield from compare_subset("annotations", wish.annotations, spec.get("annotations") or {})
    if identity is not None:
        user = user_of(spec)
        if not _is_same_user(wish.user or "", identity, user):
            yield Difference("user", wish.user, "%d:%d" % (user.uid, user.gid))
    if wish.mounts:
        yield from _compare_mounts(wish.mounts, spec.get("mounts") or ())
    for option, mounts in wish.extra_mounts.items():
        yield from _compare_mounts(mounts, spec.get("mounts") or (), option)
    if wish.overlay:
        from .._spec.overlay import merged, touched

        if merged(spec, wish.overlay) != spec:
            yield Difference("spec", dict(wish.overlay), touched(spec, wish.overlay))
    if wish.cdi_devices:
        from .._spec.cdi import has_edits

        there = [name for name, edits in wish.cdi_devices.items() if has_edits(spec, edits)]
        if there != list(wish.cdi_devices):
            yield Difference("cdi_devices", list(wish.cdi_devices), there)
    if wish.further:
        from .further import compare_further

        yield from compare_further(wish.further, spec)


def _exact(
    wish: SpecWish, image: Mapping[str, Any], spec: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    if wish.rootfs is not None:
        yield "rootfs", wish.rootfs, rootfs_of(spec)
    if wish.command is not None or wish.entrypoint is not None:
        from .._spec.arguments import choose_args

        yield "command", choose_args(wish, image.get("config") or {}), list(args_of(spec))
    if wish.working_dir is not None:
        yield "working_dir", wish.working_dir.rstrip("/") or "/", working_dir_of(spec)
    if wish.hostname is not None:
        yield "hostname", wish.hostname, spec.get("hostname") or ""
    if wish.network_mode is not None:
        yield "network_mode", wish.network_mode, network_mode_of(spec)
    for option, said, read in (
        ("tty", wish.tty, has_terminal),
        ("privileged", wish.privileged, is_privileged),
    ):
        if said is not None:
            yield option, said, read(spec)
    if wish.read_only is not None:
        yield "read_only", wish.read_only, is_read_only(spec)


def compare_subset(
    option: str, wanted: Mapping[str, str] | None, current: Mapping[str, str], *, is_in_place: bool = False
) -> Iterator[Difference]:
    """What is wanted must be there; there may be more."""
    if wanted and any(current.get(key) != value for key, value in wanted.items()):
        there = {key: current[key] for key in wanted if key in current}
        yield Difference(option, dict(wanted), there, is_in_place)


def _is_same_user(said: str, wanted: Identity, current: Identity) -> bool:
    """A number alone says nothing of the group."""
    return wanted.uid == current.uid and (said.isdecimal() or wanted.gid == current.gid)


def _compare_mounts(
    wanted: Iterable[Mount], current: Iterable[Mapping[str, Any]], option: str = "mounts"
) -> Iterator[Difference]:
    from .._spec.mounts import normalise_mount

    there = {mount.destination: mount for mount in map(normalise_mount, current)}
    normal = [normalise_mount(vars(mount)) for mount in wanted]
    if any(there.get(mount.destination) != mount for mount in normal):
        seen = [there[mount.destination] for mount in normal if mount.destination in there]
        yield Difference(option, [_words(mount) for mount in normal], [_words(mount) for mount in seen])


def mount_words(mounts: Iterable[Mount]) -> list[dict[str, Any]]:
    """Mounts as the user names them, in the one spelling that is compared."""
    from .._spec.mounts import normalise_mount

    return [_words(normalise_mount(vars(mount))) for mount in mounts]


def _words(mount: Mount) -> dict[str, Any]:
    return {
        "target": mount.destination,
        "type": mount.type,
        "source": mount.source,
        "options": list(mount.options),
    }
