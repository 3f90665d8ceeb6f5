# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounting a snapshot where everybody sees it, and undoing it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.kernel import MAX_MOUNT_DATA_BYTES
from ansible_collections.community.containerd.plugins.module_utils._runtime.mountinfo import (
    read_mounts,
    shows,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.mounting import (
    mount_call,
    mount_snapshot,
    unmount,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import SnapshotMount
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused, Unsupported


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory on a tmpfs where there is one, in which nothing is mounted afterwards."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as directory:
        (Path(directory) / "target").mkdir()
        (Path(directory) / "probe").mkdir()
        try:
            mount_snapshot([bind(Path(directory) / "probe")], directory + "/target")
        except Refused:
            pytest.skip("needs root and the right to mount")
        unmount(directory + "/target")
        try:
            yield Path(directory)
        finally:
            with suppress(Refused):
                while True:
                    unmount(directory + "/target")


def bind(source: Path, how: str = "rw") -> SnapshotMount:
    return SnapshotMount("bind", str(source), "", ("rbind", how))


def layers(place: Path, count: int, *, name: str = "snapshots") -> list[Path]:
    """Directories that each hold one file of their number."""
    made = [place / name / str(number) / "fs" for number in range(count)]
    for number, path in enumerate(made):
        path.mkdir(parents=True)
        (path / ("file%d" % number)).touch()
    return made


def overlay(lower: list[Path], *more: str) -> SnapshotMount:
    return SnapshotMount("overlay", "overlay", "", (*more, "lowerdir=" + ":".join(map(str, lower))))


def test_a_snapshot_is_visible_until_it_is_unmounted(place: Path) -> None:
    target, mount = place / "target", overlay(layers(place, 2))
    mount_snapshot([mount], str(target))
    assert sorted(os.listdir(target)) == ["file0", "file1"]
    (mounted,) = [each for each in read_mounts() if each.target == str(target)]
    assert shows(mounted, [mount])
    unmount(str(target))
    assert os.listdir(target) == []


@pytest.mark.parametrize("count", [100, 300])
def test_more_layers_than_one_page_names_can_be_mounted(place: Path, count: int) -> None:
    target, mount = place / "target", overlay(layers(place, count, name="a-root-that-is-written-at-length"))
    assert len(mount.options[0]) > MAX_MOUNT_DATA_BYTES
    before = os.getcwd()
    mount_snapshot([mount], str(target))
    assert os.getcwd() == before
    assert len(os.listdir(target)) == count
    (mounted,) = [each for each in read_mounts() if each.target == str(target)]
    assert shows(mounted, [mount])


def test_what_is_written_goes_to_the_upper_directory(place: Path) -> None:
    for name in ("upper", "work"):
        (place / name).mkdir()
    upper = ("workdir=%s/work" % place, "upperdir=%s/upper" % place)
    mount_snapshot([overlay(layers(place, 1), *upper)], str(place / "target"))
    (place / "target/new").write_text("here")
    assert (place / "upper/new").read_text() == "here"


@pytest.mark.parametrize("how", ["ro", "rw"])
def test_a_bind_is_read_only_when_the_snapshot_is(place: Path, how: str) -> None:
    (source,) = layers(place, 1)
    mount_snapshot([bind(source, how)], str(place / "target"))
    if how == "rw":
        (place / "target/new").touch()
    else:
        with pytest.raises(OSError, match="Read-only"):
            (place / "target/new").touch()


def test_a_mount_in_use_stays_and_its_user_is_named(place: Path) -> None:
    target = place / "target"
    mount_snapshot([overlay(layers(place, 2))], str(target))
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, cwd=target) as user:
        with pytest.raises(Refused, match=r"in use by process %d \(.+\); end what" % user.pid) as refusal:
            unmount(str(target))
        user.communicate(b"\n")
    assert refusal.value.code == "EBUSY"
    assert sorted(os.listdir(target)) == ["file0", "file1"]


def test_a_mount_below_is_named_as_a_user(place: Path) -> None:
    target = place / "target"
    lower = layers(place, 2)
    (lower[0] / "below").mkdir()
    mount_snapshot([overlay(lower)], str(target))
    mount_snapshot([bind(place / "probe")], str(target / "below"))
    try:
        with pytest.raises(Refused, match="in use by the mount on .*/target/below"):
            unmount(str(target))
    finally:
        unmount(str(target / "below"))


def test_a_failing_mount_says_what_the_kernel_said(place: Path) -> None:
    with pytest.raises(Refused, match="cannot mount overlay on .*: No such file or directory; ") as refusal:
        mount_snapshot([overlay([place / "none"])], str(place / "target"))
    assert refusal.value.code == "ENOENT"


def test_what_is_not_mounted_cannot_be_unmounted(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot unmount"):
        unmount(str(tmp_path))


def test_options_for_clients_do_not_reach_the_kernel() -> None:
    mount = SnapshotMount("overlay", "overlay", "", ("X-containerd.x=1", "ro", "index=off", "lowerdir=/a:/b"))
    assert mount_call(mount) == (1, "index=off,lowerdir=/a:/b", "")


@pytest.mark.parametrize(
    "mount",
    [
        SnapshotMount("erofs", "/layer", "", ("loop",)),
        SnapshotMount("overlay", "overlay", "", ("uidmap=0:1:2",)),
        SnapshotMount(
            "overlay", "overlay", "", ("lowerdir=" + ":".join("/s/%04d" % n for n in range(2000)),)
        ),
    ],
    ids=["loop", "idmapped", "too-many"],
)
def test_what_mount_cannot_do_is_refused(mount: SnapshotMount) -> None:
    with pytest.raises(Unsupported):
        mount_call(mount)


@pytest.mark.parametrize("count", [0, 2])
def test_several_mounts_at_once_are_refused(count: int) -> None:
    with pytest.raises(Unsupported, match="wants %d mounts" % count):
        mount_snapshot([bind(Path("/a"))] * count, "/never")
