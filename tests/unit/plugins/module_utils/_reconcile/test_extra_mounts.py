# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts in short: what docker's users write, as mounts."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.extra_mounts import (
    want_extra_mounts,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import Mount
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused


@pytest.mark.parametrize(
    ("option", "said", "mount"),
    [
        ("volumes", ["/a:/b"], Mount("/b", "bind", "/a", ("rbind", "rw"))),
        ("volumes", ["/a:/b:ro"], Mount("/b", "bind", "/a", ("rbind", "ro"))),
        ("volumes", ["/a:/b:ro,rslave"], Mount("/b", "bind", "/a", ("rbind", "rslave", "ro"))),
        ("volumes", ["/a:/b:bind,nosuid"], Mount("/b", "bind", "/a", ("bind", "nosuid", "rw"))),
        ("tmpfs", ["/t"], Mount("/t", "tmpfs", "tmpfs", ("noexec", "nosuid", "nodev"))),
        ("tmpfs", ["/t:exec,size=1m"], Mount("/t", "tmpfs", "tmpfs", ("nosuid", "nodev", "exec", "size=1m"))),
        (
            "shm_size",
            "1m",
            Mount("/dev/shm", "tmpfs", "shm", ("nosuid", "noexec", "nodev", "mode=1777", "size=1048576")),
        ),
    ],
)
def test_short_words_are_mounts(option: str, said: Any, mount: Mount) -> None:
    assert want_extra_mounts({option: said}) == {option: (mount,)}


@pytest.mark.parametrize(
    ("option", "said", "words"),
    [
        ("volumes", ["data:/b"], "containerd has no volumes of its own; write /HOST/PATH"),
        ("volumes", ["/b"], "does not name two absolute paths"),
        ("volumes", ["/a:b"], "does not name two absolute paths"),
        ("volumes", ["/a:/b:z"], "unknown option z"),
        ("tmpfs", ["t"], "is not an absolute path"),
        ("shm_size", "unlimited", "is not a size"),
        ("shm_size", "x", "is not a size"),
    ],
)
def test_what_cannot_be_mounted_is_refused(option: str, said: Any, words: str) -> None:
    with pytest.raises(Refused, match=words):
        want_extra_mounts({option: said})
