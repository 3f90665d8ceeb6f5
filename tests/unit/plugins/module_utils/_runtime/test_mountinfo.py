# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel says is mounted, and whether it is what a snapshot shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import mountinfo
from ansible_collections.community.containerd.plugins.module_utils._runtime.mountinfo import (
    Mounted,
    read_mounts,
    shows,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import SnapshotMount


def overlay(*options: str) -> Mounted:
    return Mounted("/mnt", "overlay", "overlay", 1, options)


def wanted(*options: str) -> list[SnapshotMount]:
    return [SnapshotMount("overlay", "overlay", "", options)]


def test_the_root_is_mounted() -> None:
    roots = [each for each in read_mounts() if each.target == "/"]
    assert roots
    assert all(each.type for each in roots)


def test_blanks_and_backslashes_are_read_as_they_are() -> None:
    line = "56 27 0:50 / /mnt/a\\040b\\134c rw shared:1 - overlay over\\011lay ro,lowerdir=/x\\040y:/z\n"
    mounted = mountinfo._parse(line)
    assert (mounted.target, mounted.source) == ("/mnt/a b\\c", "over\tlay")
    assert mounted.options == ("ro", "lowerdir=/x y:/z")
    assert mounted.device == os.makedev(0, 50)


@pytest.mark.parametrize(
    ("mounted", "options", "is_shown"),
    [
        (["lowerdir=/s/2/fs:/s/1/fs"], ["index=off", "lowerdir=/s/2/fs:/s/1/fs"], True),
        (["lowerdir+=/s/2/fs", "lowerdir+=/s/1/fs"], ["lowerdir=/s/2/fs:/s/1/fs"], True),
        (["lowerdir=2/fs:1/fs"], ["lowerdir=/s/2/fs:/s/1/fs"], True),
        (["lowerdir=2/fs:1/fs"], ["lowerdir=/s/12/fs:/s/1/fs"], False),
        (["lowerdir=/s/1/fs:/s/2/fs"], ["lowerdir=/s/2/fs:/s/1/fs"], False),
        (["lowerdir=/s/2/fs"], ["lowerdir=/s/2/fs:/s/1/fs"], False),
        (["lowerdir=/s/1/fs"], ["lowerdir=/s/1/fs", "upperdir=/s/3/fs"], False),
        (["lowerdir=/s/1/fs", "upperdir=/s/4/fs"], ["lowerdir=/s/1/fs", "upperdir=/s/3/fs"], False),
        (["lowerdir=/s/1/fs", "upperdir=/s/3/fs"], ["lowerdir=/s/1/fs", "upperdir=/s/3/fs"], True),
        (["lowerdir=:/s/1/fs"], ["lowerdir=/s/2/fs:/s/1/fs"], False),
    ],
)
def test_an_overlay_is_known_by_its_layers(mounted: list[str], options: list[str], is_shown: bool) -> None:
    assert shows(overlay(*mounted), wanted(*options)) is is_shown


def test_a_bind_is_known_by_the_directory_that_it_shows(tmp_path: Path) -> None:
    bind = [SnapshotMount("bind", str(tmp_path), "", ("rbind", "ro"))]
    assert shows(Mounted(str(tmp_path), "ext4", "/dev/sda", 1, ()), bind)
    assert not shows(Mounted("/", "ext4", "/dev/sda", 1, ()), bind)
    assert not shows(Mounted(str(tmp_path / "none"), "ext4", "/dev/sda", 1, ()), bind)


def test_another_file_system_is_known_by_its_source() -> None:
    device = [SnapshotMount("ext4", "/dev/mapper/pool-snap-3", "", ("ro",))]
    assert shows(Mounted("/mnt", "ext4", "/dev/mapper/pool-snap-3", 1, ()), device)
    assert not shows(Mounted("/mnt", "ext4", "/dev/mapper/pool-snap-4", 1, ()), device)


def test_no_snapshot_is_shown_by_nothing() -> None:
    assert not shows(overlay("lowerdir=/a"), [])
    assert not shows(Mounted("/mnt", "tmpfs", "tmpfs", 1, ()), wanted("lowerdir=/a"))
