# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container runs and with which variables: the image's words, the user's over them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._values.container import Identity, SpecWish

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # for an image that names none


def choose_args(wish: SpecWish, image: Mapping[str, Any]) -> list[str]:
    """Docker's rule: an entrypoint replaces the image's and its command; a command replaces the command."""
    if wish.entrypoint is None:
        entrypoint, command = image.get("Entrypoint") or (), image.get("Cmd") or ()
    else:
        entrypoint, command = wish.entrypoint, ()
    args = [*entrypoint, *(command if wish.command is None else wish.command)]
    if not args:
        raise Refused("neither the task nor the image says what the container runs", "set command")
    return args


def choose_env(wish: SpecWish, image: Mapping[str, Any]) -> list[str]:
    """The image's variables, or a PATH, with the user's over those of the same name, then the others."""
    return merge_env(image.get("Env") or (PATH,), wish.env or {})


def merge_env(env: Iterable[str], said: Mapping[str, str]) -> list[str]:
    merged = {entry.partition("=")[0]: entry for entry in env}
    merged.update((key, key + "=" + value) for key, value in said.items())
    return list(merged.values())


def with_terminal(env: list[str]) -> list[str]:
    """A terminal has a type: xterm, unless somebody said another."""
    return env if any(entry.startswith("TERM=") for entry in env) else [*env, "TERM=xterm"]


def user_of(identity: Identity) -> dict[str, Any]:
    user: dict[str, Any] = {"uid": identity.uid, "gid": identity.gid}
    if identity.additional_gids:
        user["additionalGids"] = list(identity.additional_gids)
    return user
