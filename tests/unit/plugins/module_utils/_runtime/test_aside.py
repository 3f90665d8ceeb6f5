# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file written aside: whole in its place, or not there at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import aside
from ansible_collections.community.containerd.plugins.module_utils._runtime.aside import Aside, written_aside
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

NAMELESS = pytest.mark.parametrize("is_nameless", [True, False])


@NAMELESS
def test_what_is_finished_can_be_renamed(tmp_path: Path, is_nameless: bool) -> None:
    written = Aside(str(tmp_path / "a"), is_nameless=is_nameless)
    written.file.write(b"x" * 100_000)
    if not is_nameless:
        assert os.listdir(tmp_path) == [os.path.basename(written.name)]
    os.rename(written.finish(), tmp_path / "a")
    written.discard()
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"x" * 100_000


@NAMELESS
@pytest.mark.parametrize("is_finished", [True, False])
def test_what_is_discarded_leaves_nothing(tmp_path: Path, is_nameless: bool, is_finished: bool) -> None:
    written = Aside(str(tmp_path / "a"), is_nameless=is_nameless)
    written.file.write(b"x")
    if is_finished:
        written.finish()
    written.discard()
    assert os.listdir(tmp_path) == []


def test_what_a_killed_one_left_is_swept_and_a_living_one_is_not(tmp_path: Path) -> None:
    program = (
        "import os, sys; sys.path[:0] = {path!r}\n"
        "from {module} import Aside\n"
        "Aside({target!r}, is_nameless=False).file.write(b'x'); os.kill(os.getpid(), 9)"
    ).format(path=sys.path, module=aside.__name__, target=str(tmp_path / "a"))
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    (left,) = os.listdir(tmp_path)
    assert left.startswith(".a.ctr-")
    living = Aside(str(tmp_path / "a"), is_nameless=False)
    assert left not in os.listdir(tmp_path)
    Aside(str(tmp_path / "a")).discard()
    assert os.listdir(tmp_path) == [os.path.basename(living.name)]
    Aside(str(tmp_path / "b")).discard()
    assert os.listdir(tmp_path) == [os.path.basename(living.name)]
    living.discard()


def test_a_long_name_leaves_room_for_ours(tmp_path: Path) -> None:
    written = Aside(str(tmp_path / ("\N{SNOWMAN}" * 85)), is_nameless=False)
    assert len(os.path.basename(written.finish()).encode()) <= 255
    written.discard()


def test_too_little_room_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="No space") as caught, written_aside(str(tmp_path / "a")) as written:
        written.reserve(1 << 60)
    assert "free some space" in caught.value.remedy
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_up_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot write .*: No space"), written_aside(str(tmp_path / "a")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert os.listdir(tmp_path) == []


def test_a_place_where_nothing_can_be_written_is_refused() -> None:
    with pytest.raises(Refused, match="cannot write /proc/a"), written_aside("/proc/a"):
        pass
