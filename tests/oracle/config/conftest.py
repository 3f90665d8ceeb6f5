# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A containerd of each version that runs on the file which containerd_config wrote for it, one for all tests here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.tests.lab import packages, world
from ansible_collections.community.containerd.tests.lab.plugin import versions
from ansible_collections.community.containerd.tests.lab.world import Lab
from ansible_collections.community.containerd.tests.oracle.config.configured import Configured

FILES = ("2", "3")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each containerd of the lab with each version of the file that it reads."""
    if "configured" in metafunc.fixturenames:
        pairs = [(version, file) for version in versions() for file in FILES if reads(version, file)]
        names = ["%s-file-%s" % pair for pair in pairs]
        metafunc.parametrize("configured", pairs, ids=names, indirect=True, scope="session")


def reads(version: str, file: str) -> bool:
    return file == "2" or not version.startswith("1.")


@pytest.fixture(scope="session")
def configured(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Configured]:
    version, file = request.param
    release = packages.fetch([version])[version]
    made = Configured.create(release, lab.dir, tmp_path_factory.mktemp("configured"), file)
    try:
        made.daemon.start()
        yield made
    finally:
        world.remove_daemon(made.daemon)
