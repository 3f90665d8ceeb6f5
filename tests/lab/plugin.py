# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest fixtures over a lab: ``lab``, ``daemon`` (each version in turn), ``newest``, ``namespace``,
``private_daemon``, and beside it ``archive_tools`` and ``docker``.

Use it from a conftest.py: ``from ansible_collections.community.containerd.tests.lab.plugin import daemon, lab, …``.
With CTR_LAB set (lab.py run does) that lab is used; else one is brought up, and taken down at the end.
CTR_LAB_VERSIONS="1.7 2.1" chooses versions when there is no lab yet.
"""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from . import namespaces, packages, world
from .archive_tools import ArchiveTools
from .daemon import Daemon
from .docker import Docker, running
from .world import Lab

__all__ = [
    "archive_tools",
    "daemon",
    "docker",
    "lab",
    "namespace",
    "newest",
    "newest_namespace",
    "private_daemon",
    "pytest_generate_tests",
    "versions",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses ``daemon`` or ``version`` runs once for each version of the lab."""
    if "version" in metafunc.fixturenames:
        metafunc.parametrize("version", versions(), scope="session")


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    known = os.environ.get("CTR_LAB")
    if known:
        yield Lab.load(Path(known))
        return
    if os.geteuid() != 0:
        pytest.skip("the lab needs root")
    directory = Path(tempfile.mkdtemp(prefix="lab-"))
    try:
        new = world.up(directory, versions=versions())
        os.environ["CTR_LAB"] = str(new.dir / "lab.json")  # one lab for all directories of a session
        yield new
    finally:
        os.environ.pop("CTR_LAB", None)
        world.down(directory)


@pytest.fixture
def daemon(lab: Lab, version: str) -> Daemon:
    return lab.daemon(version)


@pytest.fixture
def namespace(daemon: Daemon) -> Iterator[str]:
    """A name new to this machine; the namespace is removed afterwards with all that the test put in it."""
    name = f"{daemon.namespace}-{uuid.uuid4().hex[:8]}"
    yield name
    namespaces.remove(daemon, name)


@pytest.fixture
def newest(lab: Lab) -> Daemon:
    """One daemon, for what no daemon has a say in."""
    return lab.daemons[-1]


@pytest.fixture
def newest_namespace(newest: Daemon) -> Iterator[str]:
    name = f"{newest.namespace}-{uuid.uuid4().hex[:8]}"
    yield name
    namespaces.remove(newest, name)


@pytest.fixture
def archive_tools(tmp_path: Path) -> ArchiveTools:
    """skopeo, podman and buildah over a store of this test's own."""
    return ArchiveTools.create(tmp_path / "archive-tools")


@pytest.fixture(scope="session")
def docker(lab: Lab) -> Iterator[Docker]:
    """dockerd over the oldest containerd of the lab."""
    with running(lab.daemons[0], lab.dir / "run") as made:
        yield made


@pytest.fixture
def private_daemon(lab: Lab) -> Iterator[Callable[..., Daemon]]:
    """``private_daemon(version, extra_config="")``: one more containerd, for this test to kill or break."""
    started: list[Daemon] = []

    def start(version: str, *, extra_config: str = "") -> Daemon:
        started.append(lab.extra_daemon(version, extra_config=extra_config))
        return started[-1]

    yield start
    for each in started:
        world.remove_daemon(each)


def versions() -> list[str]:
    """Of the containerds that the lab has, or will have."""
    known = os.environ.get("CTR_LAB")
    if known:
        return [entry["version"] for entry in json.loads(Path(known).read_text())["daemons"]]
    return os.environ.get("CTR_LAB_VERSIONS", " ".join(packages.VERSIONS)).split()
