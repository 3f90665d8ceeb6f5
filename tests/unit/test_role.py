# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role says of itself in several places is the same everywhere."""

from __future__ import annotations

import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles/containerd_setup"
SPECIFICATION = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS: dict[str, dict[str, t.Any]] = SPECIFICATION["argument_specs"]["main"]["options"]


def test_the_defaults_are_those_of_the_specification() -> None:
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
    assert defaults == {name: option["default"] for name, option in OPTIONS.items() if "default" in option}


def test_the_readme_is_up_to_date() -> None:
    tool = [sys.executable, str(ROOT / "tests/tools/role_readme.py"), "--check"]
    assert subprocess.run(tool, check=False).returncode == 0


@pytest.mark.parametrize("name", OPTIONS)
def test_each_variable_is_used(name: str) -> None:
    files = [path for path in ROLE.glob("*/*") if path.parent.name in ("tasks", "vars", "templates")]
    assert any(name in path.read_text(encoding="utf-8").replace(f"__{name}", "") for path in files)


@pytest.mark.parametrize("path", sorted(ROLE.glob("*/*")), ids=str)
def test_a_file_of_the_role_has_less_than_200_lines(path: Path) -> None:
    limit = 400 if path.name == "argument_specs.yml" else 200
    assert len(path.read_text(encoding="utf-8").splitlines()) < limit
