# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of a network namespace, against the kernel's own files."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import addresses
from ansible_collections.community.containerd.plugins.module_utils._runtime.addresses import ip_addresses
from ansible_collections.community.containerd.plugins.module_utils._runtime.kernel import Kernel

CLONE_NEWNET = 0x40000000
TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 4
     |-- 10.4.0.0
        /16 link UNICAST
     |-- 10.4.0.9
        /32 host LOCAL
     |-- 127.0.0.1
        /32 host LOCAL
Local:
     |-- 10.4.0.9
        /32 host LOCAL
     |-- 10.4.255.255
        /32 link BROADCAST
"""


@pytest.fixture
def apart() -> Iterator[int]:
    """A process in a network namespace of its own, which has no address but those of loopback, if at all."""
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            Kernel({}, "").call("unshare", "part", CLONE_NEWNET)
            os.write(tell, b"x")
            signal.pause()
        finally:
            os._exit(1)
    os.close(tell)
    if not os.read(ready, 1):
        os.waitpid(pid, 0)
        pytest.skip("needs root, to make a network namespace")
    yield pid
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(ready)


def test_a_network_without_addresses_has_none(apart: int) -> None:
    assert ip_addresses(apart) == []


def test_who_shares_our_network_has_none_of_its_own() -> None:
    assert ip_addresses(os.getpid()) == []


def test_who_has_ended_has_none() -> None:
    assert ip_addresses(2**22 + 1) == []


def test_addresses_are_those_that_others_can_reach() -> None:
    assert addresses.parse_trie(TRIE) == ["10.4.0.9"]
    lines = (
        "00000000000000000000000000000001 01 80 10 80 lo\nfd000000000000000000000000000009 02 40 00 80 eth0\n"
    )
    assert addresses.parse_inet6(lines + "fe80000000000000000000000000002a 02 40 20 80 eth0\n") == ["fd00::9"]
