# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's docker, never installed: a private dockerd that loads and saves images, and its command line.

It runs no container, has no network and touches no rule of the machine's firewall.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import packages, processes
from .archive_tools import library_path
from .daemon import Daemon

# No bridge, so that nothing of the machine's network changes.
NO_NETWORK = ("--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false")


@dataclass(frozen=True)
class Docker:
    """A dockerd that is ours alone; all that it keeps, and its socket, lies in ``home``."""

    home: Path
    tree: Path

    @property
    def address(self) -> str:
        return f"unix://{self.home}/docker.sock"

    def docker(self, *arguments: str) -> str:
        """``docker("save", "--output", …)``; what it printed, or LabError."""
        program = self.tree / "usr/bin/docker"
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home)}
        return processes.run([str(program), "--host", self.address, *arguments], env=env)

    def is_serving(self) -> bool:
        try:
            self.docker("version")
        except processes.LabError:
            return False
        return True


@contextmanager
def running(daemon: Daemon, place: Path) -> Iterator[Docker]:
    """A dockerd over this containerd, in a directory of its own in ``place``, whose path must be short."""
    trees = packages.unpacked("docker.io", "runc")
    home = Path(tempfile.mkdtemp(prefix="docker-", dir=place))
    made = Docker(home, trees["docker.io"])
    (home / "daemon.json").write_text(json.dumps({"deprecated-key-path": str(home / "key.json")}))
    argv = [
        str(made.tree / "usr/sbin/dockerd"),
        f"--config-file={home}/daemon.json",
        f"--containerd={daemon.address}",
        f"--data-root={home}/root",
        f"--exec-root={home}/exec",
        f"--pidfile={home}/pid",
        f"--host={made.address}",
        "--storage-driver=vfs",
        *NO_NETWORK,
    ]
    env = {"PATH": f"{trees['runc']}/usr/sbin:{os.environ['PATH']}", "LD_LIBRARY_PATH": library_path()}
    log = home / "docker.log"
    try:
        pid = processes.start(argv, log=log, env=env)
        processes.wait_until(made.is_serving, what="dockerd", pid=pid, log=log)
        yield made
    finally:
        for each in processes.find({"dockerd"}, below=[home]):
            processes.signal_and_wait(each, signal.SIGTERM)
        shutil.rmtree(home)
