# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""skopeo, podman and buildah of Debian, never installed: they read and write the archives that we read and write.

Knows which libraries they need beside the machine's own, and how to keep their stores in one directory. Nothing of
theirs runs a container here: images are copied, loaded, saved, and built from files.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path

from . import packages, processes

PROGRAMS = ("skopeo", "podman", "buildah")
# What they are linked to and a small machine may lack; the libc is the machine's own.
LIBRARIES = (
    "libassuan0",
    "libdevmapper1.02.1",
    "libglib2.0-0",
    "libgpg-error0",
    "libgpgme11",
    "libpcre2-8-0",
    "libseccomp2",
    "libselinux1",
    "libsubid4",
    "libudev1",
)
# podman refuses to load an image without these, though it starts nothing.
HELPERS = {"conmon": "usr/bin/conmon", "runc": "usr/sbin/runc"}
SETTINGS = ".config/containers"  # below HOME, where they look before they look in /etc
STORAGE = """\
[storage]
driver = "vfs"
graphroot = "{home}/store"
runroot = "{home}/run"
"""


@dataclass(frozen=True)
class ArchiveTools:
    """The three tools over one store of images, which like all that they write lies in ``home``."""

    home: Path

    @classmethod
    def create(cls, home: Path) -> ArchiveTools:
        """Ready to be called; fetches the packages when the cache of the lab lacks them."""
        _trees()
        settings = home / SETTINGS
        for directory in (settings, home / "tmp"):
            directory.mkdir(parents=True)
        (settings / "policy.json").write_text('{"default": [{"type": "insecureAcceptAnything"}]}\n')
        (settings / "registries.conf").write_text("unqualified-search-registries = []\n")
        (settings / "storage.conf").write_text(STORAGE.format(home=home))
        return cls(home)

    def skopeo(self, *arguments: str) -> str:
        """``skopeo("copy", "oci-archive:…", "dir:…")``; what it printed, or LabError."""
        return self._run("skopeo", "--tmpdir", str(self.home / "tmp"), *arguments)

    def podman(self, *arguments: str) -> str:
        """``podman("load", "--input", …)`` into the store of ``home``."""
        conmon, runc = (str(_trees()[name] / path) for name, path in HELPERS.items())
        own = ("--conmon", conmon, "--runtime", runc, "--tmpdir", str(self.home / "libpod"))
        settings = ("--cgroup-manager", "cgroupfs", "--events-backend", "none")
        return self._run("podman", *own, *settings, *arguments)

    def buildah(self, *arguments: str) -> str:
        """``buildah("from", "scratch")``, and so on, in the same store as podman."""
        return self._run("buildah", *arguments)

    def _run(self, program: str, *arguments: str) -> str:
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "tmp"),
            "LD_LIBRARY_PATH": library_path(),
            "CONTAINERS_STORAGE_CONF": str(self.home / SETTINGS / "storage.conf"),
            "CONTAINERS_REGISTRIES_CONF": str(self.home / SETTINGS / "registries.conf"),
        }
        path = _trees()[program] / "usr" / "bin" / program
        return processes.run([str(path), *arguments], env=env, cwd=self.home, timeout_s=300)


@functools.cache
def _trees() -> dict[str, Path]:
    return packages.unpacked(*PROGRAMS, *HELPERS, *LIBRARIES)


@functools.cache
def library_path() -> str:
    """Where the unpacked libraries lie, for the dynamic loader (ld.so(8), LD_LIBRARY_PATH)."""
    found = {
        path.parent
        for name in LIBRARIES
        for path in sorted(_trees()[name].glob("**/lib/*-linux-gnu*/*.so.*"))
    }
    return ":".join(str(path) for path in sorted(found))
