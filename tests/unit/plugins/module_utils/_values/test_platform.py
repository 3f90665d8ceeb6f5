# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms: one spelling for each, and what runs where."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.platform import (
    Platform,
    fitting,
    host_platform,
    normalise,
    parse_platform,
)


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("Linux/AMD64", "linux/amd64"),
        ("amd64", "linux/amd64"),
        ("x86_64", "linux/amd64"),
        ("aarch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm64/8", "linux/arm64"),
        ("linux/arm64/v9", "linux/arm64/v9"),
        ("linux/arm", "linux/arm/v7"),
        ("armhf", "linux/arm/v7"),
        ("armel", "linux/arm/v6"),
        ("linux/armv6l", "linux/arm/v6"),
        ("linux/arm/6", "linux/arm/v6"),
        ("i686", "linux/386"),
        ("linux/riscv64", "linux/riscv64"),
        ("windows/amd64", "windows/amd64"),
    ],
)
def test_a_platform_has_one_spelling(text: str, full: str) -> None:
    assert str(parse_platform(text)) == full
    assert parse_platform(full) == parse_platform(text)


@pytest.mark.parametrize("text", ["", "/", "linux/", "/amd64", "a/b/c/d", "linux/amd 64", "linux/amd64\n"])
def test_a_malformed_platform_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="malformed; write os/architecture"):
        parse_platform(text)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ("linux/amd64", ["linux/amd64", "linux/386"]),
        ("linux/amd64/v3", ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "linux/386"]),
        (
            "linux/arm64",
            ["linux/arm64", "linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"],
        ),
        (
            "linux/arm64/v9",
            ["linux/arm64/v9", "linux/arm64", "linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"],
        ),
        ("linux/arm", ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]),
        ("linux/arm/v6", ["linux/arm/v6", "linux/arm/v5"]),
        ("linux/arm/v5", ["linux/arm/v5"]),
        ("linux/s390x", ["linux/s390x"]),
    ],
)
def test_what_fits_best_comes_first(wanted: str, fits: list[str]) -> None:
    assert [str(platform) for platform in fitting(parse_platform(wanted))] == fits


def test_a_variant_beyond_all_cpus_does_not_fill_the_memory() -> None:
    assert len(fitting(parse_platform("linux/amd64/v99999999999"))) < 100


def test_the_host_has_a_platform() -> None:
    assert host_platform().os == "linux"
    assert host_platform() == normalise("linux", host_platform().architecture, host_platform().variant)


def test_parts_that_are_empty_are_not_written() -> None:
    assert str(Platform("linux", "amd64")) == "linux/amd64"
