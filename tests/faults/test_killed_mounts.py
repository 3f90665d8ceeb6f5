# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts of images that are killed at any point, and such as live on: the next one converges, and nothing leaks."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab import packages, processes
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry, layer
from ansible_collections.community.containerd.tests.lab.processes import LabError

LAYERS = 100  # more than a page of mount options can name with their full paths

# Of the time of a whole run, where it is killed; one for each version.
SHARES = (0.6, 0.75, 0.9)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "mounted"
    for path in sorted(inventory.mounts_below(tmp_path), reverse=True):
        processes.run(["umount", path], timeout_s=10)


def image(liar: LyingRegistry, count: int = 2) -> str:
    layers = tuple(layer({f"file{number}": b"%d" % number}) for number in range(count))
    liar.add("team/app", str(count), layers=layers)
    return f"{liar.host}/team/app:{count}"


def pull(daemon: Daemon, namespace: str, name: str) -> None:
    modules.done(modules.run("ctr_image", daemon, namespace, name=name))


def ends(daemon: Daemon, namespace: str, name: str, place: Path) -> None:
    """Unmounting and removing the image leave nothing, and the directory is empty."""
    wish = {"path": str(place), "state": "unmounted"}
    assert modules.run("ctr_image_mount", daemon, namespace, **wish).changed
    assert not modules.run("ctr_image_mount", daemon, namespace, **wish).changed
    assert list(place.iterdir()) == []
    modules.done(modules.run("ctr_image", daemon, namespace, name=name, state="absent", sync=True))
    assert inventory.take(daemon, namespace) == inventory.NOTHING


@pytest.mark.parametrize("state", ["mounted", "unmounted"])
def test_a_mount_killed_at_any_time_is_finished_by_the_next_run(
    daemon: Daemon, namespace: str, liar: LyingRegistry, place: Path, state: str
) -> None:
    share = SHARES[packages.VERSIONS.index(daemon.version) % len(SHARES)]
    name = image(liar)
    pull(daemon, namespace, name)
    wish: dict[str, Any] = {"name": name, "path": str(place)}
    began = time.monotonic()
    modules.done(modules.run("ctr_image_mount", daemon, namespace, **wish))
    whole_s = time.monotonic() - began
    if state == "mounted":
        modules.done(modules.run("ctr_image_mount", daemon, namespace, **{**wish, "state": "unmounted"}))
    with modules.running("ctr_image_mount", daemon, namespace, **{**wish, "state": state}) as running:
        time.sleep(whole_s * share)
        running.kill()
    done = modules.done(modules.run("ctr_image_mount", daemon, namespace, **wish))
    assert done["mount"]["state"] == "mounted" and done["mount"]["kept"]
    assert sorted(path.name for path in place.iterdir()) == ["file0", "file1"]
    assert not modules.run("ctr_image_mount", daemon, namespace, **wish).changed
    assert inventory.take(daemon, namespace).leases == {str(place)}
    ends(daemon, namespace, name, place)


def test_the_lease_of_a_mount_killed_as_its_very_last_act_goes_though_it_is_mounted(
    newest: Daemon, newest_namespace: str, liar: LyingRegistry, place: Path
) -> None:
    daemon, namespace = newest, newest_namespace
    name = image(liar)
    pull(daemon, namespace, name)
    wish: dict[str, Any] = {"name": name, "path": str(place)}
    modules.done(modules.run("ctr_image_mount", daemon, namespace, **wish))
    dead = "%s %s 1 1" % ("0" * 36, os.readlink("/proc/self/ns/pid"))  # of an earlier boot
    daemon.ctr("leases", "create", "--id", "left", "community.containerd/owner=" + dead, namespace=namespace)
    assert not modules.run("ctr_image_mount", daemon, namespace, **wish).changed
    assert inventory.take(daemon, namespace).leases == {str(place)}
    ends(daemon, namespace, name, place)


def test_an_image_of_many_layers_is_mounted_and_found_to_be(
    daemon: Daemon, namespace: str, liar: LyingRegistry, place: Path
) -> None:
    name = image(liar, LAYERS)
    pull(daemon, namespace, name)
    wish: dict[str, Any] = {"name": name, "path": str(place)}
    for read_only in (True, False):
        assert modules.run("ctr_image_mount", daemon, namespace, read_only=read_only, **wish).changed
        assert len(list(place.iterdir())) == LAYERS
        assert not modules.run("ctr_image_mount", daemon, namespace, read_only=read_only, **wish).changed
    ends(daemon, namespace, name, place)


def test_a_mount_survives_the_daemon(
    private_daemon: Callable[..., Daemon], version: str, liar: LyingRegistry, place: Path
) -> None:
    daemon = private_daemon(version)
    name, namespace = image(liar), daemon.namespace
    pull(daemon, namespace, name)
    wish: dict[str, Any] = {"name": name, "path": str(place)}
    modules.done(modules.run("ctr_image_mount", daemon, namespace, **wish))
    daemon.kill()
    assert sorted(path.name for path in place.iterdir()) == ["file0", "file1"]
    modules.complaint(modules.run("ctr_image_mount", daemon, namespace, **wish), "unreachable")
    daemon.start()
    modules.done(modules.run("ctr_image", daemon, namespace, name=name, state="absent", sync=True))
    assert sorted(path.name for path in place.iterdir()) == ["file0", "file1"]
    pull(daemon, namespace, name)
    assert not modules.run("ctr_image_mount", daemon, namespace, **wish).changed
    ends(daemon, namespace, name, place)


def test_what_cannot_be_mounted_leaves_nothing(
    daemon: Daemon, namespace: str, liar: LyingRegistry, place: Path
) -> None:
    name = image(liar)
    pull(daemon, namespace, name)
    before = inventory.take(daemon, namespace)
    place.parent.mkdir(exist_ok=True)
    wish: dict[str, Any] = {"name": name, "path": "/proc/1/nowhere"}
    said = modules.complaint(modules.run("ctr_image_mount", daemon, namespace, **wish), "refused")
    assert "cannot make directory /proc/1/nowhere" in said
    assert inventory.take(daemon, namespace) == before
    with pytest.raises(LabError):
        daemon.ctr("snapshots", "info", "/proc/1/nowhere", namespace=namespace)
