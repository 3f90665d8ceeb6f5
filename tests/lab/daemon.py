# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One private containerd: its own configuration, root, state and socket; start, stop, kill, restart.

Knows where containerd keeps what, on each version. Must never know about registries or tests,
nor touch a containerd that is not its own.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import processes
from .packages import Release
from .processes import LabError

# Version 2 is what 1.6, 1.7 and 2.1 all read.
# The paths keep this machine's /etc/cni, /opt/containerd and /var/run/nri out of it.
_CONFIG = """\
version = 2
root = "{root}"
state = "{state}"

[grpc]
  address = "{address}"

[plugins."io.containerd.internal.v1.opt"]
  path = "{home}/opt"

[plugins."io.containerd.nri.v1.nri"]
  disable = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "{home}/cni/bin"
  conf_dir = "{home}/cni/net.d"
"""


@dataclass(frozen=True)
class Daemon:
    """A containerd that is ours alone. All but its socket, whose path must be short, lies in ``home``."""

    version: str
    exact: str
    bin: Path
    home: Path
    address: str

    @classmethod
    def create(cls, release: Release, *, home: Path, sockets: Path, extra_config: str = "") -> Daemon:
        """Write directories and configuration, start nothing. ``extra_config`` is TOML put at its end."""
        daemon = cls(
            release.version, release.exact, release.bin, home, str(sockets / home.name / "containerd.sock")
        )
        if len(daemon.address + ".ttrpc") > 107:
            raise LabError(f"{daemon.address} is too long for a unix socket (107 bytes)")
        for directory in (home / "cni" / "net.d", home / "cni" / "bin", Path(daemon.address).parent):
            directory.mkdir(parents=True)
        paths = {"root": daemon.root, "state": daemon.state, "address": daemon.address, "home": home}
        daemon.config.write_text(_CONFIG.format(**paths) + extra_config)
        return daemon

    @property
    def config(self) -> Path:
        return self.home / "config.toml"

    @property
    def root(self) -> Path:
        return self.home / "root"

    @property
    def state(self) -> Path:
        return self.home / "state"

    @property
    def log(self) -> Path:
        return self.home / "containerd.log"

    @property
    def ctr_path(self) -> Path:
        return self.bin / "ctr"

    @property
    def namespace(self) -> str:
        return namespace_of(self.home)

    @property
    def pid(self) -> int:
        """The pid of the daemon that runs now; 0 when none does."""
        return next(iter(processes.find({"containerd"}, below=[self.home])), 0)

    def start(self, *, timeout_s: float = 60) -> None:
        """Start it and wait until it answers ``ctr version``."""
        self.launch()
        self.wait(timeout_s=timeout_s)

    def launch(self) -> None:
        if self.pid:
            raise LabError(f"containerd {self.version} of {self.home} runs already, pid {self.pid}")
        env = {**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}"}
        for name in ("NOTIFY_SOCKET", "CONTAINERD_ADDRESS", "CONTAINERD_NAMESPACE"):
            env.pop(name, None)
        processes.start([str(self.bin / "containerd"), "--config", str(self.config)], log=self.log, env=env)

    def wait(self, *, timeout_s: float = 60) -> None:
        what = f"containerd {self.version} at {self.address}"
        processes.wait_until(self.is_serving, what=what, pid=self.pid, log=self.log, timeout_s=timeout_s)

    def stop(self) -> None:
        """SIGTERM; tasks go on without it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, as a crash would; tasks go on without it."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        pid = self.pid
        if pid:
            processes.signal_and_wait(pid, number)

    def restart(self, *, timeout_s: float = 60) -> None:
        self.stop()
        self.start(timeout_s=timeout_s)

    def is_serving(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(self.address)
        except OSError:
            return False
        argv = [str(self.ctr_path), "--address", self.address, "--timeout", "2s", "version"]
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0

    def ctr(self, *arguments: str, namespace: str = "", timeout_s: float = 120) -> str:
        """Run the stock ctr of the same version against this daemon, in its own namespace unless told."""
        argv = [
            str(self.ctr_path),
            "--address",
            self.address,
            "--namespace",
            namespace or self.namespace,
            *arguments,
        ]
        return processes.run(argv, timeout_s=timeout_s)

    def shims(self) -> list[int]:
        return processes.find({"containerd-shim-runc-v2"}, below=[Path(self.address).parent])

    def as_dict(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "exact": self.exact,
            "address": self.address,
            "namespace": self.namespace,
            "home": str(self.home),
            "root": str(self.root),
            "state": str(self.state),
            "config": str(self.config),
            "log": str(self.log),
            "pid": self.pid,
            "bin": str(self.bin),
            "ctr": str(self.ctr_path),
        }

    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> Daemon:
        return cls(
            entry["version"], entry["exact"], Path(entry["bin"]), Path(entry["home"]), entry["address"]
        )


def namespace_of(home: Path) -> str:
    """One that no other daemon here has: a container's cgroup is /NAMESPACE/ID whichever daemon made it."""
    version = home.name.partition("-")[0].replace(".", "")
    return f"itest{version}-{hashlib.sha256(str(home).encode()).hexdigest()[:4]}"
