# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A system call that fails says which work failed, why, and what to do."""

from __future__ import annotations

import errno

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.kernel import Kernel
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused


@pytest.mark.parametrize(
    ("number", "code", "remedy"),
    [
        (errno.EPERM, "EPERM", "run with become"),
        (errno.ENODEV, "ENODEV", "load the module"),
        (errno.EIO, "EIO", "see the log"),
        (123456, "123456", "see the log"),
    ],
)
def test_a_failure_has_the_remedy_of_its_number(number: int, code: str, remedy: str) -> None:
    refused = Kernel({errno.ENODEV: "load the module"}, "see the log").refused("mount it", number)
    assert (refused.code, refused.remedy) == (code, remedy)
    assert refused.message.startswith("cannot mount it: ")


def test_a_call_that_the_kernel_refuses_raises() -> None:
    with pytest.raises(Refused, match="cannot unmount nothing: ") as caught:
        Kernel({}, "see the log").call("umount2", "unmount nothing", b"/nowhere", 0)
    assert caught.value.code in ("ENOENT", "EPERM")


def test_a_call_that_succeeds_is_silent() -> None:
    Kernel({}, "").call("sched_yield", "give way")
