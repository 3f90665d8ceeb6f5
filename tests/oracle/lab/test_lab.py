# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab is what its users think it is; checked with the stock ctr of each version."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.community.containerd.tests.lab import images, processes, world
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.layers import (
    Directory,
    Entry,
    File,
    Link,
    layer,
    random_layer,
)
from ansible_collections.community.containerd.tests.lab.processes import LabError
from ansible_collections.community.containerd.tests.lab.registry_client import RegistryClient
from ansible_collections.community.containerd.tests.lab.world import Lab


def pull(daemon: Daemon, namespace: str, lab: Lab, name: str, *, kind: str = "plain") -> str:
    registry = lab.registries[kind]
    local = [] if daemon.version == "1.6" else ["--local"]
    reference = f"{registry.host}/{name}"
    daemon.ctr("images", "pull", *local, *registry.ctr_flags(), reference, namespace=namespace)
    return reference


@pytest.mark.parametrize("kind", ["plain", "basic", "token"])
def test_each_daemon_pulls_from_each_registry(daemon: Daemon, namespace: str, lab: Lab, kind: str) -> None:
    for name in ("busybox:1", "web:1", "multi:1"):
        reference = pull(daemon, namespace, lab, name, kind=kind)
        row = daemon.ctr("images", "list", f"name=={reference}", namespace=namespace).splitlines()[1]
        assert lab.images[name]["digest"] in row
        assert "complete" in daemon.ctr("images", "check", f"name=={reference}", namespace=namespace)


def test_a_container_runs_freezes_and_is_killed(daemon: Daemon, namespace: str, lab: Lab) -> None:
    reference = pull(daemon, namespace, lab, "busybox:1")
    daemon.ctr("run", "--detach", "--null-io", reference, "box", "sleep", "1000", namespace=namespace)
    said = daemon.ctr("tasks", "exec", "--exec-id", "one", "--user", "app", "box", "id", namespace=namespace)
    assert "uid=1000(app)" in said
    daemon.ctr("tasks", "pause", "box", namespace=namespace)
    assert "PAUSED" in daemon.ctr("tasks", "list", namespace=namespace)
    daemon.ctr("tasks", "resume", "box", namespace=namespace)
    daemon.ctr("tasks", "kill", "--signal", "SIGKILL", "box", namespace=namespace)
    while "STOPPED" not in daemon.ctr("tasks", "list", namespace=namespace):
        time.sleep(0.05)
    daemon.ctr("tasks", "delete", "box", namespace=namespace)
    daemon.ctr("containers", "delete", "box", namespace=namespace)
    assert daemon.ctr("containers", "list", "--quiet", namespace=namespace) == ""


def test_the_web_image_serves_its_page(daemon: Daemon, namespace: str, lab: Lab) -> None:
    reference = pull(daemon, namespace, lab, "web:1")
    port = f"{20000 + int(namespace[-4:], 16) % 10000}"
    argv = ["/bin/busybox", "httpd", "-f", "-p", f"127.0.0.1:{port}", "-h", "/www"]
    daemon.ctr("run", "--detach", "--null-io", "--net-host", reference, "web", *argv, namespace=namespace)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _attempt in range(100):
        try:
            page = opener.open(f"http://127.0.0.1:{port}/", timeout=5).read()
            break
        except urllib.error.URLError:
            time.sleep(0.05)
    assert b"It works" in page


def test_wrong_and_missing_credentials_are_refused(lab: Lab) -> None:
    for kind in ("basic", "token"):
        registry = lab.registries[kind]
        for username, password in ((None, None), (registry.username, "wrong")):
            client = RegistryClient(
                registry.host,
                scheme=registry.scheme,
                username=username,
                password=password,
                ca_path=registry.ca_path,
            )
            try:
                assert client.request("GET", "tiny", "manifests/1")[0] == 401
            except LabError as exc:  # the token server has said no
                assert "401" in str(exc)


def test_images_built_twice_are_the_same_and_arrive_whole(
    daemon: Daemon, namespace: str, lab: Lab, tmp_path: Path
) -> None:
    def build() -> images.Image:
        entries: dict[str, Entry] = {
            "bin/tool": File(b"x" * 10, 0o755, 3, 4),
            "bin/alias": Link("tool"),
            "tmp": Directory(0o1777),
        }
        layers = [layer(entries), random_layer(3 << 20, seed=7, store=tmp_path, compression="gzip")]
        return images.image(layers, dialect="docker", labels={"a": "b"}, user="3:4", working_dir="/bin")

    first, second = build(), build()
    assert first == second
    digest = images.push(lab.registries["basic"].client(), "built/here", "1", first)
    reference = pull(daemon, namespace, lab, "built/here:1", kind="basic")
    assert digest in daemon.ctr("images", "list", f"name=={reference}", namespace=namespace)


def test_a_private_daemon_survives_its_kill(
    version: str, private_daemon: Callable[..., Daemon], lab: Lab
) -> None:
    daemon = private_daemon(version)
    reference = pull(daemon, "", lab, "busybox:1")
    daemon.ctr("run", "--detach", "--null-io", reference, "box", "sleep", "1000")
    shims = daemon.shims()
    daemon.kill()
    assert not daemon.is_serving() and daemon.shims() == shims
    daemon.start()
    assert "RUNNING" in daemon.ctr("tasks", "list")
    daemon.ctr("tasks", "pause", "box")
    world.remove_daemon(daemon)
    assert not daemon.home.exists() and not any(processes.is_alive(pid) for pid in shims)


def test_down_leaves_alone_what_is_no_lab(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    world.down(tmp_path)
    assert (tmp_path / "mine").exists()
    with pytest.raises(LabError, match="neither empty nor a lab"):
        world.up(tmp_path)
