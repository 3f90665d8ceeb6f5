# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A containerd and its configuration, which is written as containerd_config does it: same decision, same verbs.

The installed containerd is asked for real. What Ansible does around it, other tests show.
"""

from __future__ import annotations

import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.community.containerd.plugins.module_utils._ansible.files import Files
from ansible_collections.community.containerd.plugins.module_utils._ansible.options import FILE
from ansible_collections.community.containerd.plugins.module_utils._ansible.programs import Programs
from ansible_collections.community.containerd.plugins.module_utils._reconcile import config
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import Outcome, reconcile
from ansible_collections.community.containerd.plugins.module_utils._runtime.config import ConfigRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import parse_endpoint
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.packages import Release
from ansible_collections.community.containerd.tests.unit.fakes.module_call import options
from ansible_collections.community.containerd.tests.unit.fakes.params import params


@dataclass(frozen=True)
class Configured:
    daemon: Daemon
    verbs: ConfigRuntime
    wish: dict[str, Any]  # every logical setting, each with a value that is not the default

    @classmethod
    def create(cls, release: Release, directory: Path, place: Path, file_version: str) -> Configured:
        """A daemon that has not started yet, in the lab that lies in ``directory``; ``place`` is for the module."""
        home = Path(tempfile.mkdtemp(prefix=f"{release.version}-c", dir=directory / "daemons"))
        daemon = Daemon.create(release, home=home, sockets=(directory / "run").resolve())
        spec = {**FILE, "executable": {"type": "str"}}
        program = str(daemon.bin / "containerd")
        with options({"executable": program, "_ansible_remote_tmp": str(place)}):
            module = AnsibleModule(spec)
        verbs = ConfigRuntime(parse_endpoint(daemon.address, "default", 1.0), Files(module), Programs(module))
        made = cls(daemon, verbs, _every_setting(daemon, file_version))
        daemon.config.unlink()
        made.change(**made.wish)
        return made

    def change(self, path: Path | None = None, **said: Any) -> Outcome:
        """What the module does with these options; ``path`` is the daemon's own file unless said."""
        return reconcile(
            config,
            self.verbs,
            params("containerd_config", path=str(path or self.daemon.config), **said),
            dry_run=False,
        )


def _every_setting(daemon: Daemon, file_version: str) -> dict[str, Any]:
    home, is_old = daemon.home, daemon.version == "1.6"
    more = home / "more.toml"
    more.write_text(
        f'version = {file_version}\ndisabled_plugins = ["io.containerd.snapshotter.v1.devmapper"]\n'
    )
    knows_cdi = {"cdi": daemon.version == "1.7", "cdi_spec_dirs": [str(home / "cdi")]}
    own: dict[str, Any] = {"io.containerd.internal.v1.opt": {"path": str(home / "opt")}}
    if not is_old:
        own["io.containerd.nri.v1.nri"] = {"disable": True}
    return {
        "config_version": file_version,
        "systemd_cgroup": True,
        "sandbox_image": "pause.example/pause:7",
        "registry_config_path": str(home / "certs.d"),
        "snapshotter": "native",
        "default_runtime": "crun",
        "runtimes": {"crun": {"options": {"BinaryName": "/usr/bin/crun"}}},
        "max_concurrent_downloads": 1,
        "discard_unpacked_layers": True,
        **({} if is_old else knows_cdi),
        "cni_conf_dir": str(home / "cni" / "net.d"),
        "cni_bin_dirs": [str(home / "cni" / "bin")],
        "imports": [str(more)],
        "disabled_plugins": ["io.containerd.snapshotter.v1.btrfs"],
        "required_plugins": ["io.containerd.grpc.v1.cri"],
        "grpc": {"address": daemon.address},
        "metrics": {"address": f"127.0.0.1:{_free_port()}"},
        "debug": {"level": "debug"},
        "oom_score": 7,
        "root": str(daemon.root),
        "state_dir": str(daemon.state),
        "proxy_plugins": {"far": {"type": "snapshot", "address": str(home / "far.sock")}},
        "settings": {"plugins": own},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
