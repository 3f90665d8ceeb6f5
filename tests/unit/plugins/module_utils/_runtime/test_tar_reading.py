# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tar archives as Python and GNU tar write them, and as nobody should."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import tar_reading
from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_stream import open_archive
from ansible_collections.community.containerd.plugins.module_utils._runtime.tar_reading import members
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    Refused,
)
from ansible_collections.community.containerd.plugins.module_utils._values.offer import Member

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
DEEP = "d" * 90 + "/" + "e" * 90  # too long for a header of old
LONG = "directory/" * 30 + "file"


def made(path: Path, *names: str, form: str = "gnu", data: bytes = b"content", **info: object) -> Path:
    with tarfile.open(path, "w", format=FORMATS[form]) as tar:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            for key, value in info.items():
                setattr(entry, key, value)
            tar.addfile(entry, io.BytesIO(data))
    return path


def read(path: Path) -> dict[str, bytes]:
    found = {}
    with open_archive(str(path)) as stream:
        for member in members(stream, str(path)):
            found[member.name] = member.link.encode() or stream.read(member.size)
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_every_dialect_is_read(tmp_path: Path, form: str) -> None:
    names = ("a", "./b/../c", DEEP) + ((LONG, "ü" * 60) if form != "ustar" else ())
    found = read(made(tmp_path / "a.tar", *names, form=form))
    assert found == dict.fromkeys(["a", "c", *names[2:]], b"content")


def test_each_file_can_be_found_again_by_its_offset(tmp_path: Path) -> None:
    path = made(tmp_path / "a.tar", "a", "b", data=b"x" * 700)
    with open_archive(str(path)) as stream:
        found = list(members(stream, str(path)))
    assert found == [Member("a", 512, 700), Member("b", 2048, 700)]


def test_directories_and_devices_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as tar:
        for kind in (tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.LNKTYPE):
            entry = tarfile.TarInfo("x")
            entry.type = kind
            tar.addfile(entry)
        old = tarfile.TarInfo("directory/")
        old.type = tarfile.AREGTYPE
        tar.addfile(old)
    assert read(path) == {}


@pytest.mark.parametrize(
    ("link", "target"), [("../b/layer.tar", "b/layer.tar"), ("x/" + "y" * 150, "a/x/" + "y" * 150)]
)
def test_a_link_is_from_where_it_lies(tmp_path: Path, link: str, target: str) -> None:
    path = made(tmp_path / "a.tar", "a/layer.tar", data=b"", type=tarfile.SYMTYPE, linkname=link)
    assert read(path) == {"a/layer.tar": target.encode()}


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", ".."])
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Damaged, match="leads out of it"):
        read(made(tmp_path / "a.tar", name))
    with pytest.raises(Damaged, match="leads out of it"):
        read(made(tmp_path / "b.tar", "x", data=b"", type=tarfile.SYMTYPE, linkname=name))


def test_a_later_size_of_pax_counts(tmp_path: Path) -> None:
    path = made(tmp_path / "a.tar", "a", form="pax", pax_headers={"size": "7", "comment": "x"})
    data = bytearray(path.read_bytes())
    at = data.rfind(b"00000000007\0")
    if at >= 0:  # some Pythons write the zero themselves
        data[at : at + 11] = b"00000000000"
        header = bytes(data[at - 124 : at - 124 + 512])
        blank = header[:148] + b" " * 8 + header[156:]
        data[at + 24 : at + 32] = b"%06o\0 " % sum(blank)
        path.write_bytes(data)
    assert read(path) == {"a": b"content"}


def test_sizes_beyond_octal_are_read(tmp_path: Path) -> None:
    size = 9 << 30
    entry = tarfile.TarInfo("a")
    entry.size = size
    path = tmp_path / "a.tar"
    with path.open("wb") as file:
        file.write(entry.tobuf(tarfile.GNU_FORMAT))
        file.truncate(512 + size)
    with open_archive(str(path)) as stream:
        assert list(members(stream, str(path))) == [Member("a", 512, size)]


def test_a_signed_checksum_is_one_too(tmp_path: Path) -> None:
    path = made(tmp_path / "a.tar", "é")
    data = bytearray(path.read_bytes())
    header = bytes(data[:148]) + b" " * 8 + bytes(data[156:512])
    data[148:156] = b"%06o\0 " % sum(byte - 256 * (byte > 127) for byte in header)
    path.write_bytes(data)
    assert read(path) == {"é": b"content"}


def _broken(path: Path, at: int, new: bytes) -> Path:
    data = bytearray(path.read_bytes())
    data[at : at + len(new)] = new
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("at", "new", "says"),
    [
        (0, b"other", "is no tar archive"),
        (148, b"zzzzzz", "is no tar archive"),
        (148, b"\0" * 8, "is no tar archive"),
    ],
)
def test_what_is_no_tar_is_called_so(tmp_path: Path, at: int, new: bytes, says: str) -> None:
    with pytest.raises(Damaged, match=says):
        read(_broken(made(tmp_path / "a.tar", "a"), at, new))


@pytest.mark.parametrize("text", [b"", b"hello\n", b"x" * 511])
def test_a_file_shorter_than_a_header_is_no_tar(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(text)
    if not text:
        assert read(path) == {}
        return
    with pytest.raises(Damaged, match="is no tar archive"):
        read(path)


def test_a_truncation_anywhere_is_told_or_harms_nothing(tmp_path: Path) -> None:
    whole = made(tmp_path / "a.tar", "a", LONG, form="pax").read_bytes()
    path = tmp_path / "b.tar"
    for count in range(0, len(whole), 64):
        path.write_bytes(whole[:count])
        try:
            found = read(path)
        except Damaged:
            continue
        assert set(found.values()) <= {b"content"}


def _with_header(path: Path, kind: bytes, size: int, content: bytes = b"") -> Path:
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = kind, size
    path.write_bytes(entry.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512))
    return path


@pytest.mark.parametrize(
    "record", [b"", b"x", b"5 a=b", b"99 path=a\n", b"0 path=a\n", b"9999999999 a=b\n", b"8 pathaa\n"]
)
def test_a_malformed_pax_header_is_told(tmp_path: Path, record: bytes) -> None:
    path = _with_header(tmp_path / "a.tar", b"x", len(record), record)
    if not record:
        assert read(path) == {}
        return
    with pytest.raises(Damaged, match="malformed pax header"):
        read(path)


@pytest.mark.parametrize("size", [b"-1", b"1e9", b"9" * 20])
def test_a_pax_size_that_is_none_is_told(tmp_path: Path, size: bytes) -> None:
    record = b" size=%s\n" % size
    record = b"%d%s" % (len(record) + 2, record)
    path = _with_header(tmp_path / "a.tar", b"x", len(record), record)
    path.write_bytes(path.read_bytes() + tarfile.TarInfo("a").tobuf())
    with pytest.raises(Damaged, match="has a file of"):
        read(path)


def test_absurd_headers_and_counts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Damaged, match="has a header of"):
        read(_with_header(tmp_path / "a.tar", b"L", 1 << 30))
    with pytest.raises(Damaged, match="no valid size"):
        entry = bytearray(tarfile.TarInfo("a").tobuf())
        entry[124:136] = b"-0000000001\0"
        entry[148:156] = b"%06o\0 " % sum(entry[:148] + b" " * 8 + entry[156:])
        (tmp_path / "b.tar").write_bytes(entry)
        read(tmp_path / "b.tar")
    monkeypatch.setattr(tar_reading, "MAX_MEMBERS", 2)
    with pytest.raises(Refused, match="more than 2 files"):
        read(made(tmp_path / "c.tar", "a", "b", "c"))


@pytest.mark.parametrize("how", [{"type": b"S"}, {"pax_headers": {"GNU.sparse.major": "1"}}])
def test_sparse_files_are_refused(tmp_path: Path, how: dict[str, object]) -> None:
    with pytest.raises(Failure, match="sparse"):
        read(made(tmp_path / "a.tar", "a", form="pax", **how))


def test_a_global_pax_header_changes_no_name(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT, pax_headers={"path": "b"}) as tar:
        tar.addfile(tarfile.TarInfo("a"))
    assert read(path) == {"a": b""}
