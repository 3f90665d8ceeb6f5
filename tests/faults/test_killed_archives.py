# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports, imports and prunes that are killed, or lose their daemon: the old stays whole, the next one converges.

Where to kill is seen from outside, by the bytes that lie on the disk, never by the clock.
"""

from __future__ import annotations

import functools
import os
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab import archives, images, layers, packages
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.standard_images import ARCHITECTURE

MIB = 1 << 20
NAME = "registry.example/team/app:1"
LARGE = 32 * MIB
CONTENT = "root/io.containerd.content.v1.content"
SNAPSHOTS = "root/io.containerd.snapshotter.v1.overlayfs/snapshots"
TAGS = 200  # records of one image


@functools.cache
def _large(version: int) -> images.Image:
    """Two layers, one quick to write and slow to unpack, one slow to write."""
    parts = (
        layers.random_layer(LARGE, seed=version, path="first", compression="gzip", is_compressible=True),
        layers.random_layer(LARGE, seed=version, path="second"),
    )
    return images.image(parts, architecture=ARCHITECTURE)


@functools.cache
def _small() -> images.Image:
    part = layers.layer({"data": random.Random(1).randbytes(100_000)})
    return images.image([part], architecture=ARCHITECTURE)


def archive(path: Path, image: images.Image) -> Path:
    return archives.write(path, archives.oci_members([(image, archives.named(NAME))]))


def bring(daemon: Daemon, namespace: str, path: Path) -> modules.Result:
    return modules.run("ctr_image_import", daemon, namespace, path=str(path))


def target(daemon: Daemon, namespace: str) -> str:
    rows = daemon.ctr("images", "list", namespace=namespace).splitlines()[1:]
    return {row.split()[0]: row.split()[2] for row in rows}[NAME]


def is_whole(daemon: Daemon, namespace: str) -> bool:
    check = daemon.ctr("images", "check", namespace=namespace)
    return " complete (" in check and check.rstrip().endswith("true")


def leaves_nothing(daemon: Daemon, namespace: str) -> None:
    modules.done(modules.run("ctr_image", daemon, namespace, name=NAME, state="absent", sync=True))
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def bytes_below(directory: Path) -> int:
    """Of the files that are there at this moment."""
    total = 0
    for place, _directories, names in os.walk(directory):  # which passes over what goes while it walks
        for name in names:
            with suppress(FileNotFoundError):
                total += (Path(place) / name).lstat().st_size
    return total


def written(running: modules.Running, place: Path) -> int:
    """The bytes of the file without a name that a module writes in this place."""
    for open_file in Path(f"/proc/{running.pid}/fd").glob("*"):
        try:
            if open_file.readlink().is_relative_to(place):
                return open_file.stat().st_size
        except OSError:
            continue
    return 0


# How far an export has come when it is killed, as a share of its bytes.
@pytest.mark.parametrize("share", [0.001, 0.9])
def test_an_export_killed_while_it_writes_leaves_the_old_archive_and_nothing_else(
    newest: Daemon, newest_namespace: str, tmp_path: Path, share: float
) -> None:
    source = archive(tmp_path / "source.tar", _large(1))
    modules.done(modules.run("ctr_image_import", newest, newest_namespace, path=str(source), unpack=False))
    before = inventory.take(newest, newest_namespace)
    place = tmp_path / "exported"
    place.mkdir()
    old = archive(place / "app.tar", _small())
    old_bytes = old.read_bytes()
    wish: dict[str, Any] = {"name": NAME, "path": str(old)}
    with modules.running("ctr_image_export", newest, newest_namespace, **wish) as export:
        modules.wait_until(
            lambda: written(export, place) >= share * source.stat().st_size or not export.is_alive,
            "it writes",
        )
        export.kill()
    assert old.read_bytes() == old_bytes
    assert list(place.iterdir()) == [old]
    assert inventory.take(newest, newest_namespace) == before
    assert modules.done(modules.run("ctr_image_export", newest, newest_namespace, **wish))["changed"]
    assert not modules.done(modules.run("ctr_image_export", newest, newest_namespace, **wish))["changed"]
    assert list(place.iterdir()) == [old]
    leaves_nothing(newest, newest_namespace)


def ingested(daemon: Daemon) -> int:
    return bytes_below(daemon.home / CONTENT / "ingest")


def unpacked(daemon: Daemon) -> int:
    return bytes_below(daemon.home / SNAPSHOTS)


# Where an import is killed: what is seen of it on the disk, and how many bytes of that.
POINTS: dict[str, tuple[Callable[[Daemon], int], int]] = {
    "in-the-first-layer": (ingested, MIB),
    "in-the-last-layer": (ingested, LARGE // 2),
    "while-it-unpacks": (unpacked, LARGE // 2),
}


@pytest.fixture
def point(version: str) -> str:
    """One for each version: what is left at which point, and by which daemon, do not depend on one another."""
    return list(POINTS)[packages.VERSIONS.index(version) % len(POINTS)]


def test_an_import_killed_at_any_point_leaves_the_old_image_and_is_finished_by_the_next(
    daemon: Daemon, namespace: str, tmp_path: Path, point: str
) -> None:
    old, new = archive(tmp_path / "old.tar", _small()), archive(tmp_path / "new.tar", _large(1))
    modules.done(bring(daemon, namespace, old))
    seen, enough = POINTS[point]
    before = seen(daemon)
    with modules.running("ctr_image_import", daemon, namespace, path=str(new)) as running:
        modules.wait_until(lambda: seen(daemon) - before > enough or not running.is_alive, point)
        assert running.is_alive
        running.kill()
    assert target(daemon, namespace) == _small().manifest.digest
    assert is_whole(daemon, namespace)
    is_finished(daemon, namespace, new)


def is_finished(daemon: Daemon, namespace: str, new: Path) -> None:
    """The same import again brings the image, once more changes nothing; what was begun and given up is gone."""
    assert modules.done(bring(daemon, namespace, new))["changed"]
    assert target(daemon, namespace) == _large(1).manifest.digest
    assert is_whole(daemon, namespace)
    assert not modules.done(bring(daemon, namespace, new))["changed"]
    here = inventory.take(daemon, namespace)
    assert not here.leases and not here.ingests
    assert here.content == {blob.digest for blob in archives.all_blobs(_large(1))}
    assert len(here.snapshots) == 2
    leaves_nothing(daemon, namespace)


def test_a_daemon_killed_during_import_and_export_is_told_of_and_nothing_is_lost(
    private_daemon: Callable[..., Daemon], version: str, tmp_path: Path
) -> None:
    daemon = private_daemon(version)
    namespace = daemon.namespace
    old, new = archive(tmp_path / "old.tar", _small()), archive(tmp_path / "new.tar", _large(1))
    modules.done(bring(daemon, namespace, old))
    with modules.running("ctr_image_import", daemon, namespace, path=str(new)) as running:
        modules.wait_until(lambda: ingested(daemon) > LARGE // 2, "it writes the last layer")
        daemon.kill()
        modules.complaint(running.wait(), "unreachable")
    daemon.start()
    assert target(daemon, namespace) == _small().manifest.digest
    modules.done(bring(daemon, namespace, new))

    place = tmp_path / "exported"
    place.mkdir()
    exported = Path(shutil.copy(old, place / "app.tar"))
    wish: dict[str, Any] = {"name": NAME, "path": str(exported)}
    with modules.running("ctr_image_export", daemon, namespace, **wish) as running:
        modules.wait_until(lambda: written(running, place) > MIB, "it writes")
        daemon.kill()
        modules.complaint(running.wait(), "unreachable")
    assert exported.read_bytes() == old.read_bytes()
    assert list(place.iterdir()) == [exported]
    daemon.start()
    assert modules.done(modules.run("ctr_image_export", daemon, namespace, **wish))["changed"]
    assert not modules.done(modules.run("ctr_image_export", daemon, namespace, **wish))["changed"]
    leaves_nothing(daemon, namespace)


# How many of the records are left when a prune is killed.
@pytest.mark.parametrize("left", [TAGS - 1, TAGS // 2, 0])
def test_a_prune_killed_at_any_point_is_finished_by_the_next(
    newest: Daemon, newest_namespace: str, tmp_path: Path, left: int
) -> None:
    modules.done(bring(newest, newest_namespace, archive(tmp_path / "app.tar", _small())))
    records = Images(Session(Endpoint(newest.address, newest_namespace, 30.0)))
    (image,) = records.list()
    for number in range(TAGS - 1):
        records.create(f"{NAME}-{number}", image.target, {})
    wish: dict[str, Any] = {"images": "all", "snapshots": True, "leases": True, "ingests": True}
    with modules.running("ctr_prune", newest, newest_namespace, **wish) as running:
        modules.wait_until(lambda: len(records.list()) <= left, "it removes")
        running.kill()
    here = {each.name for each in records.list()}
    assert is_whole(newest, newest_namespace) or not here
    told = modules.done(modules.run("ctr_prune", newest, newest_namespace, _ansible_check_mode=True, **wish))
    done = modules.done(modules.run("ctr_prune", newest, newest_namespace, **wish))
    assert set(told["images"]) == set(done["images"]) <= here
    assert len(here) - len(done["images"]) <= 1, "but for the one whose removal was on its way already"
    assert not modules.done(modules.run("ctr_prune", newest, newest_namespace, **wish))["changed"]
    assert inventory.take(newest, newest_namespace) == inventory.NOTHING
