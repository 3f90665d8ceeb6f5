# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""registry.py DIRECTORY ADDRESS: a registry for the hosts, which holds busybox:1; prints its pid. It logs who asked.

Knows docker-registry's configuration. The programs are those of the lab.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # makes tests/lab the package "lab"

from lab import images, packages, processes, standard_images
from lab.registry_client import RegistryClient


def start(home: Path, address: str) -> int:
    """Starts it, and waits until it accepts connections."""
    home.mkdir()
    config = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(home / "storage")}},
        "http": {"addr": address, "secret": "shared by nobody"},
    }
    (home / "config.yml").write_text(json.dumps(config))  # JSON is YAML
    log = home / "log"
    program = packages.program("docker-registry")
    pid = processes.start([str(program), "serve", str(home / "config.yml")], log=log)
    processes.wait_until(lambda: accepts(address), what="the registry of the hosts", pid=pid, log=log)
    return pid


def accepts(address: str) -> bool:
    host, _colon, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return False
    return True


def main() -> None:
    home, address = Path(sys.argv[1]).resolve(), sys.argv[2]
    with contextlib.redirect_stdout(sys.stderr):  # what is fetched is told of
        packages.fetch([])
    print(start(home, address))
    images.push(RegistryClient(address), "busybox", "1", standard_images.build()["busybox:1"])


if __name__ == "__main__":
    main()
