# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this host lends to a container."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.host import (
    check_directory,
    read_device,
    read_file,
    read_host,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused


def test_the_host_has_a_name_and_character_devices() -> None:
    host = read_host()
    null = next(device for device in host.devices if device["path"] == "/dev/null")
    assert host.hostname == os.uname().nodename
    assert (null["type"], null["major"], null["minor"]) == ("c", 1, 3)


def test_what_a_container_gets_anew_is_not_lent() -> None:
    paths = [device["path"] for device in read_host().devices]
    assert not [path for path in paths if path.startswith("/dev/pts/") or path.endswith("/console")]


def test_a_device_is_known_by_its_numbers_also_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/null")
    found = read_device(str(tmp_path / "link"))
    assert (found["type"], found["major"], found["minor"]) == ("c", 1, 3)


def test_what_is_no_device_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is not a device; name a device node"):
        read_device(str(tmp_path))
    with pytest.raises(Refused, match="cannot look at device .*: No such file"):
        read_device(str(tmp_path / "none"))


def test_only_a_directory_can_be_a_root(tmp_path: Path) -> None:
    check_directory(str(tmp_path))
    (tmp_path / "file").touch()
    for name, words in (("file", "it is not one"), ("none", "No such file or directory")):
        with pytest.raises(Refused, match="cannot use .*/%s as a directory: %s; make it" % (name, words)):
            check_directory(str(tmp_path / name))


def test_a_file_of_the_user_is_read_or_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("A=1\n")
    assert read_file(str(tmp_path / "a")) == "A=1\n"
    (tmp_path / "bytes").write_bytes(b"\xff")
    for name in ("none", "bytes", "."):
        with pytest.raises(Refused, match="cannot read .*; put a readable file there"):
            read_file(str(tmp_path / name))
