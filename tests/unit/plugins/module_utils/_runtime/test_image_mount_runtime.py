# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images on directories: the snapshot, the lease that keeps it, and what the kernel says."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.image_mounts import (
    ImageMountRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.mounting import (
    mount_snapshot,
    unmount,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import SnapshotMount
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Failure,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.plugins.module_utils._values.image_mount import (
    ImageMount,
    MountPoint,
)
from ansible_collections.community.containerd.plugins.module_utils._values.platform import parse_platform
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

NAME = "docker.io/library/nginx:1"
AMD64 = parse_platform("linux/amd64")
LABEL = "containerd.io/gc.ref.snapshot.overlayfs"


@pytest.fixture
def runtime(fake: FakeContainerd) -> ImageMountRuntime:
    return ImageMountRuntime(fake.endpoint(), fake.session())


@pytest.fixture
def place(store: Store) -> Iterator[str]:
    """A directory that does not exist yet, in one where the store's snapshots are."""
    with tempfile.TemporaryDirectory() as directory:
        store.root = directory + "/snapshots"
        os.makedirs(store.root + "/probe")
        path = os.path.realpath(directory) + "/target"
        os.mkdir(path)
        try:
            mount_snapshot([SnapshotMount("bind", store.root + "/probe", "", ("rbind",))], path)
        except Refused:
            pytest.skip("needs root and the right to mount")
        unmount(path)
        os.rmdir(path)
        try:
            yield path
        finally:
            with suppress(Refused):
                while True:
                    unmount(path)


def wanted(path: str, image: StoredImage, *, read_only: bool = True) -> ImageMount:
    return ImageMount(path, image.chain[-1], read_only, "overlayfs")


@pytest.fixture
def image(store: Store) -> StoredImage:
    return StoredImage().into(store).named(store, NAME)


def test_the_top_of_the_chain_is_what_is_mounted(runtime: ImageMountRuntime, image: StoredImage) -> None:
    (record,) = runtime.records([NAME]).values()
    assert runtime.chain_id(record, AMD64, "overlayfs") == image.chain[-1]
    assert runtime.chain_id(record, AMD64, "native") is None


def test_an_image_that_lacks_its_config_has_no_chain(
    runtime: ImageMountRuntime, store: Store, image: StoredImage
) -> None:
    del store.space().blobs[image.config.digest]
    (record,) = runtime.records([NAME]).values()
    assert runtime.chain_id(record, AMD64, "overlayfs") is None


def test_an_image_for_other_platforms_says_so(runtime: ImageMountRuntime, store: Store) -> None:
    index = StoredImage().into(store).index_with(store, {"linux/arm64": StoredImage()})
    store.space().images[NAME] = {
        "name": NAME,
        "target": {"media_type": index.media_type, "digest": index.digest, "size": index.size},
        "labels": {},
    }
    (record,) = runtime.records([NAME]).values()
    with pytest.raises(NotFound, match="linux/amd64"):
        runtime.chain_id(record, AMD64, "overlayfs")


@pytest.mark.parametrize("read_only", [True, False])
def test_what_is_mounted_is_kept_by_a_lease_without_end(
    runtime: ImageMountRuntime, store: Store, image: StoredImage, place: str, read_only: bool
) -> None:
    runtime.mount(wanted(place, image, read_only=read_only))
    point = runtime.look(place, "overlayfs")
    expected = MountPoint(
        place, True, "overlayfs", image.chain[-1], read_only, mounts=1, has_lease=True, is_kept=True
    )
    assert point == expected
    assert store.space().leases == {place: {LABEL: place}}
    store.space().images.clear()
    store.collect()
    assert ("overlayfs", place) in store.space().snapshots
    assert runtime.look(place, "native") == expected, "the lease tells the snapshotter"
    runtime.unmount(point)
    assert runtime.look(place, "overlayfs") == MountPoint(place, True)
    store.collect()
    assert (store.space().leases, store.space().snapshots) == ({}, {})


def test_a_snapshot_that_is_there_is_mounted_again(
    runtime: ImageMountRuntime, store: Store, image: StoredImage, place: str
) -> None:
    runtime.mount(wanted(place, image))
    unmount(place)
    point = runtime.look(place, "overlayfs")
    assert (point.mounts, point.has_snapshot, point.is_kept) == (0, True, True)
    runtime.mount(wanted(place, image))
    assert runtime.look(place, "overlayfs").mounts == 1
    assert list(store.space().leases) == [place]


def test_mounts_on_top_of_each_other_all_go(
    runtime: ImageMountRuntime, store: Store, image: StoredImage, place: str
) -> None:
    for _time in range(2):
        runtime.mount(wanted(place, image))
    assert runtime.look(place, "overlayfs").mounts == 2
    runtime.unmount(runtime.look(place, "overlayfs"))
    assert runtime.look(place, "overlayfs").mounts == 0


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_there_is_replaced_or_there_again(
    runtime: ImageMountRuntime, store: Store, image: StoredImage, place: str, fails: bool
) -> None:
    runtime.mount(wanted(place, image))
    store.space().images.clear()  # from now on only the mount keeps the layers
    other = StoredImage("other").into(store).named(store, "other")
    point = runtime.look(place, "overlayfs")
    chain_id = "sha256:none" if fails else other.chain[-1]
    with pytest.raises(NotFound) if fails else nullcontext():
        runtime.replace(point, ImageMount(place, chain_id, True, "overlayfs"))
    there = runtime.look(place, "overlayfs")
    assert there == (point if fails else point.replace(chain_id=chain_id))
    assert list(store.space().leases) == [place]
    store.collect()
    left = {key for _snapshotter, key in store.space().snapshots}
    assert left >= {place, *(image.chain if fails else ())}
    assert fails or not left & set(image.chain)


def test_the_lease_of_ctr_is_replaced_by_one_without_end(
    runtime: ImageMountRuntime, store: Store, image: StoredImage, place: str
) -> None:
    runtime.mount(wanted(place, image))
    store.space().leases[place] = {LABEL: place, "containerd.io/gc.expire": "2026-01-01T00:00:00Z"}
    assert not runtime.look(place, "overlayfs").is_kept
    runtime.keep(place, "overlayfs")
    assert runtime.look(place, "overlayfs").is_kept
    assert store.space().leases == {place: {LABEL: place}}


def test_the_lease_of_a_run_that_died_is_seen_and_given_up(runtime: ImageMountRuntime, store: Store) -> None:
    dead = "%s %s 1 1" % ("0" * 36, os.readlink("/proc/self/ns/pid"))  # of an earlier boot
    store.space().leases.update({"left": {"community.containerd/owner": dead}, "foreign": {}})
    assert runtime.look("/no/such/place", "overlayfs").is_abandoned
    runtime.give_up_abandoned()
    assert not runtime.look("/no/such/place", "overlayfs").is_abandoned
    assert list(store.space().leases) == ["foreign"]


def test_a_lease_that_holds_nothing_keeps_nothing(
    runtime: ImageMountRuntime, store: Store, place: str
) -> None:
    store.space().leases[place] = {LABEL: place}
    assert runtime.look(place, "overlayfs") == MountPoint(place, False, has_lease=True)


def test_what_a_mount_above_hides_is_not_there(runtime: ImageMountRuntime, store: Store, place: str) -> None:
    lower = [os.path.join(store.root, name) for name in ("probe", "other")]
    above, path = os.path.dirname(place) + "/above", os.path.dirname(place) + "/above/below"
    for directory in (lower[1], path):
        os.makedirs(directory)
    options = ("lowerdir=%s:%s" % tuple(lower),)
    try:
        mount_snapshot([SnapshotMount("overlay", "overlay", "", options)], path)
    except Refused:
        pytest.skip("needs overlayfs on the directory of temporary files")
    assert runtime.look(path, "overlayfs").foreign == "overlay (overlay)"
    mount_snapshot([SnapshotMount("tmpfs", "above", "", ())], above)
    os.mkdir(path)
    try:
        assert runtime.look(path, "overlayfs") == MountPoint(path, True)
    finally:
        unmount(above)
        unmount(path)


def test_what_else_is_mounted_is_told(runtime: ImageMountRuntime, store: Store, place: str) -> None:
    os.makedirs(place)
    mount_snapshot([SnapshotMount("tmpfs", "other", "", ())], place)
    assert runtime.look(place, "overlayfs").foreign == "tmpfs (other)"


@pytest.mark.parametrize("verb", ["snapshots.Mounts", "leases.AddResource", "leases.Create"])
def test_a_mount_that_fails_leaves_nothing(
    fake: FakeContainerd, runtime: ImageMountRuntime, store: Store, image: StoredImage, place: str, verb: str
) -> None:
    fake.fail(verb, Status(2, "no"), times=1)
    with pytest.raises(Failure, match="no"):
        runtime.mount(wanted(place, image))
    assert not os.path.exists(place)
    assert store.space().leases == {}
    assert set(store.space().snapshots) == {("overlayfs", each) for each in image.chain}


def test_a_failure_spares_the_snapshot_that_was_there(
    fake: FakeContainerd, runtime: ImageMountRuntime, store: Store, image: StoredImage, place: str
) -> None:
    store.space().snapshots["overlayfs", place] = Snapshot(image.chain[-1], 2, {})
    fake.fail("snapshots.Mounts", Status(2, "no"))
    os.mkdir(place)
    with pytest.raises(Failure, match="no"):
        runtime.mount(wanted(place, image, read_only=False))
    assert ("overlayfs", place) in store.space().snapshots
    assert os.path.isdir(place)


def test_a_file_is_no_directory(runtime: ImageMountRuntime, store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="is not a directory"):
        runtime.look(str(tmp_path / "file"), "overlayfs")


def test_a_directory_that_cannot_be_made_is_told(
    runtime: ImageMountRuntime, store: Store, image: StoredImage, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refused, match="cannot make directory .*/file/below: "):
        runtime.mount(wanted(str(tmp_path / "file/below"), image))
