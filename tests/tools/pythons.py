# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Pythons of this machine, of PATH and pyenv, one for each minor version from 3.8; never a shim."""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path

NAME = re.compile(r"python3\.(\d+)")
OLDEST_MINOR = 8


def path_without_shims() -> list[str]:
    """PATH, less the folders whose pythons are scripts that start another one."""
    return [
        folder for folder in os.environ["PATH"].split(os.pathsep) if folder and not folder.endswith("/shims")
    ]


@functools.lru_cache(maxsize=1)
def find() -> dict[str, Path]:
    """Interpreters by version ("3.8"), oldest first; PATH wins over pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    newest_first = sorted(
        pyenv.glob("versions/*/bin"), key=lambda path: natural(path.parent.name), reverse=True
    )
    found: dict[int, Path] = {}
    for folder in [*map(Path, path_without_shims()), *newest_first]:
        for path in folder.glob("python3.*"):
            name = NAME.fullmatch(path.name)
            if name and int(name[1]) >= OLDEST_MINOR and os.access(path, os.X_OK):
                found.setdefault(int(name[1]), path)
    return {f"3.{minor}": found[minor] for minor in sorted(found)}


def natural(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def newest(*, minor_from: int, minor_to: int = 99) -> Path | None:
    """The newest Python within these minor versions."""
    fit = [path for version, path in find().items() if minor_from <= int(version[2:]) <= minor_to]
    return fit[-1] if fit else None


def folders() -> list[str]:
    """The folders that hold them, for a PATH."""
    return [str(path.parent) for path in find().values()]


if __name__ == "__main__":
    for found_version, found_path in find().items():
        print(found_version, found_path)
