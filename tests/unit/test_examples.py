# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of every module are tasks that Ansible takes: their names, their options, their syntax.

Knows nothing of what they do; the integration tests do such things.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "community.containerd."
MODULES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py"))


def examples_of(name: str) -> list[dict[str, Any]]:
    module = importlib.import_module("ansible_collections.community.containerd.plugins.modules." + name)
    tasks: list[dict[str, Any]] = yaml.safe_load(module.EXAMPLES)
    return tasks


def test_there_are_modules() -> None:
    assert MODULES


@pytest.mark.parametrize("name", MODULES)
def test_each_example_has_a_name_and_uses_its_module(name: str) -> None:
    tasks = examples_of(name)
    assert tasks
    for task in tasks:
        assert task["name"][0].isupper(), task
        assert PREFIX + name in task, task["name"]


@pytest.mark.parametrize("name", MODULES)
def test_each_example_has_options_that_its_module_takes(name: str) -> None:
    module = importlib.import_module("ansible_collections.community.containerd.plugins.modules." + name)
    validator = ArgumentSpecValidator(module.ARGUMENT_SPEC)
    for task in examples_of(name):
        result = validator.validate(task[PREFIX + name] or {})
        assert result.error_messages == [], task["name"]


def test_the_examples_together_are_a_playbook(tmp_path: Path) -> None:
    roots = [
        entry for entry in sys.path if (Path(entry) / "ansible_collections/community/containerd").is_dir()
    ]
    if not roots:
        pytest.skip("the collection is not below an ansible_collections folder of sys.path")
    tasks = [task for name in MODULES for task in examples_of(name)]
    play = tmp_path / "examples.yml"
    play.write_text(yaml.safe_dump([{"hosts": "localhost", "tasks": tasks}]), encoding="utf-8")
    argv = [sys.executable, "-m", "ansible", "playbook", "--syntax-check", "-i", "localhost,", str(play)]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": roots[0], "ANSIBLE_LOCAL_TEMP": str(tmp_path)}
    checked = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert checked.returncode == 0, checked.stderr
