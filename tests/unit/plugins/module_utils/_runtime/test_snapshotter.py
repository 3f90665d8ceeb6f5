# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's snapshotter, else the namespace's, else containerd's own."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.snapshotter import (
    choose_snapshotter,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure, Refused
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status

LABEL = "containerd.io/defaults/snapshotter"


@pytest.mark.parametrize(
    ("wish", "default", "chosen"),
    [
        (None, None, "overlayfs"),
        ("", None, "overlayfs"),
        (None, "native", "native"),
        (None, "", "overlayfs"),
        ("native", None, "native"),
        ("native", "overlayfs", "native"),
    ],
)
def test_the_wish_comes_first(
    fake: FakeContainerd, store: Store, wish: str | None, default: str | None, chosen: str
) -> None:
    store.space().labels.update({} if default is None else {LABEL: default})
    assert choose_snapshotter(fake.session(), wish) == chosen


def test_one_that_is_not_loaded_is_refused_by_name(fake: FakeContainerd, store: Store) -> None:
    with pytest.raises(Refused, match="no snapshotter 'zfs'") as caught:
        choose_snapshotter(fake.session(), "zfs")
    assert "overlayfs or native" in caught.value.remedy
    assert (caught.value.call, caught.value.code) == ("snapshots.Stat", "INVALID_ARGUMENT")


def test_another_trouble_is_not_called_a_wrong_name(fake: FakeContainerd, store: Store) -> None:
    fake.fail("snapshots.Stat", Status(2, "the database is closed"))
    with pytest.raises(Failure, match="database is closed"):
        choose_snapshotter(fake.session(), "native")
