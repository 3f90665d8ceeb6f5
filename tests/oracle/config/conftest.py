# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A containerd of each version that runs on the file which containerd_config wrote for it, one for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.tests.lab import packages, world
from ansible_collections.community.containerd.tests.lab.world import Lab
from ansible_collections.community.containerd.tests.oracle.config.configured import Configured


@pytest.fixture(scope="session", params=["2", "3"], ids=["file-2", "file-3"])
def configured(
    lab: Lab, version: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Configured]:
    """Of each version of the file that this containerd reads."""
    if version.startswith("1") and request.param == "3":
        pytest.skip("containerd 1 reads no file of version 3")
    release = packages.fetch([version])[version]
    made = Configured.create(release, lab.dir, tmp_path_factory.mktemp("configured"), request.param)
    try:
        made.daemon.start()
        yield made
    finally:
        world.remove_daemon(made.daemon)
