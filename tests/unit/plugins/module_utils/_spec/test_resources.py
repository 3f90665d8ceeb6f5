# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits in the spec and back, in one normal form."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.further import options_of
from ansible_collections.community.containerd.plugins.module_utils._spec.resources import (
    OPTIONS,
    amount_in_words,
    check_memory,
    cpu_list,
    cpus_in_words,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import Identity, SpecWish
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

SAMPLES: dict[str, Any] = {
    "memory": 1 << 29,
    "memory_reservation": 1 << 28,
    "memory_swap": 1 << 30,
    "cpu_shares": 512,
    "cpu_period": 50000,
    "cpu_quota": 20000,
    "cpus": 150000,
    "cpuset_cpus": "0-2",
    "cpuset_mems": "0",
    "pids_limit": 100,
    "blkio_weight": 300,
    "cgroup_parent": "/batch",
}


def spec_of(**further: Any) -> dict[str, Any]:
    image = {"config": {"Cmd": ["x"]}}
    return build_spec(
        SpecWish(further=further), image, Identity(0, 0), namespace="default", container_id="web"
    )


def test_every_limit_has_a_sample_here() -> None:
    assert set(SAMPLES) == set(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_what_is_put_is_read_back(name: str) -> None:
    needs = {"memory": 1 << 29} if name == "memory_swap" else {}
    spec = spec_of(**{**needs, name: SAMPLES[name]})
    assert OPTIONS[name].read(spec) == SAMPLES[name]


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("memory", -1),
        ("cpu_shares", 0),
        ("cpu_period", 100000),
        ("cpu_quota", -1),
        ("cpus", -1),
        ("cpuset_cpus", ""),
        ("pids_limit", -1),
        ("blkio_weight", 0),
        ("cgroup_parent", "/default"),
    ],
)
def test_a_container_without_limits_says_so(name: str, default: Any) -> None:
    assert OPTIONS[name].read(spec_of()) == default


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("spec", [{}, {"linux": None}, {"linux": {"resources": None}}])
def test_any_spec_can_be_read(name: str, spec: dict[str, Any]) -> None:
    OPTIONS[name].read(spec)


@pytest.mark.parametrize(
    ("cpu", "quota"),
    [
        ({"quota": 50000, "period": 100000}, 50000),
        ({"quota": 25000, "period": 50000}, 50000),
        ({"quota": 50000}, 50000),
        ({"quota": -1, "period": 50000}, -1),
        ({"quota": 0}, -1),
    ],
)
def test_cpus_are_a_quota_of_any_period(cpu: dict[str, int], quota: int) -> None:
    assert OPTIONS["cpus"].read({"linux": {"resources": {"cpu": cpu}}}) == quota


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "0"),
        ("0,1,2", "0-2"),
        ("2, 0-1", "0-2"),
        ("0-0", "0"),
        ("3,1", "1,3"),
        ("a", "a"),
        ("3-1", "3-1"),
        ("", ""),
        ("0-99999999999", "0-99999999999"),
    ],
)
def test_lists_of_cpus_have_one_spelling(text: str, expected: str) -> None:
    assert cpu_list(text) == expected


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (-1, "unlimited"),
        (0, "0"),
        (1, "1"),
        (1024, "1k"),
        (1 << 29, "512m"),
        (3 << 30, "3g"),
        (1 << 40, "1t"),
    ],
)
def test_amounts_are_shown_as_users_write_them(amount: int, words: str) -> None:
    assert amount_in_words(amount) == words


def test_cpus_are_shown_as_users_write_them() -> None:
    assert [cpus_in_words(quota) for quota in (150000, -1)] == [1.5, "unlimited"]


@pytest.mark.parametrize(
    ("memory", "words"),
    [
        ({"swap": 5}, "set memory too"),
        ({"swap": 5, "limit": -1}, "set memory too"),
        ({"swap": 5, "limit": 6}, "less than memory"),
        ({"reservation": 7, "limit": 6}, "above memory"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(memory: dict[str, int], words: str) -> None:
    spec = spec_of()
    spec["linux"]["resources"]["memory"] = memory
    with pytest.raises(Refused, match=words):
        check_memory(spec)


@pytest.mark.parametrize(
    "memory", [{}, {"limit": 6, "swap": 6}, {"limit": 6, "swap": -1}, {"reservation": 6}, {"swap": -1}]
)
def test_limits_that_agree_are_taken(memory: dict[str, int]) -> None:
    spec = spec_of()
    spec["linux"]["resources"]["memory"] = memory
    check_memory(spec)


def test_options_are_put_in_their_own_order_whatever_the_users() -> None:
    assert list(options_of(["pids_limit", "memory"])) == ["memory", "pids_limit"]
