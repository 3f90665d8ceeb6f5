# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""payload.py [MODULE …]: what a task with each module sends to its host, by Ansible's builder, as JSON.

Run it by a Python that has ansible-core, in a process of its own: it installs Ansible's collection loader.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
import zipfile
from pathlib import Path

from ansible.executor.module_common import modify_module
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar

ROOT = Path(__file__).resolve().parents[2]
# From the checkout by way of its symlink tree, or from a place that lies in ansible_collections already.
COLLECTIONS = next(path for path in (ROOT / ".dev", *ROOT.parents) if (path / "ansible_collections").is_dir())
MODULES = COLLECTIONS / "ansible_collections/community/containerd/plugins/modules"


def build(module: str) -> bytes:
    """The zip inside the built module."""
    built = modify_module(
        module_name=f"community.containerd.{module}",
        module_path=str(MODULES / f"{module}.py"),
        module_args={},
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_python_interpreter": sys.executable},
        module_compression="ZIP_DEFLATED",
    )
    # A tuple up to ansible-core 2.18.
    text = getattr(built, "b_module_data", None) or built[0]  # type: ignore[index]
    return base64.b64decode(max(re.findall(rb"[A-Za-z0-9+/=]{64,}", text), key=len))


def measure(module: str) -> dict[str, int]:
    """Bytes and files: all, and our share (compressed, and as the source that the host compiles)."""
    data = build(module)
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


def main() -> None:
    init_plugin_loader([str(COLLECTIONS)])
    modules = sys.argv[1:] or sorted(path.stem for path in MODULES.glob("*.py"))
    print(json.dumps({module: measure(module) for module in modules}, indent=2))


if __name__ == "__main__":
    main()
