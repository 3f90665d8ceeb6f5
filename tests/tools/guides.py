# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code blocks of README and guides, for those who check and those who play them.

Knows Markdown's fences and reStructuredText's code-block. What is in a block is for others to judge.
"""

from __future__ import annotations

import dataclasses
import re
import textwrap
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    ROOT / "README.md",
    *sorted((ROOT / "docs/docsite/rst").glob("*.rst")),
    *sorted((ROOT / "roles").glob("*/README.md")),
)
_FENCE = re.compile(r"^```(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DIRECTIVE = re.compile(r"^\.\. code-block:: (\S+)\n\n((?:    .*\n|\n)+)", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Block:
    """What stands between two fences; ``line`` is its first one in the document."""

    document: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"

    @property
    def title(self) -> str:
        """The name of the file that its first line says it is, as in ``# web.yml``; else an empty string."""
        found = re.match(r"# (\S+\.\w+)\n", self.text)
        return found[1] if found else ""


def blocks(*documents: Path) -> t.Iterator[Block]:
    """All blocks of these documents, or of every document of the collection."""
    for document in documents or DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        pattern = _FENCE if document.suffix == ".md" else _DIRECTIVE
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start(2)) + 1
            yield Block(document, line, found[1], textwrap.dedent(found[2]).strip("\n") + "\n")
