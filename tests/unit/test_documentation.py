# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `ansible-doc` shows of every plugin fits into a terminal of 80 columns, without a trace of markup.

What is true of single modules, and whether their examples work, is for others to say.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = 80
FOLDERS = {"module": "modules", "connection": "connection", "inventory": "inventory"}
MARKUP = re.compile(r"\b(?:[BCEILMOPUV]|RV|HORIZONTALLINE)\([^)\s]|:ans\w+:`|&nbsp;")


def plugins(kind: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / FOLDERS[kind]).glob("*.py"))


@pytest.fixture(scope="module", params=list(FOLDERS))
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """All plugins of a kind, one after the other."""
    kind = request.param
    names = [f"community.containerd.{name}" for name in plugins(kind)]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".dev"),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path_factory.mktemp("ansible")),
        "COLUMNS": str(COLUMNS),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }
    command = [Path(sys.executable).with_name("ansible-doc"), "--type", kind, *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert done.stderr == ""
    assert done.stdout.count(f"> {kind.upper()} ") == len(names)
    return done.stdout


def test_no_markup_is_left(shown: str) -> None:
    assert [line for line in shown.splitlines() if MARKUP.search(line)] == []


def test_descriptions_and_options_fit(shown: str) -> None:
    """What comes between a plugin's name and its attributes; what follows, ansible-doc folds wider by itself."""
    parts = re.split(r"^> [A-Z]+ ", shown, flags=re.MULTILINE)[1:]
    prose = [re.split(r"^(?:ATTRIBUTES|NOTES|EXAMPLES):", part, flags=re.MULTILINE)[0] for part in parts]
    lines = [line for part in prose for line in part.splitlines()[1:]]
    assert len(lines) > 20 * len(parts)
    assert [line for line in lines if len(line) > COLUMNS] == []


@pytest.mark.parametrize("kind", FOLDERS)
def test_examples_fit(kind: str) -> None:
    for name in plugins(kind):
        source = (ROOT / "plugins" / FOLDERS[kind] / f"{name}.py").read_text(encoding="utf-8")
        found = re.search(r'^EXAMPLES = r"""\n(.*?)^"""', source, re.DOTALL | re.MULTILINE)
        assert found, name
        assert [line for line in found[1].splitlines() if len(line) > COLUMNS] == [], name
