# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of a process's network, as the kernel lists them under /proc. For processes of this host alone."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import TYPE_CHECKING

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAF = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")


def ip_addresses(pid: int) -> list[str]:
    """Those that others can reach, IPv4 first; none of a process that shares our network, or has ended.

    Refused without the right to look.
    """
    try:
        if os.readlink("/proc/%d/ns/net" % pid) == os.readlink("/proc/self/ns/net"):
            return []
        return parse_trie(_read(pid, "fib_trie")) + parse_inet6(_read(pid, "if_inet6"))
    except (FileNotFoundError, ProcessLookupError):
        return []
    except PermissionError as error:
        said = "cannot look at the network of process %d: %s" % (pid, error.strerror)
        raise Refused(said, "run as root, or set ip_addresses=false") from error


def parse_trie(text: str) -> list[str]:
    """From /proc/PID/net/fib_trie, where addresses of this host are leaves of type LOCAL, in two tables."""
    return _reachable(dict.fromkeys(_LEAF.findall(text)))


def parse_inet6(text: str) -> list[str]:
    """From /proc/PID/net/if_inet6, where addresses are numbers of 32 digits."""
    words = [line.split()[0] for line in text.splitlines() if line.strip()]
    return _reachable(str(ipaddress.IPv6Address(int(word, 16))) for word in words)


def _reachable(addresses: Iterable[str]) -> list[str]:
    """Neither loopback nor of the link alone."""
    parsed = [ipaddress.ip_address(each) for each in addresses]
    return [str(each) for each in parsed if not (each.is_loopback or each.is_link_local)]


def _read(pid: int, name: str) -> str:
    """Nothing on a kernel without that kind of address."""
    path = "/proc/%d/net/%s" % (pid, name)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="ascii") as file:
        return file.read()
