# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and groups: from the user's words to the kernel's numbers, by the image's own passwd and group files.

As containerd does it (pkg/oci, WithUser and WithAdditionalGIDs). Pure: the files come in as text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .._values.container import Identity
from .._values.errors import NotFound, Refused
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_ID = 2**31 - 1  # runc takes no more
MAX_DIGITS = 20  # leading zeros included
_NUMBER = re.compile(r"[+-]?[0-9]+")


class UserName(Value):
    """``user`` or ``user:group``, each a number or a name; ``None`` where nothing was said."""

    user: int | str | None
    group: int | str | None

    @property
    def is_numbers(self) -> bool:
        """Whether it can be understood without the image's files."""
        return isinstance(self.user, int) and isinstance(self.group, int)


def parse_user(text: str) -> UserName:
    user, colon, group = text.partition(":")
    if ":" in group or (colon and not (user and group)):
        raise Refused("user %r is malformed" % text, "write user or user:group, as names or numbers")
    return UserName(_number_or_name(user), _number_or_name(group))


def resolve_identity(user: str, passwd: str, group: str) -> Identity:
    """Who ``user`` of a task is. Supplementary groups go only with a user who is named without a group.

    NotFound for a name that the files do not hold; a number may be unknown to them.
    """
    said = parse_user(user)
    uid, gid = _numbers(said, passwd, group)
    if said.group is not None:
        return Identity(uid, gid, (gid,))
    name = said.user if isinstance(said.user, str) else _name_of(uid, said, passwd)
    return Identity(uid, gid, _supplementary(name, gid, group))


def resolve_image_identity(user: str, passwd: str, group: str) -> Identity:
    """Who ``User`` of an image config is: its uid's supplementary groups, even when a group is named."""
    said = parse_user(user)
    uid, gid = _numbers(said, passwd, group)
    return Identity(uid, gid, _supplementary(_name_of(uid, said, passwd), gid, group))


def with_groups(identity: Identity, groups: Iterable[str], group: str) -> Identity:
    """``identity`` in these groups too, each a name of the image's group file or a number."""
    gids = dict.fromkeys((*identity.additional_gids, *group_ids(groups, group)))
    return identity.replace(additional_gids=tuple(gids))


def group_ids(groups: Iterable[str], group: str) -> tuple[int, ...]:
    said = map(_number_or_name, groups)
    return tuple(each if isinstance(each, int) else _gid_of(each or "", group) for each in said)


def _numbers(said: UserName, passwd: str, group: str) -> tuple[int, int]:
    uid, gid = (said.user, 0) if isinstance(said.user, int) else (0, 0)
    if said.user is not None and (isinstance(said.user, str) or said.group is None):
        entry = next((e for e in _entries(passwd, 4) if said.user in (e[0], int(e[2]))), None)
        if entry is not None:
            uid, gid = int(entry[2]), _id(entry[3])
        elif isinstance(said.user, str):
            raise NotFound(
                "the image's /etc/passwd has no user %r" % said.user, "name one that it has, or write a uid"
            )
    if said.group is None:
        return uid, gid
    return uid, said.group if isinstance(said.group, int) else _gid_of(said.group, group)


def _gid_of(name: str, group: str) -> int:
    for entry in _entries(group, 3):
        if entry[0] == name:
            return int(entry[2])
    raise NotFound("the image's /etc/group has no group %r" % name, "name one that it has, or write a gid")


def _name_of(uid: int, said: UserName, passwd: str) -> str:
    """Root is known by name even to an image without files."""
    if said.user is None:
        return "root"
    return next((entry[0] for entry in _entries(passwd, 3) if int(entry[2]) == uid), "")


def _supplementary(name: str, gid: int, group: str) -> tuple[int, ...]:
    """The groups that list ``name``, and the primary one, first unless it is among them (CVE-2022-36109)."""
    gids = tuple(
        int(entry[2])
        for entry in _entries(group, 4)
        if name and entry[0] != name and name in entry[3].split(",")
    )
    return gids if gid in gids else (gid, *gids)


def _entries(text: str, width: int) -> Iterator[list[str]]:
    """The lines of passwd or group with at least ``width`` fields and a valid number in the third."""
    for line in text.splitlines():
        fields = line.strip().split(":")
        if len(fields) >= width and _is_id(fields[2]):
            yield fields


def _id(text: str) -> int:
    return int(text) if _is_id(text) else 0


def _is_id(text: str) -> bool:
    """Python itself refuses to read numbers of thousands of digits, and an image may hold anything."""
    return text.isdecimal() and len(text) <= MAX_DIGITS and int(text) <= MAX_ID


def _number_or_name(text: str) -> int | str | None:
    if not _NUMBER.fullmatch(text):
        return text or None
    if len(text) > MAX_DIGITS or not 0 <= int(text) <= MAX_ID:
        raise Refused("user or group id %.20s is out of range" % text, "take one from 0 to %d" % MAX_ID)
    return int(text)
