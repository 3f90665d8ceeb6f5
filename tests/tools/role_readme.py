# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""role_readme.py: the README.md of the role, from its argument_specs.yml; --check says whether it is up to date."""

from __future__ import annotations

import re
import sys
import typing as t
from pathlib import Path

import yaml

ROLE = Path(__file__).resolve().parents[2] / "roles/containerd_setup"
BEGIN, END = "<!-- variables: begin -->\n", "<!-- variables: end -->\n"
# O(x), V(x), C(x) … of Ansible's markup, less what leads to another plugin.
MARKUP = re.compile(r"[OVCEPR]+\((?:[^()#]*#module:)?([^()]*)\)")


def variables(options: dict[str, t.Any]) -> str:
    """The table of variables, in the order of the specification."""
    rows = [
        f"| `{name}` | {kind(option)} | {default(option)} | {text(option)} |"
        for name, option in options.items()
    ]
    return "\n".join(["| Variable | Type | Default | What it does |", "|---|---|---|---|", *rows, ""])


def kind(option: dict[str, t.Any]) -> str:
    elements = option.get("elements")
    return " or ".join(f"`{each}`" for each in option.get("choices", ())) or (
        f"{option['type']} of {elements}" if elements else option["type"]
    )


def default(option: dict[str, t.Any]) -> str:
    if "default" not in option:
        return ""
    value = option["default"]
    return f"`{str(value).lower() if isinstance(value, bool) else repr(value)}`"


def text(option: dict[str, t.Any]) -> str:
    sentences = [" ".join(line.split()) for line in option["description"]]
    parts = [f"`{name}`: {text(part)}" for name, part in option.get("options", {}).items()]
    return MARKUP.sub(r"`\1`", " ".join([*sentences, *parts])).replace("|", "\\|")


def written(readme: str, specification: dict[str, t.Any]) -> str:
    """The README with its table made anew."""
    head, rest = readme.split(BEGIN)
    _old, tail = rest.split(END)
    return head + BEGIN + variables(specification["argument_specs"]["main"]["options"]) + END + tail


def main() -> int:
    path = ROLE / "README.md"
    specification = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    readme = path.read_text(encoding="utf-8")
    wanted = written(readme, specification)
    if sys.argv[1:] == ["--check"]:
        if readme != wanted:
            print("README.md of the role is not what argument_specs.yml says: run tests/tools/role_readme.py")
        return int(readme != wanted)
    path.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
