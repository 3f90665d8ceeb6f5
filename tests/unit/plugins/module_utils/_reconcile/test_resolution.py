# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words that only the host gives a meaning: files, another container's network, all capabilities."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.resolution import (
    parse_env_file,
    parse_profile,
    resolve,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import SpecWish
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.world import ContainerWorld, ImageWorld


@pytest.fixture
def world() -> ContainerWorld:
    made = ContainerWorld(ImageWorld())
    made.files = {"/a": "A=1\nB=1\n", "/b": "B=2\n", "/profile": '{"defaultAction": "SCMP_ACT_LOG"}'}
    return made


@pytest.mark.parametrize(
    ("text", "env"),
    [
        ("", {}),
        ("A=1\n# no\n\n  B = 2\n".replace("B =", "B="), {"A": "1", "B": " 2"}),
        ("A='quoted' # not a comment", {"A": "'quoted' # not a comment"}),
        ("A=1=2", {"A": "1=2"}),
        ("A=", {"A": ""}),
        ("A=1\r\nB=2", {"A": "1", "B": "2"}),
    ],
)
def test_a_file_has_a_variable_a_line(text: str, env: dict[str, str]) -> None:
    assert parse_env_file("/f", text) == env


@pytest.mark.parametrize("line", ["A", "=1", "A =1"])
def test_other_lines_are_refused_by_their_number_alone(line: str) -> None:
    with pytest.raises(Refused, match="line 2 of env_file /f is not NAME=VALUE; correct the file") as caught:
        parse_env_file("/f", "X=secret\n" + line)
    assert "secret" not in str(caught.value)


def test_later_files_win_and_the_task_over_all(world: ContainerWorld) -> None:
    wish = SpecWish(env_files=("/a", "/b"), env={"C": "3"})
    assert resolve(world, wish).env == {"A": "1", "B": "2", "C": "3"}
    assert resolve(world, wish.replace(env={"B": "3"})).env == {"A": "1", "B": "3"}


def test_the_network_of_a_container_is_that_of_its_process(world: ContainerWorld) -> None:
    world.declare("db", "running")
    pid = world.tasks_of["db"].pid
    assert resolve(world, SpecWish(network_mode="container:db")).network_mode == "ns:/proc/%d/ns/net" % pid


@pytest.mark.parametrize("status", ["absent", "stopped"])
def test_a_container_that_does_not_run_has_no_network(world: ContainerWorld, status: str) -> None:
    world.declare("db", status)
    with pytest.raises(Refused, match="container db, which does not run; start that container first"):
        resolve(world, SpecWish(network_mode="container:db"))


@pytest.mark.parametrize(
    ("further", "names"),
    [
        ({}, {"CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"}),
        ({"cap_drop": frozenset(("CAP_KILL",))}, {"CAP_CHOWN", "CAP_SYS_ADMIN"}),
    ],
)
def test_all_capabilities_are_the_hosts(
    world: ContainerWorld, further: dict[str, Any], names: set[str]
) -> None:
    wish = SpecWish(further={**further, "capabilities": frozenset(("ALL",))})
    assert resolve(world, wish).further["capabilities"] == names


def test_a_profile_is_read(world: ContainerWorld) -> None:
    wish = SpecWish(further={"security_opts": {"seccomp": "/profile", "apparmor": "x"}})
    found = resolve(world, wish).further["security_opts"]
    assert found == {"seccomp": {"defaultAction": "SCMP_ACT_LOG"}, "apparmor": "x"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[]", "has no defaultAction"),
        ("{}", "has no defaultAction"),
        ('{"defaultAction": "x", "archMap": []}', "written for docker"),
        ('{"defaultAction": "x", "syscalls": [{"includes": {"caps": ["x"]}}]}', "written for docker"),
    ],
)
def test_what_a_runtime_would_misread_is_refused(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        parse_profile("/p", text)
