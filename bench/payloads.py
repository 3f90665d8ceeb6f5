# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""payloads.py < JSON: writes what Ansible would send to a host and run there, one script for each task.

Reads {path: [module, args]}. Run it by a Python that has ansible-core, in a process of its own, as it
installs Ansible's collection loader. Knows Ansible's module builder; must never know what is measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COLLECTIONS = ROOT / ".dev"
MODULES = COLLECTIONS / "ansible_collections/community/containerd/plugins/modules"
PYTHON = "/usr/bin/python3"  # named in the script's first line, which nobody reads here


def build(module: str, args: dict[str, Any]) -> bytes:
    """The script for one task; ``module`` is a full name."""
    from ansible import modules
    from ansible.executor.module_common import modify_module
    from ansible.parsing.dataloader import DataLoader
    from ansible.template import Templar

    namespace, _dot, name = module.rpartition(".")
    folder = Path(modules.__path__[0]) if namespace == "ansible.builtin" else MODULES
    built = modify_module(
        module_name=module,
        module_path=str(folder / f"{name}.py"),
        module_args=args,
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_python_interpreter": PYTHON},
        module_compression="ZIP_DEFLATED",
    )
    data = getattr(built, "b_module_data", None) or built[0]  # type: ignore[index]  # a tuple up to 2.18
    return bytes(data)


def main() -> None:
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([str(COLLECTIONS)])
    for path, (module, args) in json.load(sys.stdin).items():
        Path(path).write_bytes(build(module, args))


if __name__ == "__main__":
    main()
