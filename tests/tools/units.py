# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""units.py: the unit tests of what reaches managed hosts, on each of their Pythons, as many at a time as cores.

The oldest and the newest have all of them. Those between share them out: what one of them alone would take amiss is
a matter of import, which sanity tries on every one.

ansible-test does this too, one Python after the other and with a fork for each test: three times as long. Of
ansible there is what a managed host gets, its module_utils, taken from the environment that runs this.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ansible
import pythons

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/unit/plugins/module_utils", "tests/unit/plugins/modules")
NEWEST_MINOR = 13  # that the main ansible-core version supports on managed hosts
SUMMARY = re.compile(r"\d+ (?:passed|failed|error)")


def managed_host(place: Path) -> Path:
    """A folder for PYTHONPATH with the part of ansible that a module can import."""
    package = place / "ansible"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "module_utils").symlink_to(Path(ansible.__path__[0]) / "module_utils")
    return place


def shares(versions: list[str]) -> dict[str, list[str]]:
    """What each Python is to run."""
    between = versions[1:-1]
    files = sorted(str(path) for place in TESTS for path in (ROOT / place).rglob("test_*.py"))
    shared = {version: files[number :: len(between)] for number, version in enumerate(between)}
    return {version: shared.get(version, list(TESTS)) for version in versions}


def run(version: str, tests: list[str], host: Path) -> bool:
    """Runs the tests on one Python; says in a line how it went, and everything when it went badly."""
    name = f"units-{version}"
    making = ["tests/tools/venv", name, str(pythons.find()[version]), "units"]
    testing = [f".venv/{name}/bin/python", "-B", "-m", "pytest", "-q", *tests]
    env = {**os.environ, "PYTHONPATH": f"{ROOT / '.dev'}{os.pathsep}{host}"}
    for command in (making, testing):
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            print(f"{done.stdout}\nFAILED: Python {version}", flush=True)
            return False
    summary = next((line for line in reversed(done.stdout.splitlines()) if SUMMARY.search(line)), "")
    print(f"Python {version}: {summary}", flush=True)
    return bool(summary)


def main() -> int:
    versions = [version for version in pythons.find() if int(version[2:]) <= NEWEST_MINOR]
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(os.cpu_count()) as workers:
        host = managed_host(Path(place))
        passed = list(workers.map(lambda share: run(share[0], share[1], host), shares(versions).items()))
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
