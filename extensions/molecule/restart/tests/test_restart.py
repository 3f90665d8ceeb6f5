# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image came from the mirror."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

Host = t.Any


def test_the_mirror_was_asked_by_this_host(host: Host) -> None:
    address = host.ansible.get_variables()["ansible_host"]
    log = Path(os.environ["TEST_HOSTS"], "registry/log").read_text(encoding="utf-8")
    asked = [line for line in log.splitlines() if "/v2/busybox/manifests/" in line and address in line]
    assert any("ns=images.example" in line for line in asked)


def test_nothing_tells_of_a_restart_any_more(host: Host) -> None:
    assert host.check_output("find /etc/systemd/system/containerd.service.d -name '*~'") == ""
