# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a container differs from what its user said, option by option, in the user's words.

Only what the user said is compared. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._spec.builder import choose_args
from .._spec.mounts import normalise_mount
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._spec.view import SpecView
    from .._values.container import Identity, Mount, SpecWish


class Difference(Value):
    """An option whose wish and present value are not the same."""

    option: str
    wanted: Any
    current: Any
    is_in_place: bool = False  # can change without making the container anew


def compare_spec(
    wish: SpecWish,
    identity: Identity | None,
    image: Mapping[str, Any],
    spec: Mapping[str, Any],
    view: SpecView,
) -> Iterator[Difference]:
    """``identity`` is the wish's user in numbers, ``image`` the config of the image, empty when it is gone.

    ``view`` is of ``spec``, which is asked itself for mounts: one that every container has may be wished for.
    """
    for option, wanted, current in _exact(wish, image, view):
        if wanted != current:
            yield Difference(option, wanted, current)
    for option, more, there in (
        ("env", wish.env, view.env),
        ("annotations", wish.annotations, view.annotations),
    ):
        yield from compare_subset(option, more, there)
    if identity is not None and not _is_same_user(wish.user or "", identity, view.user):
        yield Difference("user", wish.user, "%d:%d" % (view.user.uid, view.user.gid))
    yield from _compare_mounts(wish.mounts or (), spec.get("mounts") or ())


def _exact(wish: SpecWish, image: Mapping[str, Any], view: SpecView) -> Iterator[tuple[str, Any, Any]]:
    if wish.command is not None or wish.entrypoint is not None:
        yield "command", choose_args(wish, image.get("config") or {}), list(view.args)
    for option in ("working_dir", "hostname", "network_mode", "read_only"):
        wanted = getattr(wish, option)
        if wanted is not None:
            yield option, wanted, getattr(view, option)


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


def _compare_mounts(wanted: Iterable[Mount], current: Iterable[Mapping[str, Any]]) -> Iterator[Difference]:
    there = {mount.destination: mount for mount in map(normalise_mount, current)}
    normal = [normalise_mount(vars(mount)) for mount in wanted]
    if any(there.get(mount.destination) != mount for mount in normal):
        seen = [there[mount.destination] for mount in normal if mount.destination in there]
        yield Difference("mounts", [_words(mount) for mount in normal], [_words(mount) for mount in seen])


def _words(mount: Mount) -> dict[str, Any]:
    return {
        "target": mount.destination,
        "type": mount.type,
        "source": mount.source,
        "options": list(mount.options),
    }
