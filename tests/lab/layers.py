# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image layers made on the spot: tar archives of given files or of random data, plain or gzip.

Knows tar. The same call gives the same digest on the same machine. Must never know what an image is.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

CHUNK_BYTES = 1 << 20
GZIP_LEVEL = 1  # large layers are made often, and read once


@dataclass(frozen=True)
class File:
    """A regular file in a layer; plain bytes mean File(data)."""

    data: bytes
    mode: int = 0o644
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Directory:
    mode: int = 0o755
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True)
class Link:
    """A symbolic link, or a hard link to an earlier path of the same layer."""

    target: str
    is_hard: bool = False


Entry = bytes | File | Directory | Link


@dataclass(frozen=True)
class Layer:
    """A layer's bytes, in memory or in a file; ``diff_id`` is the digest of the uncompressed tar."""

    digest: str
    size: int
    source: bytes | Path
    diff_id: str
    is_gzip: bool


def layer(entries: Mapping[str, Entry], *, compression: str = "gzip") -> Layer:
    """A layer from path -> content; parent directories that are not named are made, mode 0755."""
    raw = io.BytesIO()
    writer = _LayerWriter(raw, compression=compression)
    with writer.tar() as tar:
        for path, entry in _with_parents(entries).items():
            info, data = _member(path, entry)
            tar.addfile(info, io.BytesIO(data))
    return writer.finish(raw.getvalue)


def zstd_frame(data: bytes) -> bytes:
    """A frame of raw blocks (RFC 8878, 3.1.1): any decoder takes it, and no package is needed to make it."""
    frame = b"\x28\xb5\x2f\xfd" + b"\xa0" + len(data).to_bytes(4, "little")
    for at in range(0, len(data), 100_000):
        block, is_last = data[at : at + 100_000], at + 100_000 >= len(data)
        frame += (len(block) << 3 | is_last).to_bytes(3, "little") + block
    return frame


def random_layer(
    size_bytes: int,
    *,
    seed: int,
    path: str = "data.bin",
    compression: str = "none",
    is_compressible: bool = False,
    store: Path | None = None,
) -> Layer:
    """A layer with one file of random data; given a ``store`` directory it never is in memory as a whole."""
    if store:
        target = store / f"layer-{seed}-{size_bytes}-{compression}-{int(is_compressible)}"
        with target.open("wb") as file:
            return _write_random(
                file, path, _RandomFile(size_bytes, seed, is_compressible), compression, lambda: target
            )
    raw = io.BytesIO()
    return _write_random(raw, path, _RandomFile(size_bytes, seed, is_compressible), compression, raw.getvalue)


def _write_random(
    raw: IO[bytes], path: str, data: _RandomFile, compression: str, source: Callable[[], bytes | Path]
) -> Layer:
    writer = _LayerWriter(raw, compression=compression)
    with writer.tar() as tar:
        info, _content = _member(path, b"")
        info.size = data.left
        tar.addfile(info, data)
    return writer.finish(source)


class _LayerWriter:
    """Hashes what goes into a layer twice: the tar (diff id) and its compressed form (digest)."""

    def __init__(self, raw: IO[bytes], *, compression: str) -> None:
        if compression not in ("gzip", "none"):
            raise ValueError(f"compression is gzip or none, not {compression}")
        self._packed: Any = _HashingWriter(raw)
        is_gzip = compression == "gzip"
        self._gzip = gzip.GzipFile("", "wb", GZIP_LEVEL, self._packed, mtime=0) if is_gzip else None
        self._plain: Any = _HashingWriter(self._gzip) if self._gzip else self._packed

    def tar(self) -> tarfile.TarFile:
        return tarfile.open(mode="w|", fileobj=self._plain, format=tarfile.PAX_FORMAT, bufsize=CHUNK_BYTES)

    def finish(self, source: Callable[[], bytes | Path]) -> Layer:
        if self._gzip:
            self._gzip.close()
        return Layer(self._packed.digest, self._packed.size, source(), self._plain.digest, bool(self._gzip))


class _HashingWriter:
    def __init__(self, target: Any) -> None:
        self._target, self._hash, self.size = target, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        self._target.write(data)
        return len(data)

    def flush(self) -> None:
        self._target.flush()

    @property
    def digest(self) -> str:
        return "sha256:" + self._hash.hexdigest()


class _RandomFile(io.RawIOBase):
    """Reads as random bytes; compressible ones shrink to about a quarter."""

    def __init__(self, size_bytes: int, seed: int, is_compressible: bool) -> None:
        self.left, self._random, self._is_compressible = size_bytes, random.Random(seed), is_compressible
        self._ready = io.BytesIO()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        data = self._ready.read(wanted)
        while len(data) < wanted:
            self._ready = io.BytesIO(self._more())
            data += self._ready.read(wanted - len(data))
        self.left -= wanted
        return data

    def _more(self) -> bytes:
        if not self._is_compressible:
            return self._random.randbytes(CHUNK_BYTES)
        return b"".join(self._random.randbytes(1024) + bytes(3072) for _block in range(CHUNK_BYTES // 4096))


def _with_parents(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    whole: dict[str, Entry] = {}
    for path, entry in entries.items():
        path = path.strip("/")
        for parent in reversed([str(parent) for parent in Path(path).parents][:-1]):
            whole.setdefault(parent, Directory())
        whole[path] = entry
    return whole


def _member(path: str, entry: Entry) -> tuple[tarfile.TarInfo, bytes]:
    entry = File(entry) if isinstance(entry, bytes) else entry
    info = tarfile.TarInfo(path)
    if isinstance(entry, Link):
        info.type, info.linkname = (tarfile.LNKTYPE if entry.is_hard else tarfile.SYMTYPE), entry.target
        return info, b""
    info.mode, info.uid, info.gid = entry.mode, entry.uid, entry.gid
    if isinstance(entry, Directory):
        info.type = tarfile.DIRTYPE
        return info, b""
    info.size = len(entry.data)
    return info, entry.data
