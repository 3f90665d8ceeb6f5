# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image that is here, and containers that modules make of it; at the end nothing of them may be left.

Knows how modules are called and what a container leaves on a host; never what goes wrong in a test.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.world import Lab


class Stage:
    """An image that is here, and a container to be made of it."""

    def __init__(self, lab: Lab, daemon: Daemon, namespace: str) -> None:
        self.daemon, self.namespace = daemon, namespace
        self.image = lab.registries["plain"].host + "/busybox:1"
        self.run("ctr_image", name=self.image)
        self.bare = inventory.take(daemon, namespace)

    def options(self, **more: Any) -> dict[str, Any]:
        return {"name": "web", "image": self.image, "command": ["sleep", "1000"], "stop_timeout": 0, **more}

    def run(self, module: str, **options: Any) -> dict[str, Any]:
        return modules.done(modules.run(module, self.daemon, self.namespace, **options))

    def time(self, module: str, **options: Any) -> float:
        began = time.monotonic()
        self.run(module, **options)
        return time.monotonic() - began

    def kill(self, module: str, after_s: float, **options: Any) -> None:
        with modules.running(module, self.daemon, self.namespace, **options) as process:
            time.sleep(after_s)
            process.kill()

    def removes_all(self) -> None:
        """The container goes, and with it everything that any run made."""
        self.run("ctr_container", name="web", state="absent", stop_timeout=0)
        assert inventory.take(self.daemon, self.namespace) == self.bare
        assert not inventory.own_files(self.daemon, self.namespace)
        modules.wait_until(lambda: not self.shims(), "no shim is left")
        assert not inventory.mounts_below(
            self.daemon.state / "io.containerd.runtime.v2.task" / self.namespace
        )

    def shims(self) -> list[int]:
        return [pid for pid in self.daemon.shims() if self.namespace in command_line(pid)]


def command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except FileNotFoundError:
        return []
