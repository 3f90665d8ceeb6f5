# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as different: only what was said, compared by what it means."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.drift import (
    compare_spec,
    compare_subset,
)
from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Identity,
    Mount,
    SpecWish,
)

IMAGE = {"config": {"Entrypoint": ["/entry"], "Cmd": ["serve"], "Env": ["PATH=/bin", "A=image"]}}
BIND = Mount("/data", "bind", "/srv", ("rbind", "rw"))
MADE = SpecWish(
    env={"A": "1", "B": "2"},
    working_dir="/srv",
    user="7:8",
    hostname="web",
    mounts=(BIND,),
    network_mode="none",
    read_only=True,
    annotations={"a": "1"},
)


def differences(wish: SpecWish, identity: Identity | None = None) -> list[tuple[str, Any, Any]]:
    spec = build_spec(MADE, IMAGE, Identity(7, 8, (8,)), namespace="default", container_id="web")
    found = compare_spec(wish, identity, IMAGE, spec)
    return [(each.option, each.wanted, each.current) for each in found]


@pytest.mark.parametrize(
    "wish",
    [
        SpecWish(),
        MADE,
        SpecWish(command=("serve",)),
        SpecWish(entrypoint=("/entry",), command=("serve",)),
        SpecWish(env={"A": "1"}),
        SpecWish(env={"PATH": "/bin"}),
        SpecWish(env={}),
        SpecWish(working_dir="/srv"),
        SpecWish(hostname="web"),
        SpecWish(network_mode="none"),
        SpecWish(read_only=True),
        SpecWish(annotations={"a": "1"}),
        SpecWish(annotations={}),
        SpecWish(mounts=()),
        SpecWish(mounts=(BIND,)),
        SpecWish(mounts=(Mount("/data/", "bind", "/srv", ("rw", "rbind")),)),
        SpecWish(mounts=(Mount("/proc", "proc", "proc", ("nosuid", "noexec", "nodev")),)),
    ],
)
def test_the_same_or_the_unsaid_is_no_difference(wish: SpecWish) -> None:
    assert differences(wish) == []


@pytest.mark.parametrize(
    ("wish", "option", "wanted", "current"),
    [
        (SpecWish(command=("other",)), "command", ["/entry", "other"], ["/entry", "serve"]),
        (SpecWish(entrypoint=("/init",)), "command", ["/init"], ["/entry", "serve"]),
        (SpecWish(env={"A": "2", "B": "2"}), "env", {"A": "2", "B": "2"}, {"A": "1", "B": "2"}),
        (SpecWish(env={"NEW": ""}), "env", {"NEW": ""}, {}),
        (SpecWish(working_dir="/"), "working_dir", "/", "/srv"),
        (SpecWish(hostname="db"), "hostname", "db", "web"),
        (SpecWish(network_mode="host"), "network_mode", "host", "none"),
        (SpecWish(read_only=False), "read_only", False, True),
        (SpecWish(annotations={"a": "2"}), "annotations", {"a": "2"}, {"a": "1"}),
    ],
)
def test_another_word_is_a_difference(wish: SpecWish, option: str, wanted: Any, current: Any) -> None:
    assert differences(wish) == [(option, wanted, current)]


@pytest.mark.parametrize(
    "mount",
    [
        Mount("/data", "bind", "/other", ("rbind", "rw")),
        Mount("/data", "bind", "/srv", ("rbind", "ro")),
        Mount("/data", "tmpfs", "tmpfs", ("rw",)),
        Mount("/elsewhere", "bind", "/srv", ("rbind", "rw")),
    ],
)
def test_another_mount_is_a_difference(mount: Mount) -> None:
    ((option, wanted, current),) = differences(SpecWish(mounts=(BIND, mount)))
    assert option == "mounts"
    assert [each["target"] for each in wanted] == ["/data", mount.destination]
    assert {each["source"] for each in current} == {"/srv"}


@pytest.mark.parametrize(
    ("user", "identity", "is_same"),
    [
        ("7:8", Identity(7, 8), True),
        ("7", Identity(7, 0), True),
        ("7", Identity(7, 99), True),
        ("web", Identity(7, 8), True),
        ("web", Identity(7, 9), False),
        ("7:9", Identity(7, 9), False),
        ("9", Identity(9, 8), False),
        ("9:8", Identity(9, 8), False),
    ],
)
def test_a_user_is_its_numbers_and_a_uid_alone_says_nothing_of_groups(
    user: str, identity: Identity, is_same: bool
) -> None:
    expected = [] if is_same else [("user", user, "7:8")]
    assert differences(SpecWish(user=user), identity) == expected


@pytest.mark.parametrize(
    ("wanted", "current", "shown"),
    [
        (None, {}, None),
        ({}, {"a": "1"}, None),
        ({"a": "1"}, {"a": "1", "b": "2"}, None),
        ({"a": "1"}, {}, {}),
        ({"a": "1"}, {"a": "2", "b": "2"}, {"a": "2"}),
        ({"a": "1", "b": "2"}, {"b": "2"}, {"b": "2"}),
    ],
)
def test_there_may_be_more_than_is_wanted(
    wanted: dict[str, str] | None, current: dict[str, str], shown: dict[str, str] | None
) -> None:
    found = list(compare_subset("labels", wanted, current, is_in_place=True))
    assert [each.current for each in found] == ([] if shown is None else [shown])
    assert all(each.is_in_place for each in found)
