# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A package of a vendor's repository, in the version that was asked for."""

from __future__ import annotations

import typing as t

Host = t.Any


def test_the_package_of_the_vendor_is_installed_in_the_newest_version_that_is_allowed(host: Host) -> None:
    assert host.package("containerd.io").version == "1.7.24-1"
    assert host.service("containerd").is_running


def test_the_package_is_held(host: Host) -> None:
    assert host.check_output("apt-mark showhold") == "containerd.io"


def test_apt_itself_stays_within_the_version(host: Host) -> None:
    assert "Candidate: 1.7.24-1" in host.check_output("LC_ALL=C apt-cache policy containerd.io")


def test_the_source_names_the_key_that_it_is_signed_with(host: Host) -> None:
    source = host.file("/etc/apt/sources.list.d/containerd_setup.sources").content_string
    assert source.count("Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n") == 2
