# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full, or become so: one sentence that says what to do, the old intact, and with room it converges."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab import archives, images, layers, packages, processes
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.standard_images import ARCHITECTURE

MIB = 1 << 20
NAME = "registry.example/team/app:1"
SIZE = 16 * MIB
DISK_MIB = 24


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small one."""
    place = tmp_path / "disk"
    place.mkdir()
    with small_disk(place, DISK_MIB):
        yield place


@contextmanager
def small_disk(place: Path, mib: int) -> Iterator[None]:
    processes.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(place)], timeout_s=10)
    try:
        yield
    finally:
        # Lazily, since the kernel may take a moment to let go of what a daemon that has just ended had open.
        processes.run(["umount", "--lazy", str(place)], timeout_s=10)


def enlarge(place: Path, mib: int) -> None:
    processes.run(["mount", "-o", f"remount,size={mib}m", str(place)], timeout_s=10)


def fill(place: Path, left: int = 0) -> Path:
    """Leave so many bytes free, however fast somebody else takes them."""
    hog = place / "hog"
    with hog.open("wb") as file, suppress(OSError):
        while (free := free_bytes(place)) > left:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), min(MIB, free - left))
    return hog


def free_bytes(place: Path) -> int:
    system = os.statvfs(place)
    return system.f_bavail * system.f_frsize


def archive(path: Path, size: int, **how: Any) -> Path:
    """Of one image with a layer of this size, which is called NAME."""
    image = images.image([layers.random_layer(size, seed=size, **how)], architecture=ARCHITECTURE)
    return archives.write(path, archives.oci_members([(image, archives.named(NAME))]))


@pytest.fixture
def wish(newest: Daemon, newest_namespace: str, tmp_path: Path, disk: Path) -> dict[str, Any]:
    """An export to the disk, where another archive lies."""
    source = archive(tmp_path / "source.tar", SIZE)
    modules.done(modules.run("ctr_image_import", newest, newest_namespace, path=str(source), unpack=False))
    return {"name": NAME, "path": str(archive(disk / "app.tar", 100_000))}


def says_so_and_keeps_the_old(result: modules.Result, old: Path, content: bytes, others: set[Path]) -> None:
    said = modules.complaint(result, "refused")
    assert f"cannot write {old}: No space left on device" in said
    assert "free some space" in said
    assert old.read_bytes() == content
    assert set(old.parent.iterdir()) == {old, *others}


def test_an_export_to_a_disk_without_room_begins_nothing(
    newest: Daemon, newest_namespace: str, wish: dict[str, Any]
) -> None:
    old = Path(wish["path"])
    content, hog = old.read_bytes(), fill(old.parent, SIZE - MIB)
    with modules.running("ctr_image_export", newest, newest_namespace, **wish) as export:
        says_so_and_keeps_the_old(export.wait(), old, content, {hog})
    hog.unlink()
    assert modules.done(modules.run("ctr_image_export", newest, newest_namespace, **wish))["changed"]
    assert not modules.done(modules.run("ctr_image_export", newest, newest_namespace, **wish))["changed"]
    assert list(old.parent.iterdir()) == [old]


def test_an_export_to_a_disk_that_runs_full_leaves_what_was_there(
    newest: Daemon, newest_namespace: str, wish: dict[str, Any]
) -> None:
    old = Path(wish["path"])
    content, before = old.read_bytes(), inventory.take(newest, newest_namespace)
    room = free_bytes(old.parent)
    with modules.running("ctr_image_export", newest, newest_namespace, **wish) as export:
        modules.wait_until(lambda: free_bytes(old.parent) < room, "it writes")
        hog = fill(old.parent)
        says_so_and_keeps_the_old(export.wait(), old, content, {hog})
    assert inventory.take(newest, newest_namespace) == before
    hog.unlink()
    assert free_bytes(old.parent) == room
    assert modules.done(modules.run("ctr_image_export", newest, newest_namespace, **wish))["changed"]


@pytest.fixture
def cramped(private_daemon: Callable[..., Daemon], version: str) -> Iterator[Daemon]:
    """A daemon whose whole store lies on a small disk."""
    daemon = private_daemon(version)
    daemon.stop()
    with small_disk(daemon.root, DISK_MIB):
        daemon.start()
        yield daemon
        daemon.stop()


# What there is no room for: a layer, or only what it unpacks to.
LAYERS: dict[str, dict[str, Any]] = {
    "blob": {"size": 2 * SIZE},
    "snapshot": {"size": 2 * SIZE, "compression": "gzip", "is_compressible": True},
}


@pytest.fixture
def what(version: str) -> str:
    """One for each version."""
    return list(LAYERS)[packages.VERSIONS.index(version) % len(LAYERS)]


def test_an_import_into_a_full_store_keeps_the_old_image_and_leaves_nothing_of_the_new(
    cramped: Daemon, tmp_path: Path, what: str
) -> None:
    namespace = cramped.namespace
    old, new = archive(tmp_path / "old.tar", 100_000), archive(tmp_path / "new.tar", **LAYERS[what])
    modules.done(modules.run("ctr_image_import", cramped, namespace, path=str(old)))
    before = inventory.take(cramped, namespace)
    said = modules.complaint(modules.run("ctr_image_import", cramped, namespace, path=str(new)), "failed")
    assert "no space left on device; free space on the disk of containerd's root directory" in said
    assert inventory.take(cramped, namespace) == before
    assert not modules.done(modules.run("ctr_image_import", cramped, namespace, path=str(old)))["changed"]
    enlarge(cramped.root, 200)
    assert modules.done(modules.run("ctr_image_import", cramped, namespace, path=str(new)))["changed"]
    assert not modules.done(modules.run("ctr_image_import", cramped, namespace, path=str(new)))["changed"]
    modules.done(modules.run("ctr_image", cramped, namespace, name=NAME, state="absent", sync=True))
    assert inventory.take(cramped, namespace) == inventory.NOTHING
