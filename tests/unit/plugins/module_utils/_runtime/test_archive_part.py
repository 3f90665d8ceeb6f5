# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of an archive says the same as the whole, and holds no more than was asked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_part import (
    part_bytes,
    write_catalogue,
    write_part,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_reading import (
    ImageArchive,
)
from ansible_collections.community.containerd.tests.unit.fakes.archives import (
    NAME,
    Multi,
    Saved,
    layout,
    named,
    of_blobs,
    saved,
    write,
)
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage, written

ONE, TWO = StoredImage("one"), StoredImage("two", layers=3)
MULTI = Multi({"linux/amd64": ONE, "linux/arm64": TWO})
KINDS = {
    "layout": layout((ONE, named(NAME)), (TWO, {})),
    "index": of_blobs(MULTI.bytes, [{**written(MULTI.target), "annotations": named(NAME)}]),
    "index of which a platform lacks": of_blobs(
        MULTI.bytes, [{**written(MULTI.target), "annotations": named(NAME)}], lacks=TWO.digests
    ),
    "saved": saved((Saved(), ["app:1"])),
    "saved, compressed": saved((Saved(compressed=True), ["app:1"])),
}


def whole(tmp_path: Path, files: Any, **how: Any) -> ImageArchive:
    return ImageArchive(write(tmp_path / "whole.tar", files, **how))


def documents_of(archive: ImageArchive) -> dict[str, bytes]:
    """All that can be reached from the index, layers left out."""
    from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_part import _documents

    return _documents(archive)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("compress", [False, True])
def test_a_catalogue_says_what_the_archive_says(tmp_path: Path, kind: str, compress: bool) -> None:
    archive = whole(tmp_path, KINDS[kind], compress=compress)
    write_catalogue(archive, str(tmp_path / "catalogue.tar"))
    found = ImageArchive(str(tmp_path / "catalogue.tar"))
    assert found.listing == archive.listing.replace(is_catalogue=True)
    assert documents_of(found) == documents_of(archive) != {}
    assert not any(map(found.holds, (layer.digest for layer in (*ONE.layers, *TWO.layers))))


@pytest.mark.parametrize("compress", [False, True])
def test_a_part_holds_what_was_asked_for_and_no_more(tmp_path: Path, compress: bool) -> None:
    archive = whole(tmp_path, KINDS["layout"], compress=compress)
    wanted = [ONE.layers[1].digest, TWO.layers[0].digest]
    write_part(archive, wanted[::-1], str(tmp_path / "part.tar"))
    found = ImageArchive(str(tmp_path / "part.tar"))
    assert found.listing == archive.listing
    layers = [layer.digest for layer in (*ONE.layers, *TWO.layers)]
    assert [digest for digest in layers if found.holds(digest)] == wanted
    with found.open() as stream:
        for digest, entry in found.entries(wanted):
            stream.skip_to(entry.offset)
            assert stream.read(entry.size) == {**ONE.bytes, **TWO.bytes}[digest]


def test_the_length_of_a_part_is_known_before_it_is_written(tmp_path: Path) -> None:
    big = StoredImage("big", layers=1)
    layer = big.layers[0].digest
    archive = whole(tmp_path, layout((big, named(NAME))))
    write_catalogue(archive, str(tmp_path / "catalogue.tar"))
    write_part(archive, [layer], str(tmp_path / "part.tar"))
    sizes = {name: os.path.getsize(tmp_path / (name + ".tar")) for name in ("catalogue", "part")}
    assert abs(sizes["part"] - sizes["catalogue"] - part_bytes(archive, [layer])) <= 10240
    assert part_bytes(archive, [layer]) == big.layers[0].size + 512
