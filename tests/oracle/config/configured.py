# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A containerd and its configuration, which is changed as containerd_config does it: same decision, same verbs.

The installed containerd is asked for real. What Ansible does around it, other tests show.
"""

from __future__ import annotations

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

    @classmethod
    def create(cls, release: Release, directory: Path, place: Path) -> Configured:
        """A daemon that has not started yet, in the lab that lies in ``directory``; ``place`` is for the module."""
        home = Path(tempfile.mkdtemp(prefix=f"{release.version}-c", dir=directory / "daemons"))
        daemon = Daemon.create(release, home=home, sockets=(directory / "run").resolve())
        spec = {**FILE, "executable": {"type": "str"}}
        program = str(daemon.bin / "containerd")
        with options({"executable": program, "_ansible_remote_tmp": str(place)}):
            module = AnsibleModule(spec)
        endpoint = parse_endpoint(daemon.address, "default", 1.0)
        made = cls(daemon, ConfigRuntime(endpoint, Files(module), Programs(module)))
        return made

    def change(self, path: Path | None = None, **said: Any) -> Outcome:
        """What the module does with these options; ``path`` is the daemon's own file unless said."""
        return reconcile(
            config,
            self.verbs,
            params("containerd_config", path=str(path or self.daemon.config), **said),
            dry_run=False,
        )
