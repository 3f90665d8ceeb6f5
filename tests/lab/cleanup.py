# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a lab, also of one that crashed: no process, mount, cgroup or file of it stays.

Knows what containerd, its shim and runc leave on a machine. Must never touch what is not below the lab's
own directories or named after its own containers.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import processes

SHARED = Path(
    "/run/containerd"
)  # shim sockets (s/) and runc's state (runc/) go here whatever a daemon's state directory is
_SERVERS = {"containerd", "dockerd", "docker-registry", "token_server.py"}
_SHIMS = {"containerd-shim-runc-v2"}


def remove(home: Path, *, sockets: Path) -> None:
    """End everything that lives in ``home`` and in the directory of its sockets, and remove both."""
    places = [home, sockets]
    processes.kill_all(lambda: processes.find(_SERVERS, below=places))
    processes.kill_all(lambda: processes.with_descendants(processes.find(_SHIMS, below=places)))
    bundles = "state/io.containerd.runtime.v2.task/*/*"
    for bundle in (*home.glob(bundles), *home.glob(f"daemons/*/{bundles}")):
        _remove_traces_of_bundle(bundle)
    _unmount_below(places)
    for place in filter(Path.exists, places):
        shutil.rmtree(place)


def remove_traces_of(namespace: str) -> None:
    """Remove what runc and the kernel keep under names that begin so: empty cgroups, state directories."""
    for state in (SHARED / "runc").glob(f"{namespace}*"):
        shutil.rmtree(state, ignore_errors=True)
    for top in (
        *Path("/sys/fs/cgroup").glob(f"{namespace}*"),
        *Path("/sys/fs/cgroup").glob(f"*/{namespace}*"),
    ):
        _remove_cgroup(top)
    if not (SHARED / "containerd.sock").exists():
        for directory in (SHARED / "s", SHARED / "fifo", SHARED / "runc", SHARED):
            with contextlib.suppress(OSError):  # not empty, or not there
                directory.rmdir()


def _remove_traces_of_bundle(bundle: Path) -> None:
    """A bundle is STATE/io.containerd.runtime.v2.task/NAMESPACE/ID."""
    namespace, container = bundle.parts[-2:]
    for record in ("address", "bootstrap.json"):
        with contextlib.suppress(OSError):
            for socket in re.findall(rf"{SHARED}/s/[0-9a-f]{{64}}", (bundle / record).read_text()):
                Path(socket).unlink(missing_ok=True)
    shutil.rmtree(SHARED / "runc" / namespace / container, ignore_errors=True)
    with contextlib.suppress(OSError):
        (SHARED / "runc" / namespace).rmdir()
    for top in (Path("/sys/fs/cgroup"), *Path("/sys/fs/cgroup").glob("*/")):
        _remove_cgroup(top / namespace / container)
        with contextlib.suppress(OSError):
            (top / namespace).rmdir()


def _remove_cgroup(top: Path) -> None:
    for directory in sorted((path for path in top.glob("**/") if path.is_dir()), reverse=True):
        with contextlib.suppress(OSError):  # in use: then it is not only ours
            directory.rmdir()


def _unmount_below(places: Iterable[Path]) -> None:
    """The last mounted first; what is busy goes as soon as it is not."""
    for target in reversed(
        [target for target in mounts() if any(_is_at_or_below(target, place) for place in places)]
    ):
        try:
            processes.run(["umount", target])
        except processes.LabError:
            processes.run(["umount", "--lazy", target])


def mounts() -> Iterator[str]:
    """Every mount point of this machine, in the order of mounting."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        yield re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal.group(1), 8)), line.split()[4])


def _is_at_or_below(target: str, place: Path) -> bool:
    return target == str(place) or target.startswith(f"{place}/")
