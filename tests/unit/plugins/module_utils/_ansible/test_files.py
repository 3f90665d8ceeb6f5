# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port for files: what Ansible's own file modules would say and do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Callable

import pytest

pytest.importorskip("ansible", reason="ansible-core is missing")

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.community.containerd.plugins.module_utils._ansible.files import Files
from ansible_collections.community.containerd.plugins.module_utils._ansible.options import FILE
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.module_call import options


@pytest.fixture
def files() -> Iterator[Callable[..., Files]]:
    mask = os.umask(0o027)

    def make(**given: Any) -> Files:
        with options(given):
            return Files(AnsibleModule(FILE))

    yield make
    os.umask(mask)


@pytest.mark.parametrize(
    ("mode", "wished"),
    [
        ("0600", "0600"),
        ("640", "0640"),
        (0o604, "0604"),
        ("u=rw,go=", "0600"),
        ("o+r", "0644"),
        ("u+x", "0740"),
    ],
)
def test_a_mode_is_octal_or_symbolic(files: Callable[..., Files], mode: Any, wished: str) -> None:
    assert files(mode=mode).attributes("/none") == ({}, {"mode": wished})


def test_a_symbolic_mode_starts_from_what_is_there(files: Callable[..., Files], tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    path.chmod(0o400)
    port = files(mode="g+r")
    assert port.attributes(str(path)) == ({"mode": "0400"}, {"mode": "0440"})
    port.set_attributes(str(path))
    assert port.attributes(str(path)) == ({"mode": "0440"}, {"mode": "0440"})


def test_owner_and_group_are_names_where_there_are_any(files: Callable[..., Files], tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    os.chown(tmp_path / "a", 54321, 54322)
    actual, wished = files(owner="0", group="root").attributes(str(tmp_path / "a"))
    assert (actual, wished) == ({"owner": "54321", "group": "54322"}, {"owner": "root", "group": "root"})
    _actual, wished = files(owner="54321", group="54322").attributes(str(tmp_path / "a"))
    assert wished == {"owner": "54321", "group": "54322"}


def test_what_the_user_did_not_name_is_not_looked_at(files: Callable[..., Files], tmp_path: Path) -> None:
    assert files().attributes(str(tmp_path)) == ({}, {})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"owner": "none-such"}, "owner none-such is no user"),
        ({"group": "none-such"}, "group none-such is no group"),
        ({"mode": "x"}, "mode 'x' cannot be one"),
        ({"mode": "10000"}, "cannot be one"),
        ({"mode": -1}, "cannot be one"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    files: Callable[..., Files], given: dict[str, Any], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        files(**given).attributes("/none")


def test_a_rename_keeps_what_the_old_file_had(files: Callable[..., Files], tmp_path: Path) -> None:
    for name, mode in (("new", 0o600), ("old", 0o664)):
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(mode)
    files().put(str(tmp_path / "new"), str(tmp_path / "old"))
    assert (tmp_path / "old").read_text() == "new"
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o664
    (tmp_path / "new").write_text("again")
    files().put(str(tmp_path / "new"), str(tmp_path / "third"))
    assert (tmp_path / "third").stat().st_mode & 0o777 == 0o640


def test_a_rename_that_fails_is_said(files: Callable[..., Files], tmp_path: Path) -> None:
    (tmp_path / "new").touch()
    (tmp_path / "directory").mkdir()
    with pytest.raises((Refused, SystemExit)):
        files().put(str(tmp_path / "new"), str(tmp_path / "directory"))


def test_a_copy_that_cannot_be_kept_is_refused_and_none_is_left(
    files: Callable[..., Files], tmp_path: Path
) -> None:
    path = tmp_path / (240 * "x")  # its name has no room for that of a copy
    path.write_text("old")
    with pytest.raises(Refused, match="cannot keep a copy of .*too long; free some space"):
        files().backup(str(path))
    assert list(tmp_path.iterdir()) == [path]
    short = tmp_path / "a"
    short.write_text("old")
    copy = Path(files().backup(str(short)))
    assert (copy.read_text(), copy.name[:2], copy.name[-1]) == ("old", "a.", "~")
