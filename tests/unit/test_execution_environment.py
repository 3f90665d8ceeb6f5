# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-builder finds what an execution environment with this collection needs, and takes our definition of one.

Knows nothing of images: what a build would fetch is not to be had everywhere.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFINITION = ROOT / "extensions/execution_environment/execution-environment.yml"
GUIDE = ROOT / "docs/docsite/rst/guide_awx.rst"


def build(*arguments: str | Path) -> str:
    command = [Path(sys.executable).with_name("ansible-builder"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_introspection_finds_our_requirements_and_no_others(tmp_path: Path) -> None:
    place = tmp_path / "ansible_collections/community/containerd"
    place.mkdir(parents=True)
    for name in ("galaxy.yml", "meta"):
        (place / name).symlink_to(ROOT / name)
    found = yaml.safe_load(build("introspect", "--sanitize", tmp_path))
    assert {kind: [re.split(r"[ \[]", each)[0] for each in found[kind]] for kind in found} == {
        "python": ["requests"],
        "system": ["libzstd", "libzstd1"],
    }


def test_a_library_of_the_execution_environment_is_one_that_plugins_import() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugins").rglob("*.py"))
    lines = (ROOT / "meta/ee-requirements.txt").read_text(encoding="utf-8").splitlines()
    names = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert names
    assert [name for name in names if not re.search(rf"^\s+import {name}\b", source, re.MULTILINE)] == []


def test_the_definition_becomes_a_build_context_with_the_collection(tmp_path: Path) -> None:
    build("create", "--file", DEFINITION, "--context", tmp_path, "--output-filename", "Containerfile")
    wanted = yaml.safe_load((tmp_path / "_build/requirements.yml").read_text(encoding="utf-8"))
    recipe = (tmp_path / "Containerfile").read_text(encoding="utf-8")
    assert wanted == {"collections": [{"name": "community.containerd"}]}
    assert yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))["images"]["base_image"]["name"] in recipe
    # A shell splits this into words, and each must be a requirement to pip.
    assert 'ARG ANSIBLE_INSTALL_REFS="ansible-core>=2.18 ansible-runner>=2.4"' in recipe


def test_the_guide_shows_the_definition_as_it_is() -> None:
    definition = DEFINITION.read_text(encoding="utf-8").split("---\n")[1]
    body = "\n".join(line for line in definition.splitlines() if not line.startswith("#"))
    assert "".join(f"    {line}\n" for line in body.splitlines()) in GUIDE.read_text(encoding="utf-8")
