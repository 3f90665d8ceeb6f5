# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this host lends to a container."""

from __future__ import annotations

import os

from ansible_collections.community.containerd.plugins.module_utils._runtime.host import read_host


def test_the_host_has_a_name_and_character_devices() -> None:
    host = read_host()
    null = next(device for device in host.devices if device["path"] == "/dev/null")
    assert host.hostname == os.uname().nodename
    assert (null["type"], null["major"], null["minor"]) == ("c", 1, 3)


def test_what_a_container_gets_anew_is_not_lent() -> None:
    paths = [device["path"] for device in read_host().devices]
    assert not [path for path in paths if path.startswith("/dev/pts/") or path.endswith("/console")]
