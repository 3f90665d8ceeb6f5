# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plays that ansible-core has for every connection plugin: target `connection` of its integration tests.

They are in its source distribution only, not in what pip installs. They are fetched once for each version, into
.cache/, and are no part of this repository. Must never know what is connected to.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = "test/integration/targets/connection"
VERSION = "from ansible.release import __version__ as version; print(version)"


def provide(venv: Path) -> Path:
    """The folder with the plays of the ansible-core that this virtual environment has."""
    python = str(venv / "bin/python")
    version = subprocess.check_output([python, "-c", VERSION], text=True).strip()
    place = ROOT / ".cache/ansible-core" / version
    if not (place / "connection").is_dir():
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as folder:
            _fetch(python, version, Path(folder))
            (Path(folder) / TARGET).rename(place / "connection")
    return place / "connection"


def _fetch(python: str, version: str, folder: Path) -> None:
    print(f"fetch the source of ansible-core {version}", flush=True)
    download = [python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", "ansible-core"]
    subprocess.run([*download, "--dest", str(folder), f"ansible-core=={version}"], check=True)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        for member in source:
            _root, _slash, name = member.name.partition("/")
            if not name.startswith(TARGET + "/") or ".." in name or not member.isfile():
                continue
            # Not by extract(): the Python of Debian 12 has no filter that keeps what is unpacked in its place.
            content = source.extractfile(member)
            assert content is not None, "it is a file"
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
            path.chmod(member.mode & 0o755)
