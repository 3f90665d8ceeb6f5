# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every code block of README and guides is one that its reader can use, and every option that they name is there.

Knows nothing of what the blocks do; the integration target ``guides`` plays the quick start.
"""

from __future__ import annotations

import functools
import importlib
import os
import re
import shlex
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.parsing.splitter import parse_kv

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
guides = importlib.import_module("guides")

PREFIX = "community.containerd."
OTHERS = ("ansible.", "community.docker.", "awx.awx.")
GUIDES = sorted((ROOT / "docs/docsite/rst").glob("*.rst"))
BLOCKS = list(guides.blocks())
KEYWORDS = {
    "plays": {
        *("become", "gather_facts", "hosts", "module_defaults", "name", "roles", "serial", "tasks", "vars"),
        "ansible.builtin.import_playbook",
    },
    "tasks": {
        *("become", "changed_when", "check_mode", "delay", "failed_when", "loop", "name", "no_log"),
        *("register", "retries", "until", "vars", "when"),
    },
}
ROLE = re.compile(r":ans(opt|plugin):`([^`]+)`")


def of_language(*languages: str) -> list[t.Any]:
    return [pytest.param(block, id=block.place) for block in BLOCKS if block.language in languages]


@functools.cache
def spec_of(kind: str, name: str) -> dict[str, t.Any]:
    """The options of a module, a role or another plugin, by its name without the collection."""
    if kind == "role":
        text = (ROOT / "roles" / name / "meta/argument_specs.yml").read_text(encoding="utf-8")
        return t.cast("dict[str, t.Any]", yaml.safe_load(text)["argument_specs"]["main"]["options"])
    folder = "modules" if kind == "module" else kind
    module = importlib.import_module(f"ansible_collections.community.containerd.plugins.{folder}.{name}")
    if kind == "module":
        return t.cast("dict[str, t.Any]", module.ARGUMENT_SPEC)
    return t.cast("dict[str, t.Any]", yaml.safe_load(module.DOCUMENTATION)["options"])


def complaints(kind: str, name: str, options: t.Mapping[str, t.Any] | None) -> list[str]:
    """What the argument specification says against these options. What is filled in later may be anything."""
    spec = {
        key: {**each, "type": "raw", "choices": None, "elements": None}
        if isinstance((options or {}).get(key), str) and "{{" in (options or {})[key]
        else each
        for key, each in spec_of(kind, name).items()
    }
    found = ArgumentSpecValidator(spec).validate(dict(options or {}))
    return [f"{name}: {message}" for message in found.error_messages]


def complaints_about_task(task: t.Mapping[str, t.Any]) -> list[str]:
    found = [] if task.get("name", "")[:1].isupper() else ["a task has no name that is a sentence"]
    actions = task.keys() - KEYWORDS["tasks"]
    if len(actions) != 1:
        return [*found, f"{task.get('name')}: what of {sorted(actions)} is the action?"]
    (action,) = actions
    if action.startswith(PREFIX):
        return found + complaints("module", action[len(PREFIX) :], task[action])
    return found if action.startswith(OTHERS) else [*found, f"{action} is no full name"]


def complaints_about_play(play: t.Mapping[str, t.Any]) -> list[str]:
    found = [f"what is {key}?" for key in play.keys() - KEYWORDS["plays"]]
    book = play.get("ansible.builtin.import_playbook", "")
    if book:
        found += [] if is_playbook(book) else [f"there is no playbook {book}"]
    for key, defaults in play.get("module_defaults", {}).items():
        found += [f"{key} is no group"] if key != f"group/{PREFIX}ctr" else []
        found += [
            f"{name} is no option of all" for name in defaults if name not in spec_of("module", "ctr_info")
        ]
    for role in play.get("roles", ()):
        found += complaints("role", role["role"][len(PREFIX) :], role.get("vars"))
    return found + [each for task in play.get("tasks", ()) for each in complaints_about_task(task)]


def is_playbook(name: str) -> bool:
    return name.startswith(PREFIX) and (ROOT / "playbooks" / f"{name[len(PREFIX) :]}.yml").is_file()


def complaints_about_command(words: list[str]) -> list[str]:
    """About a command line of Ansible; those of other programs are left alone."""
    values = {flag: words[place + 1] for place, flag in enumerate(words[:-1]) if flag in ("-m", "-a")}
    if words[0] == "ansible":
        name = values["-m"].replace(PREFIX, "")
        return complaints("module", name, parse_kv(values.get("-a", "")))
    if words[0] == "ansible-playbook" and any(word.startswith(PREFIX) for word in words):
        (book,) = (word for word in words if word.startswith(PREFIX))
        text = (ROOT / "playbooks" / f"{book[len(PREFIX) :]}.yml").read_text(encoding="utf-8")
        text += " ".join(spec_of("role", "containerd_setup") if "containerd_setup\n" in text else ())
        text += (
            (ROOT / "playbooks/vars/awx.yml").read_text(encoding="utf-8") if "vars/awx.yml" in text else ""
        )
        variables = [words[place + 1].partition("=")[0] for place, word in enumerate(words) if word == "-e"]
        return [f"{book} has no variable {name}" for name in variables if name not in text]
    return []


def test_there_are_blocks_in_every_guide() -> None:
    assert {block.document for block in BLOCKS} >= {*GUIDES, ROOT / "README.md"}


@pytest.mark.parametrize("block", of_language("yaml", "yaml+jinja"))
def test_a_block_of_yaml_is_accepted_by_what_it_is_for(block: t.Any) -> None:
    content = yaml.safe_load(block.text)
    if isinstance(content, list):
        judge = complaints_about_task
        if all("hosts" in each or "ansible.builtin.import_playbook" in each for each in content):
            judge = complaints_about_play
        assert [each for item in content for each in judge(item)] == []
    elif "plugin" in content:
        assert content.keys() <= {
            *spec_of("inventory", "ctr"),
            *("strict", "compose", "groups", "keyed_groups", "cache"),
        }
        assert block.title.endswith(("ctr.yml", "containerd.yml"))
    elif "collections" in content:
        assert {"name": PREFIX[:-1]} in content["collections"]
    else:
        assert content["version"] == 3, "neither plays, tasks, an inventory, requirements nor an environment"
        assert block.title == "execution-environment.yml"


@pytest.mark.parametrize("block", of_language("shell", "console"))
def test_a_block_of_shell_is_accepted_by_what_it_calls(block: t.Any) -> None:
    subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)
    lines = [shlex.split(line, comments=True) for line in block.text.splitlines()]
    assert [each for words in lines if words for each in complaints_about_command(words)] == []


def test_no_block_is_of_a_language_that_nobody_checks() -> None:
    checked = {"yaml", "yaml+jinja", "shell", "console", "ini"}
    assert [block.place for block in BLOCKS if block.language not in checked] == []


def test_all_blocks_with_plays_and_tasks_together_are_a_playbook(tmp_path: Path) -> None:
    plays: list[dict[str, t.Any]] = []
    for block in BLOCKS:
        content = yaml.safe_load(block.text) if block.language.startswith("yaml") else None
        items = content if isinstance(content, list) else []
        tasks = [item for item in items if "hosts" not in item and len(item) > 1]
        tasks = [task for task in tasks if not any(key.startswith(OTHERS[1:]) for key in task)]
        plays += [item for item in items if "hosts" in item]
        if tasks and not any(key.endswith("import_playbook") for key in tasks[0]):
            plays.append({"name": block.place, "hosts": "all", "tasks": tasks})
    (root,) = {
        entry for entry in sys.path if (Path(entry) / "ansible_collections/community/containerd").is_dir()
    }
    book = tmp_path / "guides.yml"
    book.write_text(yaml.safe_dump(plays), encoding="utf-8")
    argv = [sys.executable, "-m", "ansible", "playbook", "--syntax-check", "-i", "localhost,", str(book)]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": root, "ANSIBLE_LOCAL_TEMP": str(tmp_path)}
    checked = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert checked.returncode == 0, checked.stderr


def complaint_about_reference(kind: str, text: str) -> str | None:
    """About ``COLLECTION.PLUGIN#KIND`` or ``COLLECTION.PLUGIN#KIND:OPTION=VALUE``."""
    name, rest = text[len(PREFIX) :].split("#")
    what, option = [*rest.split(":", 1), ""][:2]
    key, value = [*option.split("=", 1), ""][:2]
    path = {"module": "plugins/modules/%s.py", "role": "roles/%s/tasks"}.get(what, f"plugins/{what}/%s.py")
    if not (ROOT / (path % name)).exists():
        return f"there is no {what} {name}"
    if kind == "plugin":
        return None
    spec = spec_of(what, name).get(key)
    if spec is None:
        return f"{name} has no option {key}"
    choices = [*map(str, spec.get("choices") or ()), *(["true", "false"] if spec["type"] == "bool" else [])]
    return f"{key} of {name} is never {value}" if choices and value and value not in choices else None


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_names_plugins_and_options_that_are_there(guide: Path) -> None:
    found = ROLE.findall(guide.read_text(encoding="utf-8"))
    assert [each for each in (complaint_about_reference(kind, text) for kind, text in found) if each] == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_guide_names_playbooks_that_are_there(guide: Path) -> None:
    plugins = {PREFIX + path.stem for path in (ROOT / "plugins").glob("*/*.py")}
    found = set(re.findall(r"``(community\.containerd\.\w+)``", guide.read_text(encoding="utf-8")))
    assert [name for name in found - plugins if not is_playbook(name)] == []


def test_the_messages_in_the_guide_to_troubleshooting_are_ours() -> None:
    guide = ROOT / "docs/docsite/rst/guide_troubleshooting.rst"
    titles = re.findall(r"^(.+)\n\^+$", guide.read_text(encoding="utf-8"), re.MULTILINE)
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "plugins").rglob("*.py"))
    source = re.sub(r'"\s*\n\s*"', "", source)
    messages = [title for title in titles if title[0].islower()]
    assert len(messages) > 15
    assert [message for message in messages if message not in source] == []
