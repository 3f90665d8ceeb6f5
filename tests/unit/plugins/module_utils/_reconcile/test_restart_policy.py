# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart policies, and the labels that containerd's monitor goes by."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.restart_policy import (
    check_policy,
    policy_labels,
    policy_of,
    want_policy,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused, Unsupported
from ansible_collections.community.containerd.tests.unit.fakes.world import ContainerWorld, ImageWorld

STATUS, POLICY = "containerd.io/restart.status", "containerd.io/restart.policy"


@pytest.mark.parametrize(
    ("policy", "retries", "wanted"),
    [
        (None, None, None),
        ("no", None, "no"),
        ("always", None, "always"),
        ("unless-stopped", None, "unless-stopped"),
        ("on-failure", None, "on-failure"),
        ("on-failure", 0, "on-failure"),
        ("on-failure", 3, "on-failure:3"),
        ("on-failure:3", None, "on-failure:3"),
    ],
)
def test_a_policy_has_one_spelling(policy: str | None, retries: int | None, wanted: str | None) -> None:
    assert want_policy(policy, retries) == wanted


@pytest.mark.parametrize(
    ("policy", "retries", "words"),
    [
        (None, 3, "mean nothing; set restart_policy=on-failure"),
        ("always", 3, "are for restart_policy=on-failure"),
        ("on-failure", -1, "count from 0"),
        ("on-failure:3", 3, "are for restart_policy=on-failure"),
        ("on-failure:0", None, "is not known"),
        ("sometimes", None, "is not known"),
        ("", None, "is not known"),
    ],
)
def test_what_is_no_policy_is_refused(policy: str | None, retries: int | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        want_policy(policy, retries)


@pytest.mark.parametrize("policy", ["no", "always", "unless-stopped", "on-failure:2"])
@pytest.mark.parametrize("runs", [True, False])
def test_labels_tell_the_policy_that_they_were_made_of(policy: str, runs: bool) -> None:
    made = {key: value for key, value in policy_labels(policy, runs=runs).items() if value}
    assert policy_of(made) == policy
    assert made.get(STATUS) == (None if policy == "no" else "running" if runs else "stopped")


@pytest.mark.parametrize(
    ("labels", "policy"),
    [
        ({}, "no"),
        ({POLICY: "always"}, "no"),
        ({STATUS: "running"}, "always"),
        ({STATUS: "running", POLICY: "no"}, "no"),
        ({STATUS: "stopped", POLICY: "on-failure:2"}, "on-failure:2"),
    ],
)
def test_labels_of_others_are_understood(labels: dict[str, str], policy: str) -> None:
    assert policy_of(labels) == policy


def test_an_old_monitor_is_not_told_what_it_would_misunderstand() -> None:
    world = ContainerWorld(ImageWorld())
    world.release = "1.6.20~ds1"
    for policy in (None, "no", "always"):
        check_policy(world, policy)
    with pytest.raises(
        Unsupported, match="containerd 1.6.20~ds1 knows no policy but always.*; use always or no"
    ):
        check_policy(world, "unless-stopped")
    world.release = "1.7.0"
    check_policy(world, "unless-stopped")
