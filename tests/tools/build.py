# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""build.py: builds the collection as for Galaxy, looks into it, installs it, and asks it for its modules.

Leaves the archive in build/dist/ and the installed collection in build/installed/.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import ansible_test

ROOT = ansible_test.ROOT
DIST = ROOT / "build/dist"
INSTALLED = ROOT / "build/installed"

# What a user gets. Anything else belongs into build_ignore of galaxy.yml.
SHIPPED = {
    ".ansible-lint",  # for Galaxy, which lints what it imports
    *("MANIFEST.json", "FILES.json", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "REUSE.toml"),
    *("CHANGELOG.md", "CHANGELOG.rst", "COPYING", "LICENSES"),
    *("changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "roles"),
}
MAX_BYTES = 20 * 1024 * 1024


def build(folder: Path) -> Path:
    """The archive in ``folder``, made from a copy that holds exactly what git holds."""
    copy = ansible_test.copy_checkout(folder.name)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["ansible-galaxy", "collection", "build", "--output-path", folder], cwd=copy, check=True)
    (archive,) = folder.glob("*.tar.gz")
    return archive


def complaints(archive: Path) -> list[str]:
    """What should not be in it."""
    with tarfile.open(archive) as tar:
        names = [name for name in tar.getnames() if name.split("/")[0] not in SHIPPED]
    found = [f"{name} is in the archive: add it to build_ignore" for name in names]
    if archive.stat().st_size > MAX_BYTES:
        found.append(f"the archive has {archive.stat().st_size} bytes, Galaxy takes {MAX_BYTES}")
    return found


def install(archive: Path, folder: Path) -> dict[str, str]:
    """Installs the archive as a user does; returns an environment with no other collection in reach."""
    env = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder), "PYTHONPATH": ""}
    options = ["--offline", "--no-deps", "-p", str(folder)]
    subprocess.run(
        ["ansible-galaxy", "collection", "install", archive, *options],
        check=True,
        env=env,
        cwd=archive.parent,
    )
    return env


def documented_modules(archive: Path) -> set[str]:
    """The modules that ansible-doc shows of the installed collection."""
    shutil.rmtree(INSTALLED, ignore_errors=True)
    env = install(archive, INSTALLED)
    listing = subprocess.check_output(
        ["ansible-doc", "--json", "--list", "community.containerd"], env=env, cwd=DIST, text=True
    )
    return set(json.loads(listing))


def main() -> int:
    archive = build(DIST)
    found = complaints(archive)
    modules = {f"community.containerd.{path.stem}" for path in (ROOT / "plugins/modules").glob("*.py")}
    found += [f"{name} is not in the installed collection" for name in modules - documented_modules(archive)]
    print(*found, f"{archive.name}: {archive.stat().st_size} bytes, {len(modules)} modules", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
