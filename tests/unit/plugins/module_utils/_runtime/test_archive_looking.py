# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A look at a file that may be an archive, and may be made to hurt whoever looks."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import archive_looking
from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_looking import look_at
from ansible_collections.community.containerd.plugins.module_utils._values.archive import blob_path
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import (
    MAX_DOCUMENT_BYTES,
)
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

DIGEST = digest_of(b"blob")


def archive(path: Path, *entries: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> str:
    with tarfile.open(path, "w") as tar:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type, entry.linkname = len(data), kind, "/etc/passwd"
            tar.addfile(entry, io.BytesIO(data))
    return str(path)


def test_nothing_is_there(tmp_path: Path) -> None:
    assert look_at(str(tmp_path / "none"), ()).size is None


def test_blobs_are_told_by_digest_and_size(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "a", (blob_path(DIGEST), b"blob"), ("other", b"x"), ("index.json", b'{"manifests":[]}')
    )
    found = look_at(path, {DIGEST})
    assert found.size == os.path.getsize(path)
    assert found.contents is not None
    assert (found.contents.blobs, found.contents.images, found.contents.docker) == (
        {DIGEST: 4},
        {},
        frozenset(),
    )


@pytest.mark.parametrize(
    ("name", "data", "complaint"),
    [
        (blob_path(DIGEST), b"BLOB", "is not what its name says"),
        (blob_path(DIGEST), bytes(MAX_DOCUMENT_BYTES + 1), "is too large"),
        ("index.json", b"[]", "is not a JSON object"),
        ("manifest.json", b"{}x", "is malformed"),
        ("manifest.json", bytes(MAX_DOCUMENT_BYTES + 1), "manifest.json is too large"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, data: bytes, complaint: str) -> None:
    found = look_at(archive(tmp_path / "a", (name, data)), {DIGEST})
    assert found.contents is None and complaint in found.complaint


def test_links_are_nothing(tmp_path: Path) -> None:
    found = look_at(archive(tmp_path / "a", (blob_path(DIGEST), b""), kind=tarfile.SYMTYPE), {DIGEST})
    assert found.contents is not None and found.contents.blobs == {}


def test_more_entries_than_any_archive_has_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_looking, "MAX_ENTRIES", 3)
    path = archive(tmp_path / "a", *((str(n), b"") for n in range(4)))
    assert "more than 3 entries" in look_at(path, ()).complaint


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo"):
        with pytest.raises(Refused, match="is not a file"):
            look_at(str(path), ())


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(Refused, match="cannot read .*loop: Too many levels"):
        look_at(str(tmp_path / "loop"), ())
