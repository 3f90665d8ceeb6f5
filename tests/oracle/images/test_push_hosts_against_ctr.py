# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One hosts_dir for ``ctr images push --hosts-dir`` and for ctr_image_push: both push to the same host, or to none.

The hosts are registries on loopback that take what is pushed. Each of the two pushes to a repository of its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry, layer
from ansible_collections.community.containerd.tests.lab.processes import LabError

REGISTRY = "registry.example"

# A hosts.toml over the servers a, b and o, and the one of them that is pushed to.
CASES = {
    "nothing-said": ('server = "{o}"\n[host."{a}"]\n[host."{b}"]\n', "a"),
    "mirrors-without-push": (
        'server = "{o}"\n[host."{a}"]\ncapabilities = ["pull", "resolve"]\n[host."{b}"]\ncapabilities = ["pull"]\n',
        "o",
    ),
    "second-mirror-with-push": (
        'server = "{o}"\n[host."{a}"]\ncapabilities = ["pull"]\n[host."{b}"]\ncapabilities = ["Push", "pull"]\n',
        "b",
    ),
    "push-alone": ('server = "{o}"\n[host."{a}"]\ncapabilities = ["push"]\n', "a"),
    "nobody-may": ('server = "{o}"\ncapabilities = ["pull"]\n[host."{a}"]\ncapabilities = ["pull"]\n', ""),
}


@pytest.fixture
def servers() -> Iterator[dict[str, LyingRegistry]]:
    with ExitStack() as stack:
        yield {letter: stack.enter_context(LyingRegistry()) for letter in ("a", "b", "o")}


@pytest.fixture
def image(servers: dict[str, LyingRegistry], daemon: Daemon, namespace: str) -> str:
    """The name of one that is here; where it came from has no part in a push."""
    source = servers["o"]
    source.add("source/app", "1", layers=(layer({"data": uuid.uuid4().bytes}),))
    name = source.host + "/source/app:1"
    modules.done(modules.run("ctr_image", daemon, namespace, name=name, unpack=False))
    return name


def pushed_by_ctr(daemon: Daemon, namespace: str, root: Path, image: str, how: tuple[str, ...]) -> bool:
    name = REGISTRY + "/theirs/app:1"
    daemon.ctr("images", "tag", "--force", image, name, namespace=namespace)
    try:
        daemon.ctr("images", "push", *how, "--hosts-dir", str(root), name, namespace=namespace)
    except LabError:
        return False
    return True


def pushed_by_us(daemon: Daemon, namespace: str, root: Path, image: str) -> modules.Result:
    name = REGISTRY + "/ours/app:1"
    options = {"name": image, "repository": name, "hosts_dir": str(root), "retries": 0}
    return modules.run("ctr_image_push", daemon, namespace, **options)


def spoken_to(servers: dict[str, LyingRegistry], repository: str) -> tuple[list[str], list[str]]:
    """Those who were asked anything about it, and those who have it."""
    asked = [letter for letter, server in servers.items() if server.calls("/%s/" % repository)]
    have = [letter for letter, server in servers.items() if server.find(repository, "manifests", "1")]
    return asked, have


@pytest.mark.parametrize("case", CASES)
def test_both_push_to_the_same_host(
    daemon: Daemon, namespace: str, servers: dict[str, LyingRegistry], image: str, tmp_path: Path, case: str
) -> None:
    text, expected = CASES[case]
    (tmp_path / REGISTRY).mkdir()
    urls = {letter: server.url for letter, server in servers.items()}
    (tmp_path / REGISTRY / "hosts.toml").write_text(text.format(**urls))
    ours = pushed_by_us(daemon, namespace, tmp_path, image)
    assert spoken_to(servers, "ours/app") == (list(expected), list(expected))
    if expected:
        modules.done(ours)
    else:
        assert "has the capability to push" in modules.complaint(ours, "refused")
    how = () if daemon.version == "1.6" else ("--local",)
    assert pushed_by_ctr(daemon, namespace, tmp_path, image, how) == bool(expected)
    assert spoken_to(servers, "theirs/app") == (list(expected), list(expected))
