# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole lab: daemons of several versions, registries and images, in one directory; up and down.

Knows the order of things. Must never know how a daemon or a registry is made.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import cleanup, images, packages, registries, standard_images
from .daemon import Daemon, namespace_of
from .packages import Release
from .processes import LabError, run
from .registries import Registry

MARK = (
    ".community.containerd.lab"  # a directory with this file in it is a lab's, and may be removed as a whole
)
LONGEST_SOCKET_DIR = 107 - len("/2.1-x12345678/containerd.sock.ttrpc")


@dataclass(frozen=True)
class Lab:
    dir: Path
    daemons: tuple[Daemon, ...]
    registries: dict[str, Registry]
    images: dict[str, dict[str, Any]]

    @classmethod
    def load(cls, path: Path) -> Lab:
        """The lab that is up, as its lab.json tells."""
        try:
            content = json.loads(path.read_text())
        except (OSError, ValueError) as exc:
            raise LabError(
                f"{path} describes no lab: {exc}; make one: python3 tests/lab/lab.py up --dir DIR"
            ) from exc
        return cls(
            path.parent,
            tuple(Daemon.from_dict(entry) for entry in content["daemons"]),
            {kind: Registry(**entry) for kind, entry in content["registries"].items()},
            content["images"],
        )

    def save(self) -> None:
        content = {
            "daemons": [daemon.as_dict() for daemon in self.daemons],
            "registries": {kind: registry.as_dict() for kind, registry in self.registries.items()},
            "images": self.images,
        }
        part = self.dir / "lab.json.part"
        part.write_text(json.dumps(content, indent=2) + "\n")
        part.rename(self.dir / "lab.json")

    def daemon(self, version: str) -> Daemon:
        for daemon in self.daemons:
            if daemon.version == version:
                return daemon
        raise LabError(
            f"no containerd {version} here, only {', '.join(each.version for each in self.daemons)}"
        )

    def extra_daemon(self, version: str, *, extra_config: str = "") -> Daemon:
        """One more containerd, started, to kill or break; ``remove_daemon`` or the lab's end removes it."""
        release = packages.fetch([version])[version]
        home = Path(tempfile.mkdtemp(prefix=f"{version}-x", dir=self.dir / "daemons"))
        daemon = Daemon.create(release, home=home, sockets=_sockets(self.dir), extra_config=extra_config)
        daemon.start()
        return daemon


def remove_daemon(daemon: Daemon) -> None:
    cleanup.remove(daemon.home, sockets=Path(daemon.address).parent)
    cleanup.remove_traces_of(daemon.namespace)


def up(directory: Path, *, versions: Iterable[str] = packages.VERSIONS) -> Lab:
    """Bring up a lab in a directory that is new, empty, or a lab that went down badly."""
    directory = directory.resolve()
    if os.geteuid() != 0:
        raise LabError("the lab needs root: containerd mounts file systems and makes cgroups")
    if directory.exists() and any(directory.iterdir()) and not (directory / MARK).exists():
        raise LabError(f"{directory} is neither empty nor a lab; give another --dir")
    began = time.monotonic()
    releases = packages.fetch(versions)
    down(directory)
    try:
        lab = _up(directory, releases)
    except BaseException:
        down(directory)
        raise
    print(f"lab is up in {time.monotonic() - began:.1f} s: {directory / 'lab.json'}", flush=True)
    return lab


def down(directory: Path) -> None:
    """Take down a lab, whatever state it is in; where there is none, nothing happens."""
    directory = directory.resolve()
    if not (directory / MARK).exists():
        return
    namespaces = [namespace_of(home) for home in (directory / "daemons").glob("*")]
    cleanup.remove(directory, sockets=_sockets(directory))
    for namespace in namespaces:
        cleanup.remove_traces_of(namespace)


def _up(directory: Path, releases: dict[str, Release]) -> Lab:
    sockets = _prepare(directory)
    daemons = []
    for release in releases.values():
        daemon = Daemon.create(release, home=directory / "daemons" / release.version, sockets=sockets)
        print(f"start containerd {release.exact} with runc {release.runc} at {daemon.address}", flush=True)
        daemon.launch()
        daemons.append(daemon)
    running = registries.start(directory / "registries")
    pushed = _push_standard_images(running)
    for daemon in daemons:
        daemon.wait()
    lab = Lab(directory, tuple(daemons), running, pushed)
    lab.save()
    return lab


def _prepare(directory: Path) -> Path:
    """Make the directory, on a file system that can hold snapshots, and find a place for the sockets."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MARK).touch()
    if run(["stat", "-f", "-c", "%T", str(directory)]).strip() == "overlayfs":
        print(f"{directory} is on overlayfs, which cannot hold snapshots: mounting a tmpfs on it", flush=True)
        run(["mount", "-t", "tmpfs", "-o", "mode=0755", "lab", str(directory)])
        (directory / MARK).touch()
    (directory / "daemons").mkdir()
    if len(str(directory / "run")) <= LONGEST_SOCKET_DIR:
        (directory / "run").mkdir()
    else:
        (directory / "run").symlink_to(tempfile.mkdtemp(prefix="lab-", dir="/run"))
    return _sockets(directory)


def _sockets(directory: Path) -> Path:
    return (directory / "run").resolve()


def _push_standard_images(running: dict[str, Registry]) -> dict[str, dict[str, Any]]:
    built = standard_images.build()
    for registry in running.values():
        client = registry.client()
        for name, image in built.items():
            repository, tag = name.split(":")
            images.push(client, repository, tag, image)
        print(
            f"{registry.kind:5} registry at {registry.scheme}://{registry.host} holds {', '.join(built)}",
            flush=True,
        )
    return {
        name: {
            "digest": each.manifest.digest,
            "media_type": each.manifest.media_type,
            "size": each.manifest.size,
        }
        for name, each in built.items()
    }
