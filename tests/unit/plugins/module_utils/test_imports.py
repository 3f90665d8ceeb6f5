# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is shipped can at least be read by the Python that runs these tests."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

PACKAGE = "ansible_collections.community.containerd.plugins.module_utils"
FOLDER = Path(__file__).resolve().parents[4] / "plugins/module_utils"
FILES = sorted(path.relative_to(FOLDER).with_suffix("") for path in FOLDER.rglob("*.py"))


def test_there_is_something_to_import() -> None:
    assert len(FILES) > 50


@pytest.mark.parametrize("file", FILES, ids=str)
def test_every_file_can_be_imported(file: Path) -> None:
    if file.parts[0] == "_ansible":
        pytest.importorskip("ansible", reason="ansible-core is missing")
    importlib.import_module(".".join((PACKAGE, *file.parts)))
