# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""foreign_collection.py NAME: prints a folder for ANSIBLE_COLLECTIONS_PATH with this collection, which it fetches once.

The newest community package of Ansible that holds awx.awx is where it comes from; nothing else of it is kept.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "ansible==11.13.0"
PLACE = Path(__file__).resolve().parents[2] / ".cache/collections"


def fetch(collection: str, place: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True, stderr=subprocess.DEVNULL)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place, [name for name in archive.namelist() if name.startswith(collection)])


def main() -> None:
    collection = f"ansible_collections/{sys.argv[1].replace('.', '/')}/"
    if not (PLACE / collection / "MANIFEST.json").exists():
        fetch(collection, PLACE)
    print(PLACE)


if __name__ == "__main__":
    main()
