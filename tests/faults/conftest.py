# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the lab, and a registry that lies."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.tests.lab import namespaces
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry
from ansible_collections.community.containerd.tests.lab.plugin import (
    daemon,
    lab,
    namespace,
    private_daemon,
    pytest_generate_tests,
)
from ansible_collections.community.containerd.tests.lab.world import Lab

# Fixtures of every test below this folder.
__all__ = ["daemon", "lab", "namespace", "private_daemon", "pytest_generate_tests"]


@pytest.fixture
def liar() -> Iterator[LyingRegistry]:
    with LyingRegistry() as registry:
        yield registry


@pytest.fixture
def newest(lab: Lab) -> Daemon:
    """One daemon, for what no daemon has a say in."""
    return lab.daemons[-1]


@pytest.fixture
def newest_namespace(newest: Daemon) -> Iterator[str]:
    name = f"{newest.namespace}-{uuid.uuid4().hex[:8]}"
    yield name
    namespaces.remove(newest, name)
