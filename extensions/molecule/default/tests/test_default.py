# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role promises of a host that had nothing."""

from __future__ import annotations

import typing as t

Host = t.Any


def test_the_service_runs_and_comes_back_after_a_boot(host: Host) -> None:
    assert host.service("containerd").is_running
    assert host.service("containerd").is_enabled


def test_the_release_of_the_distribution_is_installed(host: Host) -> None:
    release = host.ansible.get_variables()["release"]
    assert host.package("containerd").version.startswith(release)


def test_the_cri_works(host: Host) -> None:
    assert host.check_output("ctr plugins ls | grep -c 'grpc.v1 *cri .* ok'") == "1"


def test_the_running_containerd_has_the_settings(host: Host) -> None:
    dump = host.check_output("containerd config dump")
    assert "registry.example/pause:3.10" in dump
    assert "SystemdCgroup = true" in dump
    assert "/etc/containerd/certs.d" in dump


def test_what_the_package_had_set_is_still_set(host: Host) -> None:
    assert 'bin_dir = "/usr/lib/cni"' in host.file("/etc/containerd/config.toml").content_string


def test_the_daemon_has_its_proxy_and_its_limits(host: Host) -> None:
    pid = host.check_output("systemctl show -P MainPID containerd")
    environment = host.check_output(f"tr '\\0' '\\n' </proc/{pid}/environ").splitlines()
    assert "HTTP_PROXY=http://user:p%40ss@proxy.example:3128" in environment
    assert "NO_PROXY=.example,198.18.0.0/15" in environment
    assert host.check_output("systemctl show -P LimitNOFILE containerd") == "4096"


def test_nobody_else_reads_the_password_of_the_proxy(host: Host) -> None:
    assert host.file("/etc/systemd/system/containerd.service.d/http-proxy.conf").mode == 0o600


def test_no_copy_of_a_replaced_file_is_left(host: Host) -> None:
    kept = host.check_output("find /etc/containerd /etc/systemd/system/containerd.service.d -name '*~'")
    assert kept == ""
