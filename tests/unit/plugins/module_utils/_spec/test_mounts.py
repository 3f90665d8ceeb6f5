# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts that are written differently and mean the same."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.mounts import normalise_mount
from ansible_collections.community.containerd.plugins.module_utils._values.container import Mount


def entry(destination: str, kind: str, source: str, options: str) -> dict[str, Any]:
    return {
        "destination": destination,
        "type": kind,
        "source": source,
        "options": options.split(",") if options else [],
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("/a", "bind", "/b", "rbind,ro"), entry("//a/", "none", "/b/", "ro,bind,rec")),
        (entry("/a", "bind", "/b", "rbind"), entry("/a", "bind", "/b", "bind,rbind,rw")),
        (
            entry("/a", "tmpfs", "tmpfs", "size=64m,mode=755"),
            entry("/a", "tmpfs", "none", "mode=0755,size=65536k"),
        ),
        (entry("/a", "tmpfs", "tmpfs", "size=67108864"), entry("/a/.", "tmpfs", "", "size=64M,rw")),
    ],
)
def test_spellings_of_one_mount_are_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert normalise_mount(one) == normalise_mount(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("/a", "bind", "/b", "rbind"), entry("/a", "bind", "/b", "bind")),
        (entry("/a", "bind", "/b", "rbind"), entry("/a", "bind", "/b", "rbind,ro")),
        (entry("/a", "bind", "/b", "rbind"), entry("/a", "bind", "/b", "rbind,rprivate")),
        (entry("/a", "tmpfs", "", "size=50%"), entry("/a", "tmpfs", "", "size=50")),
        (entry("/a", "bind", "/b", "rbind"), entry("/a", "bind", "/c", "rbind")),
    ],
)
def test_different_mounts_stay_different(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert normalise_mount(one) != normalise_mount(other)


def test_an_entry_with_the_least_possible_is_understood() -> None:
    assert normalise_mount({"destination": "/a"}) == Mount("/a", "none", "", ())
