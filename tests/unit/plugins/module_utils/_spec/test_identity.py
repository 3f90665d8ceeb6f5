# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users and groups by the files of an image, as containerd understands them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.identity import (
    parse_user,
    resolve_identity,
    resolve_image_identity,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import Identity
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused

PASSWD = """\
root:x:0:0:root:/root:/bin/sh
alice:x:1000:100:Alice:/home/alice:/bin/sh
bob:x:1001:1001::/:/bin/sh

broken
worse:x:many:0::/:/bin/sh
alice:x:9:9:the second of the name:/:/bin/sh
"""
GROUP = """\
root:x:0:root
wheel:x:10:root,alice
users:x:100:alice
audio:x:29:alice,bob
bob:x:1001:bob
short:x:7
worse:x:many:alice
"""


@pytest.mark.parametrize(
    ("user", "identity"),
    [
        ("", Identity(0, 0, (0, 10))),
        ("root", Identity(0, 0, (0, 10))),
        ("0", Identity(0, 0, (0, 10))),
        ("alice", Identity(1000, 100, (10, 100, 29))),
        ("1000", Identity(1000, 100, (10, 100, 29))),
        ("bob", Identity(1001, 1001, (1001, 29))),
        ("7", Identity(7, 0, (0,))),
        ("1000:100", Identity(1000, 100, (100,))),
        ("alice:audio", Identity(1000, 29, (29,))),
        ("alice:5", Identity(1000, 5, (5,))),
        ("1000:audio", Identity(1000, 29, (29,))),
        ("+7", Identity(7, 0, (0,))),
    ],
)
def test_a_user_of_a_task_is_understood_as_ctr_does(user: str, identity: Identity) -> None:
    assert resolve_identity(user, PASSWD, GROUP) == identity


@pytest.mark.parametrize(
    ("user", "identity"),
    [
        ("", Identity(0, 0, (0, 10))),
        ("alice", Identity(1000, 100, (10, 100, 29))),
        ("alice:audio", Identity(1000, 29, (10, 100, 29))),
        ("1000:5", Identity(1000, 5, (5, 10, 100, 29))),
        ("7:8", Identity(7, 8, (8,))),
    ],
)
def test_a_user_of_an_image_keeps_supplementary_groups(user: str, identity: Identity) -> None:
    assert resolve_image_identity(user, PASSWD, GROUP) == identity


@pytest.mark.parametrize(("user", "identity"), [("", Identity(0, 0, (0,))), ("5", Identity(5, 0, (0,)))])
def test_an_image_without_files_knows_root_and_numbers(user: str, identity: Identity) -> None:
    assert resolve_identity(user, "", "") == identity


@pytest.mark.parametrize(
    ("user", "file"),
    [
        ("carol", "/etc/passwd"),
        ("worse", "/etc/passwd"),
        ("carol:1", "/etc/passwd"),
        ("1:staff", "/etc/group"),
    ],
)
def test_an_unknown_name_says_which_file_lacks_it(user: str, file: str) -> None:
    with pytest.raises(NotFound, match="image's " + file):
        resolve_identity(user, PASSWD, GROUP)


@pytest.mark.parametrize("user", [":", "a:", ":b", "a:b:c", "-1", "2147483648", "1:2147483648", "1:-1"])
def test_a_malformed_user_is_refused(user: str) -> None:
    with pytest.raises(Refused):
        resolve_identity(user, PASSWD, GROUP)


@pytest.mark.parametrize(
    ("text", "user", "group", "is_numbers"),
    [
        ("", None, None, False),
        ("1", 1, None, False),
        ("1:2", 1, 2, True),
        ("a:2", "a", 2, False),
        ("2147483647", 2147483647, None, False),
    ],
)
def test_only_two_numbers_need_no_files(text: str, user: Any, group: Any, is_numbers: bool) -> None:
    said = parse_user(text)
    assert (said.user, said.group, said.is_numbers) == (user, group, is_numbers)


@pytest.mark.parametrize("number", ["\u00b2", "9" * 5000, "-1", "", "1e3"])
def test_what_is_no_number_in_a_file_of_the_image_is_passed_over(number: str) -> None:
    passwd = "web:x:%s:0::/:\nweb:x:7:8::/:\n" % number
    assert resolve_identity("web", passwd, "").uid == 7
    assert resolve_identity("web:www", passwd, "www:x:%s:\nwww:x:9:\n" % number).gid == 9


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(Refused, match="out of range"):
        resolve_identity("9" * 5000, "", "")
