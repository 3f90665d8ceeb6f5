# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a tar archive, one after another (POSIX ustar and pax, GNU long names).

Knows headers; never what the files mean. Nothing is ever written to a file system.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from .._values.errors import Damaged, Refused
from .._values.offer import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .archive_stream import ArchiveStream

BLOCK = 512
MAX_MEMBERS = 100_000  # an archive of a thousand images has about twenty thousand
MAX_HEADER_BYTES = 1 << 20  # of a long name or of pax records
_FILE_TYPES = (b"0", b"\0", b"7")


def members(stream: ArchiveStream, path: str) -> Iterator[Member]:
    """The files and symbolic links of an archive, with the stream at the first byte of each file.

    The names are normalised. Damaged for what is no tar, or names a path outside of itself.
    """
    extra: dict[str, str] = {}
    for _count in range(MAX_MEMBERS):
        header = stream.read_up_to(BLOCK)
        if not header.strip(b"\0"):
            return
        if len(header) < BLOCK:
            raise stream.truncated() if stream.position > BLOCK else _no_tar(path)
        if not _is_header(header):
            raise _no_tar(path)
        size, kind = _number(header[124:136], path), header[156:157]
        size = _pax_size(extra, size, path) if kind not in (b"x", b"g", b"L", b"K") else size
        end = stream.position + size + -size % BLOCK
        if kind in (b"x", b"g", b"L", b"K"):
            extra.update(_extra(stream, kind, size, path))
        else:
            if kind == b"S" or "GNU.sparse.major" in extra or "GNU.sparse.map" in extra:
                raise Refused("archive %s holds sparse files" % path, "make it without them")
            member = _member(header, kind, size, stream.position, extra, path)
            extra = {}
            if member is not None:
                yield member
        stream.skip_to(end)
    raise Refused(
        "archive %s holds more than %d files" % (path, MAX_MEMBERS), "part it into several archives"
    )


def _member(
    header: bytes, kind: bytes, size: int, offset: int, extra: dict[str, str], path: str
) -> Member | None:
    """A file or a symbolic link; directories and devices mean nothing to an image."""
    name = extra.get("path") or _name(header)
    if kind == b"2":
        link = extra.get("linkpath") or _text(header[157:257])
        return Member(
            _inside(name, path), offset, 0, _inside(posixpath.join(posixpath.dirname(name), link), path)
        )
    if kind in _FILE_TYPES and not name.endswith("/"):
        return Member(_inside(name, path), offset, size)
    return None


def _inside(name: str, path: str) -> str:
    """The name normalised, which must not lead out of the archive."""
    found = posixpath.normpath(name)
    if found.startswith(("/", "../")) or found == "..":
        raise Damaged(
            "archive %s holds the name %r, which leads out of it" % (path, name[:200]),
            "distrust its source; no image tool writes such names",
        )
    return found


def _extra(stream: ArchiveStream, kind: bytes, size: int, path: str) -> dict[str, str]:
    """What a header says about the one after it."""
    if size > MAX_HEADER_BYTES:
        raise Damaged("archive %s has a header of %d bytes" % (path, size), "make the archive again")
    content = stream.read(size)
    if kind == b"L":
        return {"path": _text(content)}
    if kind == b"K":
        return {"linkpath": _text(content)}
    return {} if kind == b"g" else _pax(content, path)


def _pax(content: bytes, path: str) -> dict[str, str]:
    """Records of the form ``LENGTH KEY=VALUE\\n`` (pax, "pax Header Block")."""
    found = {}
    while content:
        length = content.partition(b" ")[0]
        count = int(length) if length.isdigit() and len(length) < 9 else 0
        key, equals, value = content[len(length) + 1 : count - 1].partition(b"=")
        if not equals or content[count - 1 : count] != b"\n":
            raise Damaged("archive %s has a malformed pax header" % path, "make the archive again")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        content = content[count:]
    return found


def _pax_size(extra: dict[str, str], size: int, path: str) -> int:
    said = extra.get("size", "")
    if not said:
        return size
    if not said.isdigit() or len(said) > 19:
        raise Damaged("archive %s has a file of %s bytes" % (path, said[:40]), "make the archive again")
    return int(said)


def _is_header(header: bytes) -> bool:
    """The checksum is over the header with blanks in its own place; some count the bytes as signed."""
    said = header[148:156].strip(b" \0")
    if not said or any(byte not in b"01234567" for byte in said):
        return False
    blank = header[:148] + b" " * 8 + header[156:]
    unsigned = sum(blank)
    return int(said, 8) in (unsigned, unsigned - 256 * sum(byte > 127 for byte in blank))


def _number(field: bytes, path: str) -> int:
    """Octal, or as GNU has it binary when the first bit is set."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.strip(b" \0")
    if any(byte not in b"01234567" for byte in text):
        raise Damaged("archive %s has a file of no valid size" % path, "make the archive again")
    return int(text, 8) if text else 0


def _name(header: bytes) -> str:
    name = _text(header[:100])
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return prefix + "/" + name if prefix else name


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _no_tar(path: str) -> Damaged:
    return Damaged(
        "%s is no tar archive" % path, "name an archive that ctr, docker, podman or skopeo has written"
    )
