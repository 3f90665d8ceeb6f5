# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One stream of bytes, whatever an archive is compressed with, and clear words where there is none."""

from __future__ import annotations

import bz2
import ctypes
import gzip
import lzma
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_stream import (
    CHUNK_BYTES,
    open_archive,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    Missing,
    NotFound,
    Refused,
    Unsupported,
)

DATA = bytes(map(random.Random(1).randrange, [256] * 50_000)) + bytes(3 * CHUNK_BYTES)
needs_zstd = pytest.mark.skipif(shutil.which("zstd") is None, reason="the program zstd is not here")


def zstd(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-qc"], input=data, capture_output=True, check=True).stdout


COMPRESSIONS = [
    pytest.param(lambda data: data, id="none"),
    pytest.param(gzip.compress, id="gzip"),
    pytest.param(lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:]), id="gzip in parts"),
    pytest.param(zstd, id="zstd", marks=needs_zstd),
    pytest.param(
        lambda data: zstd(b"") + zstd(data[:100]) + zstd(data[100:]), id="zstd in parts", marks=needs_zstd
    ),
]


def put(tmp_path: Path, data: bytes) -> str:
    (tmp_path / "archive").write_bytes(data)
    return str(tmp_path / "archive")


@pytest.mark.parametrize("compress", COMPRESSIONS)
def test_the_same_bytes_come_out(tmp_path: Path, compress: object) -> None:
    path = put(tmp_path, compress(DATA))  # type: ignore[operator]
    with open_archive(path) as stream:
        assert stream.read(10) == DATA[:10]
        stream.skip_to(40_000)
        assert b"".join(stream.chunks(20_000)) == DATA[40_000:60_000]
        assert stream.position == 60_000
        assert stream.read_up_to(len(DATA)) == DATA[60_000:]
        assert stream.read_up_to(1) == b""


@pytest.mark.parametrize("compress", COMPRESSIONS)
def test_to_stop_in_the_middle_is_no_fault(tmp_path: Path, compress: object) -> None:
    with open_archive(put(tmp_path, compress(DATA))) as stream:  # type: ignore[operator]
        assert stream.read(1) == DATA[:1]


@pytest.mark.parametrize("compress", COMPRESSIONS)
def test_an_end_too_early_is_told(tmp_path: Path, compress: object) -> None:
    path = put(tmp_path, compress(DATA)[:-9])  # type: ignore[operator]
    with open_archive(path) as stream, pytest.raises(Damaged, match="ends in the middle|cannot be read on"):
        stream.read(len(DATA) + 1)
    with open_archive(path) as stream, pytest.raises(Damaged):
        stream.skip_to(len(DATA) + 1)


@pytest.mark.parametrize("compress", COMPRESSIONS[1:])
def test_damaged_bytes_are_told(tmp_path: Path, compress: object) -> None:
    data = bytearray(compress(DATA))  # type: ignore[operator]
    data[1000:1100] = bytes(100)
    with open_archive(put(tmp_path, bytes(data))) as stream, pytest.raises(
        Damaged, match="cannot be read on"
    ):
        stream.read(len(DATA) + 1)


@pytest.mark.parametrize(
    ("compress", "name"),
    [(bz2.compress, "bzip2"), (lzma.compress, "xz"), (lambda _data: b"PK\x03\x04", "zip")],
)
def test_a_foreign_compression_is_named(tmp_path: Path, compress: object, name: str) -> None:
    path = put(tmp_path, compress(b"x" * 100))  # type: ignore[operator]
    with pytest.raises(Unsupported, match="compressed with %s" % name), open_archive(path):
        pass


@pytest.mark.parametrize(
    ("path", "kind", "says"),
    [
        ("/no/such/archive", NotFound, "there is no archive"),
        ("/", Refused, "cannot be opened: Is a directory"),
        ("/dev/null", Refused, "is no regular file"),
    ],
)
def test_what_is_no_file_is_told(path: str, kind: type[Failure], says: str) -> None:
    with pytest.raises(kind, match=says), open_archive(path):
        pass


def test_a_named_pipe_does_not_hang_the_task(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="is no regular file"), open_archive(str(tmp_path / "pipe")):
        pass


def test_without_any_zstd_the_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        import compression.zstd  # type: ignore[import-not-found,unused-ignore] # noqa: F401
    except ImportError:
        pass
    else:
        pytest.skip("this Python has zstd")

    def missing(name: str) -> None:
        raise OSError("%s: cannot open shared object file" % name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    path = put(tmp_path, b"\x28\xb5\x2f\xfd" + bytes(20))
    with pytest.raises(Missing, match="no libzstd.*install the package libzstd1"), open_archive(path):
        pass


def test_bytes_come_in_pieces(tmp_path: Path) -> None:
    with open_archive(put(tmp_path, gzip.compress(DATA))) as stream:
        assert max(map(len, stream.chunks(len(DATA)))) == CHUNK_BYTES
