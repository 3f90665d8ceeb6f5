# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible_test.py VENV COMMAND …: runs the ansible-test of .venv/VENV on a copy of this checkout.

ansible-test wants a folder that really lies in ansible_collections/ and asks git for its files; it wants
real Pythons on PATH; it fetches pip's installer from a place that not everyone reaches; and it exits with 0
when it has skipped everything. All of that is settled here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pythons

ROOT = Path(__file__).resolve().parents[2]
NOTHING_DONE = ("All targets skipped", "Cannot run")

# Stands in for get-pip.py: the pip that comes with Python installs the one that ansible-test asks for.
GET_PIP = """\
import ensurepip, glob, os, runpy, sys, sysconfig
bundled = os.path.join(os.path.dirname(ensurepip.__file__), "_bundled")
folders = (bundled, sysconfig.get_config_var("WHEEL_PKG_DIR") or "")
sys.path.insert(0, [wheel for folder in folders for wheel in glob.glob(os.path.join(folder, "pip-*.whl"))][0])
sys.argv[1:] = ["install"] + [a for a in sys.argv[1:] if a not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def tracked_and_new(folder: Path) -> list[str]:
    """What git knows or would take, as it is now."""
    names = subprocess.check_output(
        ["git", "-C", folder, "ls-files", "-coz", "--exclude-standard"], text=True
    )
    return sorted({name for name in names.split("\0") if name})


def copy_checkout(purpose: str) -> Path:
    """Makes the copy for ``purpose`` equal to the checkout; what is ignored there (ansible-test's environments) stays.

    Each purpose has its own, since several are served at once.
    """
    copy = ROOT / "build/copies" / purpose / "ansible_collections/community/containerd"
    if not (copy / ".git").is_dir():
        subprocess.run(["git", "init", "-q", copy], check=True)
    wanted = [name for name in tracked_and_new(ROOT) if os.path.lexists(ROOT / name)]
    for name in set(tracked_and_new(copy)) - set(wanted):
        (copy / name).unlink(missing_ok=True)
    for name in wanted:
        place(ROOT / name, copy / name)
    return copy


def place(source: Path, target: Path) -> None:
    """Copies one file or link, mode included."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.unlink(missing_ok=True)
        target.symlink_to(source.readlink())
    else:
        data = source.read_bytes()
        if not target.is_file() or target.is_symlink() or target.read_bytes() != data:
            target.unlink(missing_ok=True)
            target.write_bytes(data)
        target.chmod(source.stat().st_mode & 0o777)


def provide_pip_installer(venv: Path) -> None:
    """Puts the stand-in where this version of ansible-test looks for what it has downloaded before."""
    (source,) = venv.glob("lib/python3.*/site-packages/ansible_test/_internal/python_requirements.py")
    cache = Path.home() / ".ansible/test/cache"
    for version in set(re.findall(r"pip='([\d.]+)'", source.read_text(encoding="utf-8"))):
        path = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not path.exists():
            cache.mkdir(parents=True, exist_ok=True)
            path.write_text(GET_PIP, encoding="utf-8")


def environment(venv: Path) -> dict[str, str]:
    """PATH with this venv and every real Python; a UTF-8 locale that is always there."""
    path = [str(venv / "bin"), *pythons.folders(), *pythons.path_without_shims()]
    return {**os.environ, "PATH": os.pathsep.join(dict.fromkeys(path)), "LC_ALL": "C.UTF-8"}


def run(venv_name: str, arguments: list[str]) -> int:
    """Copies, prepares, runs; returns an exit code that can be believed."""
    venv = ROOT / ".venv" / venv_name
    copy = copy_checkout(arguments[0])
    provide_pip_installer(venv)
    print("Pythons here:", ", ".join(pythons.find()), flush=True)
    command = [str(venv / "bin/ansible-test"), *arguments, "--color", "no"]
    lines = []
    with subprocess.Popen(
        command, cwd=copy, env=environment(venv), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    if any(sign in line for sign in NOTHING_DONE for line in lines):
        print("FAILED: ansible-test did nothing and called it a success")
        return 1
    if arguments[0] == "sanity":
        runs = sum(line.startswith("Running sanity test") for line in lines)
        print(f"{runs} sanity runs")
        return process.returncode or not runs
    return process.returncode


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
