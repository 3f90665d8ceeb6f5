# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""payload.py [MODULE …]: what a task with each module sends to its host, by Ansible's builder, as JSON.

payload.py --scripts < JSON: writes what would be sent, {path: [module, args]}, one script for each task.

Run it by a Python that has ansible-core, in a process of its own: it installs Ansible's collection loader.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
import typing as t
import zipfile
from pathlib import Path

from ansible import modules
from ansible.executor.module_common import modify_module
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar

ROOT = Path(__file__).resolve().parents[2]
# From the checkout by way of its symlink tree, or from a place that lies in ansible_collections already.
COLLECTIONS = next(path for path in (ROOT / ".dev", *ROOT.parents) if (path / "ansible_collections").is_dir())
MODULES = COLLECTIONS / "ansible_collections/community/containerd/plugins/modules"


def build(module: str, args: dict[str, t.Any], python: str = sys.executable) -> bytes:
    """The script that a task sends to the host; ``module`` is a full name, ``python`` what runs it there."""
    namespace, _dot, name = module.rpartition(".")
    folder = Path(modules.__path__[0]) if namespace == "ansible.builtin" else MODULES
    built = modify_module(
        module_name=module,
        module_path=str(folder / f"{name}.py"),
        module_args=args,
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_python_interpreter": python},
        module_compression="ZIP_DEFLATED",
    )
    # A tuple up to ansible-core 2.18.
    return bytes(getattr(built, "b_module_data", None) or built[0])  # type: ignore[index]


def zip_of(script: bytes) -> bytes:
    """The zip inside a built module."""
    return base64.b64decode(max(re.findall(rb"[A-Za-z0-9+/=]{64,}", script), key=len))


def measure(module: str) -> dict[str, int]:
    """Bytes and files: all, and our share (compressed, and as the source that the host compiles)."""
    data = zip_of(build(f"community.containerd.{module}", {}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = archive.infolist()
    ours = [info for info in files if info.filename.startswith("ansible_collections/") and info.file_size]
    return {
        "bytes": len(data),
        "files": len(files),
        "our_bytes": sum(info.compress_size for info in ours),
        "our_source_bytes": sum(info.file_size for info in ours),
        "our_files": len(ours),
    }


def write_scripts(tasks: dict[str, tuple[str, dict[str, t.Any]]]) -> None:
    """One script for each path; named in its first line is the host's Python, which nobody reads there."""
    for path, (module, args) in tasks.items():
        Path(path).write_bytes(build(module, args, "/usr/bin/python3"))


def main() -> None:
    init_plugin_loader([str(COLLECTIONS)])
    if sys.argv[1:] == ["--scripts"]:
        write_scripts(json.load(sys.stdin))
        return
    names = sys.argv[1:] or sorted(path.stem for path in MODULES.glob("*.py"))
    print(json.dumps({name: measure(name) for name in names}, indent=2))


if __name__ == "__main__":
    main()
