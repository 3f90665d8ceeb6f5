# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is documented once and specified once is the same thing, to the letter."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.community.containerd.plugins.module_utils._ansible import options

FRAGMENTS = "ansible_collections.community.containerd.plugins.doc_fragments."
MODULES = "ansible_collections.community.containerd.plugins.modules."
SHARED = [name for name in vars(options) if name.isupper()]
NAMES = sorted(path.stem for path in Path(__file__).parents[4].glob("plugins/modules/*.py"))


def documented(fragment: str) -> dict[str, Any]:
    found = importlib.import_module(FRAGMENTS + fragment).ModuleDocFragment.DOCUMENTATION
    described: dict[str, Any] = yaml.safe_load(found)["options"]
    return described


def as_specified(described: dict[str, Any]) -> dict[str, Any]:
    """A documented option in the words of a spec."""
    words = ("type", "elements", "default", "choices", "required")
    said = {word: described[word] for word in words if word in described}
    if "aliases" in described:
        said["aliases"] = sorted(described["aliases"])
    if "suboptions" in described:
        said["options"] = {name: as_specified(sub) for name, sub in described["suboptions"].items()}
    return said


def as_documented(spec: dict[str, Any]) -> dict[str, Any]:
    """A spec without what no documentation says."""
    said = {word: value for word, value in spec.items() if word not in ("no_log", "fallback")}
    if "aliases" in said:
        said["aliases"] = sorted(said["aliases"])
    if "choices" in said:
        said["choices"] = list(said["choices"])
    if "options" in said:
        said["options"] = {name: as_documented(sub) for name, sub in said["options"].items()}
    return said


def test_there_is_something_to_compare() -> None:
    assert {"CONNECTION", "REGISTRY", "PULL", "SNAPSHOTTER", "LOG"} <= set(SHARED)
    assert len(NAMES) >= 6


@pytest.mark.parametrize("shared", SHARED)
def test_a_fragment_documents_its_spec(shared: str) -> None:
    spec, described = getattr(options, shared), documented(shared.lower())
    assert {name: as_documented(how) for name, how in spec.items()} == {
        name: as_specified(how) for name, how in described.items()
    }


@pytest.mark.parametrize("shared", SHARED)
def test_the_environment_that_fills_in_is_documented(shared: str) -> None:
    described = documented(shared.lower())
    for name, how in getattr(options, shared).items():
        for variable in how["fallback"][1] if "fallback" in how else ():
            assert "E(%s)" % variable in " ".join(described[name]["description"])


@pytest.mark.parametrize("name", NAMES)
def test_a_module_documents_its_own_options_and_names_the_fragments_of_the_others(name: str) -> None:
    module = importlib.import_module(MODULES + name)
    documentation = yaml.safe_load(module.DOCUMENTATION)
    described = dict(documentation.get("options") or {})
    for fragment in documentation["extends_documentation_fragment"]:
        short = fragment.rpartition("community.containerd.")[2].partition(".")[0]
        described.update(documented(short) if short != "attributes" else {})
    assert {option: as_documented(how) for option, how in module.ARGUMENT_SPEC.items()} == {
        option: as_specified(how) for option, how in described.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_module_file_only_declares(name: str) -> None:
    module = importlib.import_module(MODULES + name)
    assert len(inspect.getsource(module.main).splitlines()) <= 15
