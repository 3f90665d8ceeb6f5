# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large blob is read from its file where that is, and through the daemon for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.blob_reading import (
    blobs_folder,
    stream,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage


@pytest.fixture
def image(store: Store) -> StoredImage:
    return StoredImage().into(store)


@pytest.fixture
def file(store: Store, image: StoredImage, tmp_path: Path) -> Path:
    """The file of the first layer, where the daemon says that it is."""
    store.content_root = str(tmp_path)
    path = tmp_path.joinpath("blobs", *image.layers[0].digest.split(":"))
    path.parent.mkdir(parents=True)
    path.write_bytes(image.bytes[image.layers[0].digest])
    return path


def read(fake: FakeContainerd, image: StoredImage, offset: int = 0) -> bytes:
    session = fake.session()
    return b"".join(stream(session, blobs_folder(session), image.layers[0], offset))


@pytest.mark.parametrize("offset", [0, 1, 30])
def test_the_daemons_own_file_is_read_and_the_daemon_left_alone(
    fake: FakeContainerd, image: StoredImage, file: Path, offset: int
) -> None:
    assert read(fake, image, offset) == file.read_bytes()[offset:]
    assert not fake.named("content.Read")


def test_a_daemon_that_names_no_folder_is_asked(
    fake: FakeContainerd, image: StoredImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoy = tmp_path.joinpath(*image.layers[0].digest.split(":"))
    decoy.parent.mkdir()
    decoy.write_bytes(b"not it")
    monkeypatch.chdir(tmp_path)
    assert read(fake, image) == image.bytes[image.layers[0].digest]
    assert len(fake.named("content.Read")) == 1


def test_a_file_that_is_not_here_is_asked_for(fake: FakeContainerd, image: StoredImage, file: Path) -> None:
    file.unlink()
    assert read(fake, image, 7) == image.bytes[image.layers[0].digest][7:]


def test_a_file_that_cannot_be_read_is_asked_for(
    fake: FakeContainerd, image: StoredImage, file: Path
) -> None:
    file.unlink()
    file.mkdir()
    assert read(fake, image) == image.bytes[image.layers[0].digest]


def test_what_a_file_lacks_at_its_end_is_asked_for(
    fake: FakeContainerd, image: StoredImage, file: Path
) -> None:
    file.write_bytes(file.read_bytes()[:20])
    assert read(fake, image) == image.bytes[image.layers[0].digest]
