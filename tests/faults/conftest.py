# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the lab, and a registry that lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.tests.faults.stage import Stage
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry
from ansible_collections.community.containerd.tests.lab.plugin import (
    daemon,
    lab,
    namespace,
    newest,
    newest_namespace,
    private_daemon,
    pytest_generate_tests,
)
from ansible_collections.community.containerd.tests.lab.world import Lab

# Fixtures of every test below this folder.
__all__ = [
    "daemon",
    "lab",
    "namespace",
    "newest",
    "newest_namespace",
    "private_daemon",
    "pytest_generate_tests",
]


@pytest.fixture
def liar() -> Iterator[LyingRegistry]:
    with LyingRegistry() as registry:
        yield registry


@pytest.fixture
def stage(lab: Lab, daemon: Daemon, namespace: str) -> Stage:
    return Stage(lab, daemon, namespace)
