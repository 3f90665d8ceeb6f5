# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""extract.py CHECKOUT DIRECTORY DOCUMENT [OLD NEW …]: writes the files that a document tells its reader to write.

``commands.sh`` holds the command lines that belong to them, less those that install something. The containers
and images of a lab are put in the place of public ones by replacing OLD by NEW.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(sys.argv[1]) / "tests/tools"))
guides = importlib.import_module("guides")


def without_roles(text: str) -> str:
    """Plays without their roles, which would install packages here; molecule plays those."""
    plays = yaml.safe_load(text)
    return yaml.safe_dump(
        [{key: play[key] for key in play if key != "roles"} for play in plays], sort_keys=False
    )


def main() -> None:
    directory, document, *replacements = sys.argv[2:]
    folder, commands, written = Path(directory), [], set()
    folder.mkdir(exist_ok=True)
    for block in guides.blocks(guides.ROOT / document):
        text = block.text
        for old, new in zip(replacements[::2], replacements[1::2]):
            text = text.replace(old, new)
        if block.title:
            written.add(block.title)
            play = block.language.startswith("yaml")
            (folder / block.title).write_text(without_roles(text) if play else text, encoding="utf-8")
        elif block.language == "shell":
            commands += [
                line for line in text.splitlines() if "-i hosts.ini" in line and "containerd.yml" not in line
            ]
    (folder / "commands.sh").write_text("\n".join(["set -eux", *commands, ""]), encoding="utf-8")
    print(*sorted(written))


if __name__ == "__main__":
    main()
