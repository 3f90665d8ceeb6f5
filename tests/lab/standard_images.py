# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images that every registry of a lab holds from the start.

Knows busybox. Must never know how a registry or a daemon is run.
"""

from __future__ import annotations

import platform

from .images import Image, Index, image, index
from .layers import Directory, Entry, File, Link, layer
from .packages import program
from .processes import run

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
PAGE = b"<h1>It works: served from a container</h1>\n"

_PASSWD = b"""\
root:x:0:0:root:/root:/bin/sh
www-data:x:33:33:www-data:/www:/bin/false
app:x:1000:1000:app:/home/app:/bin/sh
nobody:x:65534:65534:nobody:/:/bin/false
"""
_GROUP = b"""\
root:x:0:
audio:x:29:app
www-data:x:33:
staff:x:50:root,app
app:x:1000:
nogroup:x:65534:
"""


def build() -> dict[str, Image | Index]:
    """repository:tag -> image."""
    root = layer(busybox_entries())
    page = layer({"www/index.html": PAGE})
    other = "arm64" if ARCHITECTURE != "arm64" else "amd64"
    busybox = image([root], architecture=ARCHITECTURE, cmd=["sh"], labels={"org.example.role": "tools"})
    foreign = image([layer({"etc/arch": other.encode()})], architecture=other, cmd=["sh"])
    server = ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/www"]
    tiny = [image([layer({"version": tag})], architecture=ARCHITECTURE) for tag in (b"1", b"2")]
    return {
        "busybox:1": busybox,
        "web:1": image([root, page], dialect="docker", architecture=ARCHITECTURE, cmd=server),
        "multi:1": index([busybox, foreign], attestation_of=busybox),
        "tiny:1": tiny[0],
        "tiny:2": tiny[1],
        "public/tiny:1": tiny[0],
    }


def busybox_entries() -> dict[str, Entry]:
    """A root file system with busybox under all its names, a few users and a page to serve."""
    binary = program("busybox")
    applets = run([str(binary), "--list"]).split()
    return {
        **{
            path: Directory()
            for path in ("bin", "dev", "etc", "home", "proc", "run", "sys", "usr", "var", "www")
        },
        "tmp": Directory(0o1777),
        "root": Directory(0o700),
        "home/app": Directory(0o750, 1000, 1000),
        "bin/busybox": File(binary.read_bytes(), 0o755),
        **{f"bin/{applet}": Link("busybox") for applet in applets if applet != "busybox"},
        "etc/passwd": _PASSWD,
        "etc/group": _GROUP,
        "etc/hostname": b"busybox\n",
        "www/index.html": PAGE,
    }
