# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rarer options: what users write, in one normal form, and what is refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.container_options import (
    FURTHER,
    want_container,
)
from ansible_collections.community.containerd.plugins.module_utils._reconcile.further_options import (
    parse_size,
)
from ansible_collections.community.containerd.plugins.module_utils._spec.further import options_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params


def wish(**said: Any) -> dict[str, Any]:
    return dict(want_container(params("ctr_container", name="web", **said)).wish.further)


def test_nothing_said_is_nothing_wished() -> None:
    assert wish() == {}


def test_each_of_them_is_an_option_of_the_spec() -> None:
    assert set(options_of(FURTHER)) == set(FURTHER)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512m", 512 << 20),
        ("512M", 512 << 20),
        ("512MB", 512 << 20),
        ("512MiB", 512 << 20),
        ("1.5g", 3 << 29),
        ("1 g", 1 << 30),
        ("1048576", 1 << 20),
        ("10b", 10),
        ("2t", 2 << 40),
        ("unlimited", -1),
        ("0", -1),
        ("-1", -1),
    ],
)
def test_sizes_are_taken_as_docker_takes_them(text: str, size: int) -> None:
    assert parse_size("memory", text) == size


@pytest.mark.parametrize("text", ["", "x", "5x", "-5", "1.2.3m", "9" * 19, "9999999p", "0.0001b", "m"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is not a size; write one such as 512m"):
        parse_size("memory", text)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            {"capabilities": ["net_admin", "CAP_KILL"]},
            {"capabilities": frozenset(("CAP_NET_ADMIN", "CAP_KILL"))},
        ),
        ({"devices": ["/dev/a"]}, {"devices": {"/dev/a": ("/dev/a", "rwm")}}),
        ({"devices": ["/dev/a:/dev/b"]}, {"devices": {"/dev/b": ("/dev/a", "rwm")}}),
        ({"devices": ["/dev/a:mr"]}, {"devices": {"/dev/a": ("/dev/a", "rm")}}),
        ({"devices": ["/dev/a:/dev/b:r"]}, {"devices": {"/dev/b": ("/dev/a", "r")}}),
        ({"cap_drop": ["all"]}, {"cap_drop": frozenset(("ALL",))}),
        ({"ulimits": ["nofile:1:2", "CORE=-1"]}, {"ulimits": {"nofile": (1, 2), "core": (2**64 - 1,) * 2}}),
        ({"sysctls": {"a": 1, "b": "x"}}, {"sysctls": {"a": "1", "b": "x"}}),
        ({"oom_score_adj": 0}, {"oom_score_adj": 0}),
        (
            {"security_opts": ["seccomp:unconfined", "no-new-privileges", "apparmor=x"]},
            {"security_opts": {"seccomp": "unconfined", "no-new-privileges": True, "apparmor": "x"}},
        ),
        ({"security_opts": ["no-new-privileges:false"]}, {"security_opts": {"no-new-privileges": False}}),
        ({"security_opts": ["seccomp=/a=b"]}, {"security_opts": {"seccomp": "/a=b"}}),
        ({"cpus": 1.5}, {"cpus": 150000}),
        ({"cpus": 0.0}, {"cpus": -1}),
        ({"cpu_quota": -1}, {"cpu_quota": -1}),
        ({"cpu_quota": 0}, {"cpu_quota": -1}),
        ({"cpu_quota": 20000, "cpu_period": 50000}, {"cpu_quota": 20000, "cpu_period": 50000}),
        ({"cpuset_cpus": "0,1"}, {"cpuset_cpus": "0-1"}),
        ({"pids_limit": 0}, {"pids_limit": -1}),
        ({"pids_limit": 5}, {"pids_limit": 5}),
        ({"blkio_weight": 10}, {"blkio_weight": 10}),
        ({"cgroup_parent": "batch/"}, {"cgroup_parent": "/batch"}),
        ({"cgroup_parent": "/a/b"}, {"cgroup_parent": "/a/b"}),
    ],
)
def test_limits_have_one_normal_form(said: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert wish(**said) == wanted


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"devices": ["null"]}, "write /dev/SOURCE:/dev/TARGET:rwm"),
        ({"devices": ["/dev/a:/dev/b:x"]}, "write /dev/SOURCE:/dev/TARGET:rwm"),
        ({"devices": ["/dev/a:b"]}, "write /dev/SOURCE:/dev/TARGET:rwm"),
        ({"capabilities": ["FLY"]}, "FLY is no capability"),
        ({"ulimits": ["nofile"]}, "write NAME:SOFT:HARD"),
        ({"ulimits": ["nofile:1:"]}, "write NAME:SOFT:HARD"),
        ({"ulimits": ["files:1:2"]}, "write NAME:SOFT:HARD"),
        ({"sysctls": {"a": True}}, "put the value in quotes"),
        ({"sysctls": {"a": 1.5}}, "put the value in quotes"),
        ({"oom_score_adj": 1001}, "take one from -1000 to 1000"),
        ({"security_opts": ["label=disable"]}, "is not known; use seccomp=unconfined"),
        ({"security_opts": ["seccomp=profile.json"]}, "is not known; use seccomp=unconfined"),
        ({"security_opts": ["no-new-privileges=yes"]}, "is not known; use seccomp=unconfined"),
        ({"cpus": 1.0, "cpu_quota": 20000}, "leave out cpu_quota"),
        ({"cpus": 1.0, "cpu_period": 20000}, "leave out cpu_quota"),
        ({"cpus": -1.0}, "is not a share of time"),
        ({"cpus": 0.001}, "is not a share of time"),
        ({"cpu_shares": 1}, "take one from 2 to 262144"),
        ({"cpu_period": 999}, "take one from 1000 to 1000000"),
        ({"cpu_quota": 999}, "take one from 1000 to"),
        ({"cpu_quota": -2}, "cannot be negative"),
        ({"pids_limit": -2}, "cannot be negative"),
        ({"blkio_weight": 5}, "take one from 10 to 1000"),
        ({"cpuset_cpus": "all"}, "write one such as 0-3,6"),
        ({"cpuset_cpus": ""}, "write one such as 0-3,6"),
        ({"cpuset_mems": "3-1"}, "write one such as 0-3,6"),
        ({"cgroup_parent": "/"}, "is not the path of a control group"),
        ({"cgroup_parent": "/a/../b"}, "is not the path of a control group"),
        ({"cgroup_parent": "system.slice:a:b"}, "is not the path of a control group"),
    ],
)
def test_what_no_container_can_have_is_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        wish(**said)
