# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CDI specifications where the host has them."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.community.containerd.plugins.module_utils._runtime.cdi_files import cdi_files


def test_files_come_by_directory_and_name_and_yaml_without_its_text(tmp_path: Path) -> None:
    first, second = tmp_path / "etc", tmp_path / "run"
    for path in (first / "b.json", first / "a.json", second / "a.json", second / "c.yaml", second / "notes"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(path.name)
    found = cdi_files((str(first), str(tmp_path / "none"), str(second)))
    assert list(found.items()) == [
        (str(first / "a.json"), "a.json"),
        (str(first / "b.json"), "b.json"),
        (str(second / "a.json"), "a.json"),
        (str(second / "c.yaml"), ""),
    ]
