# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of settings that were refused: nothing."""

from __future__ import annotations

import typing as t

Host = t.Any


def test_the_daemon_runs_with_the_limits_before(host: Host) -> None:
    assert host.service("containerd").is_running
    assert host.check_output("systemctl show -P LimitNOFILE containerd") == "4096"


def test_no_copy_is_left(host: Host) -> None:
    kept = host.check_output("find /etc/containerd /etc/systemd/system/containerd.service.d -name '*~'")
    assert kept == ""
