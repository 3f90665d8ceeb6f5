# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A containerd for each test that asks for one: bare, or with a memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd


@pytest.fixture
def fake() -> Iterator[FakeContainerd]:
    """Nothing is answered but what the test says."""
    with FakeContainerd() as daemon:
        yield daemon


@pytest.fixture
def store(fake: FakeContainerd) -> Store:
    """What `fake` remembers."""
    return Store(fake)
