# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading an image's users from the mounts of its snapshot, without a trace and without a way out."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.kernel import MAX_MOUNT_DATA_BYTES
from ansible_collections.community.containerd.plugins.module_utils._runtime.rootfs import (
    MAX_FILE_BYTES,
    has_path,
    mount_call,
    read_users,
    read_users_of,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import SnapshotMount
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused, Unsupported

BIND, REC = 4096, 16384


def can_mount(directory: str) -> bool:
    """Mounting needs root, its capabilities, and a file system that overlayfs takes."""
    probe = Path(directory, "probe")
    probe.mkdir()
    try:
        read_users([bind(probe)])
    except Refused:
        return False
    finally:
        probe.rmdir()
    return True


def bind(path: Path) -> SnapshotMount:
    return SnapshotMount("bind", str(path), "", ("rbind", "rw"))


def overlay(upper: Path, *lower: Path) -> SnapshotMount:
    options = ("index=off", "workdir=%s/work" % upper, "upperdir=%s" % upper)
    return SnapshotMount("overlay", "overlay", "", (*options, "lowerdir=" + ":".join(map(str, lower))))


@pytest.fixture
def layers() -> Iterator[Path]:
    """A directory on a tmpfs where there is one: overlayfs does not stand on another overlayfs."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as directory:
        if not can_mount(directory):
            pytest.skip("needs root and the right to mount")
        yield Path(directory)


def layer(layers: Path, name: str, **files: str) -> Path:
    (layers / name / "etc").mkdir(parents=True)
    for file, text in files.items():
        (layers / name / "etc" / file).write_text(text)
    return layers / name


def test_a_bind_mount_keeps_its_flags_and_no_data() -> None:
    assert mount_call(SnapshotMount("bind", "/s", "", ("rbind", "ro"))) == (BIND | REC, "", "")


def test_an_upper_directory_becomes_the_first_lower_one() -> None:
    flags, data, directory = mount_call(overlay(Path("/up"), Path("/b"), Path("/a")))
    assert (flags, data, directory) == (0, "index=off,lowerdir=/up:/b:/a", "")


def test_options_for_clients_do_not_reach_the_kernel() -> None:
    mount = SnapshotMount(
        "overlay", "overlay", "", ("X-containerd.x=1", "uidmap=0:1:2", "volatile", "userxattr")
    )
    assert mount_call(mount)[1] == "userxattr"


def test_many_layers_are_named_from_their_common_directory() -> None:
    lower = [Path("/var/lib/containerd/snapshots/%d/fs" % number) for number in range(200)]
    mount = SnapshotMount("overlay", "overlay", "", ("lowerdir=" + ":".join(map(str, lower)),))
    _flags, data, directory = mount_call(mount)
    assert directory == "/var/lib/containerd/snapshots"
    assert data.startswith("lowerdir=0/fs:1/fs:")
    assert len(data) <= MAX_MOUNT_DATA_BYTES


def test_too_many_layers_are_refused_with_a_remedy() -> None:
    lower = ":".join("/snapshots/%d/fs" % number for number in range(2000))
    with pytest.raises(Unsupported, match="write user as numbers"):
        mount_call(SnapshotMount("overlay", "overlay", "", ("lowerdir=" + lower,)))


def test_a_bind_mount_is_read(layers: Path) -> None:
    one = layer(layers, "one", passwd="p", group="g")
    assert read_users([bind(one)]) == ("p", "g")


def test_an_overlay_shows_its_uppermost_files(layers: Path) -> None:
    low, high = layer(layers, "low", passwd="old", group="g"), layer(layers, "high", passwd="new")
    assert read_users([overlay(high, low)]) == ("new", "g")


def test_an_overlay_of_more_than_a_page_of_options_is_read(layers: Path) -> None:
    low = [layer(layers, "%d-%s" % (number, "x" * 60), passwd=str(number)) for number in range(60)]
    mount = SnapshotMount("overlay", "overlay", "", ("lowerdir=" + ":".join(map(str, low)),))
    before = os.getcwd()
    assert read_users([mount]) == ("0", "")
    assert os.getcwd() == before


def test_later_mounts_cover_earlier_ones(layers: Path) -> None:
    assert read_users(
        [bind(layer(layers, "one", passwd="1")), bind(layer(layers, "two", passwd="2", group="g"))]
    ) == ("2", "g")


def test_files_that_are_not_there_are_empty(layers: Path) -> None:
    (layers / "bare").mkdir()
    (layers / "odd").mkdir()
    (layers / "odd" / "etc").write_text("a file")
    assert read_users([bind(layers / "bare")]) == ("", "")
    assert read_users([bind(layers / "odd")]) == ("", "")


@pytest.mark.parametrize(
    "target", ["/etc/real", "../../../../../etc/real", "/../etc/real", "real", "./../etc//real"]
)
def test_links_are_followed_inside_the_image(layers: Path, target: str) -> None:
    one = layer(layers, "one", real="inside")
    (one / "etc" / "passwd").symlink_to(target)
    assert read_users([bind(one)]) == ("inside", "")


def test_a_link_to_a_file_of_the_host_finds_nothing(layers: Path) -> None:
    secret = layers / "secret"
    secret.write_text("secret")
    one = layer(layers, "one")
    (one / "etc" / "passwd").symlink_to(secret)
    (one / "etc" / "group").symlink_to("../../secret")
    assert read_users([bind(one)]) == ("", "")


def test_a_loop_of_links_is_refused(layers: Path) -> None:
    one = layer(layers, "one")
    (one / "etc" / "passwd").symlink_to("passwd")
    with pytest.raises(Refused, match="write user as numbers"):
        read_users([bind(one)])


def test_a_pipe_is_refused_without_waiting(layers: Path) -> None:
    one = layer(layers, "one")
    os.mkfifo(str(one / "etc" / "passwd"))
    with pytest.raises(Refused, match="not a regular file"):
        read_users([bind(one)])


def test_a_directory_is_refused(layers: Path) -> None:
    (layers / "one" / "etc" / "group").mkdir(parents=True)
    with pytest.raises(Refused, match="/etc/group"):
        read_users([bind(layers / "one")])


def test_a_huge_file_is_refused(layers: Path) -> None:
    one = layer(layers, "one")
    with (one / "etc" / "passwd").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(Refused, match="larger than"):
        read_users([bind(one)])


def test_nothing_is_left_behind_after_success_or_failure(
    layers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = layers / "tmp"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))

    def traces() -> tuple[bool, str, list[str]]:
        return str(own) in Path("/proc/self/mountinfo").read_text(), os.getcwd(), os.listdir(str(own))

    before = traces()
    read_users([bind(layer(layers, "one", passwd="p"))])
    for failing in (
        [SnapshotMount("overlay", "overlay", "", ("lowerdir=/nowhere/a:/nowhere/b",))],
        [bind(layers / "one"), bind(layers / "not-there")],
        [SnapshotMount("no-such-file-system", "x")],
    ):
        with pytest.raises(Refused):
            read_users(failing)
    assert traces() == before == (False, os.getcwd(), [])
    assert (layers / "one" / "etc" / "passwd").read_text() == "p"


def test_a_snapshot_that_cannot_be_seen_from_here_says_so(layers: Path) -> None:
    with pytest.raises(Refused, match="where containerd's own mounts can be seen"):
        read_users([bind(layers / "not-there")])


def test_the_snapshot_is_not_written_to(layers: Path) -> None:
    high = layer(layers, "high")
    read_users([overlay(high, layer(layers, "low", passwd="p"))])
    assert sorted(os.listdir(str(high))) == ["etc"]


def test_a_mount_inside_another_is_not_supported(layers: Path) -> None:
    with pytest.raises(Unsupported):
        read_users([SnapshotMount("bind", str(layers), "etc", ("rbind",))])


def test_users_of_a_directory_are_read_without_a_way_out(layers: Path) -> None:
    (layers / "secret").write_text("secret")
    one = layer(layers, "one", passwd="p")
    (one / "etc" / "group").symlink_to("../../secret")
    before = (os.getcwd(), os.readlink("/proc/self/root"), os.readlink("/proc/self/ns/mnt"))
    assert read_users_of(str(one)) == ("p", "")
    assert (os.getcwd(), os.readlink("/proc/self/root"), os.readlink("/proc/self/ns/mnt")) == before


def test_a_directory_that_is_not_there_is_named(layers: Path) -> None:
    with pytest.raises(Refused, match="cannot look into .*/none: No such file or directory; run with become"):
        read_users_of(str(layers / "none"))


@pytest.mark.parametrize(
    ("pattern", "is_there"),
    [("/proc/self", True), ("/et*", True), ("/no/such/place", False), ("/no*such*place", False)],
)
def test_has_path_looks_with_the_eyes_of_a_process(layers: Path, pattern: str, is_there: bool) -> None:
    before = (os.getcwd(), os.readlink("/proc/self/root"), os.readlink("/proc/self/ns/mnt"))
    assert has_path(os.getpid(), pattern) is is_there
    assert (os.getcwd(), os.readlink("/proc/self/root"), os.readlink("/proc/self/ns/mnt")) == before


def test_has_path_of_a_process_that_is_gone_is_refused(layers: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(Refused, match="files of process %d" % ended.pid):
        has_path(ended.pid, "/etc")
