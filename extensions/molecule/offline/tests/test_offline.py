# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containerd from archives, on a host whose packages have none."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

Host = t.Any


def test_the_service_runs_the_program_of_the_archive(host: Host) -> None:
    pid = host.check_output("systemctl show -P MainPID containerd")
    assert host.check_output(f"readlink /proc/{pid}/exe") == "/usr/local/bin/containerd"
    assert host.service("containerd").is_enabled


def test_nothing_but_programs_goes_where_programs_are(host: Host) -> None:
    assert host.file("/opt/cni/bin").listdir() == ["loopback"]


def test_containers_have_the_runc_of_the_archives(host: Host) -> None:
    assert host.file("/usr/local/sbin/runc").mode == 0o755


def test_the_second_run_fetched_nothing_again() -> None:
    log = Path(os.environ["TEST_HOSTS"], "vendor/log").read_text(encoding="utf-8")
    assert log.count("GET /archives/containerd-1.7.24-linux-amd64.tar.gz") == 1
    assert log.count("GET /archives/cni-plugins-linux-amd64-v1.6.0.tgz") == 1
