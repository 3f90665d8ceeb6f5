# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks as commands: built by Ansible, run on a host's Python, without Ansible's controller around them.

Knows where scripts lie and which Python runs them. Must never know what a task does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST_PYTHON = "/usr/bin/python3"
BUILDER = Path(__file__).resolve().parents[1] / "tests/tools/payload.py"


def host_python_with_requests() -> str:
    """The host's own where it can talk to registries, else the one that runs this."""
    asked = subprocess.run([HOST_PYTHON, "-c", "import requests"], check=False, capture_output=True)
    return sys.executable if asked.returncode else HOST_PYTHON


@dataclass
class Tasks:
    folder: Path
    _count: int = 0

    def command(self, module: str, args: dict[str, Any], *, python: str = HOST_PYTHON) -> list[str]:
        """What runs this task, to be run as often as wanted."""
        self._count += 1
        script = self.folder / f"{self._count}-{module}.py"
        run_tool(BUILDER, "--scripts", stdin=json.dumps({str(script): [module, args]}))
        return [python, str(script)]


def run_tool(script: Path, *args: str, stdin: str = "") -> str:
    """Run a script of ours on this Python, which has ansible-core; returns what it prints."""
    command = [sys.executable, str(script), *args]
    return subprocess.run(command, input=stdin, text=True, check=True, stdout=subprocess.PIPE).stdout
