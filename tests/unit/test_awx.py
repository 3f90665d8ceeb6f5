# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks are job templates of AWX: by the modules of awx.awx, with surveys as AWX has them."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ROOT / "playbooks"
SURVEYS = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in PLAYBOOKS.glob("surveys/*.json")
}
TEMPLATES = yaml.safe_load((PLAYBOOKS / "vars/awx.yml").read_text(encoding="utf-8"))[
    "containerd_awx_job_templates"
]
JOBS = {path.stem for path in PLAYBOOKS.glob("*.yml")} - {"demo", "register_in_awx"}
TYPES = {"text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"}


def fake_awx() -> t.Any:
    spec = importlib.util.spec_from_file_location("fake_awx", ROOT / "tests/unit/fakes/awx.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FakeAwx()


def test_each_playbook_for_jobs_has_a_survey_and_a_template() -> None:
    assert SURVEYS.keys() == JOBS
    assert {template["playbook"] for template in TEMPLATES} == JOBS


@pytest.mark.parametrize("name", sorted(SURVEYS))
def test_a_survey_is_one_that_awx_takes(name: str) -> None:
    """What awx/api/views/__init__.py checks in JobTemplateSurveySpec."""
    survey = SURVEYS[name]
    assert survey.keys() == {"name", "description", "spec"}
    variables = [question["variable"] for question in survey["spec"]]
    assert len(variables) == len(set(variables))
    for question in survey["spec"]:
        assert question["type"] in TYPES
        assert isinstance(question["required"], bool)
        assert question["question_name"]
        if question["type"] == "multiplechoice":
            assert question["default"] in question["choices"]
        elif question["default"] != "":
            number = question["default"] if question["type"] == "integer" else len(question["default"])
            assert question["min"] <= number <= question["max"]


@pytest.mark.parametrize("name", sorted(SURVEYS))
def test_a_survey_asks_for_variables_that_the_playbook_uses(name: str) -> None:
    used = (PLAYBOOKS / f"{name}.yml").read_text(encoding="utf-8")
    for template in re.findall(r"(\w+\.(?:html|json)\.j2)", used):
        used += (PLAYBOOKS / "templates" / template).read_text(encoding="utf-8")
    for role in re.findall(r"role: community\.containerd\.(\w+)", used):
        used += (ROOT / "roles" / role / "defaults/main.yml").read_text(encoding="utf-8")
    assert [
        q["variable"] for q in SURVEYS[name]["spec"] if not re.search(rf"\b{q['variable']}\b", used)
    ] == []


def register(url: str, folder: Path) -> str:
    """Plays the playbook against the AWX at ``url``; returns the last line of its recap."""
    tool = [sys.executable, ROOT / "tests/tools/foreign_collection.py", "awx.awx"]
    foreign = subprocess.run(tool, check=True, capture_output=True, text=True, timeout=300).stdout.strip()
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": f"{ROOT / '.dev'}:{foreign}",
        "ANSIBLE_LOCAL_TEMP": str(folder),
        "CONTROLLER_HOST": url,
        "CONTROLLER_OAUTH_TOKEN": "secret",
    }
    argv = [sys.executable, "-m", "ansible", "playbook", "community.containerd.register_in_awx"]
    ran = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.splitlines()[-2]


def test_awx_has_the_job_templates_once_they_are_registered_and_nothing_changes_again(tmp_path: Path) -> None:
    with fake_awx() as awx:
        assert " changed=3 " in register(awx.url, tmp_path)
        templates = awx.things["job_templates"].values()
        assert {thing["playbook"] for thing in templates} == {f"playbooks/{name}.yml" for name in JOBS}
        assert {thing["name"]: awx.surveys[thing["id"]] for thing in templates} == {
            survey["name"]: survey for survey in SURVEYS.values()
        }
        assert all(thing["survey_enabled"] and thing["execution_environment"] == 1 for thing in templates)
        assert " changed=0 " in register(awx.url, tmp_path)
