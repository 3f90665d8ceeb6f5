# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leases that end: with their ``with``, with the process that took them, at the latest by expiry.

A module that is killed cannot give up its lease. So each of ours says which process took it, and whoever
comes next sweeps away those of the dead, once it has taken over what they held.
"""

from __future__ import annotations

import base64
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .._services.leases import Leases
from .._values.errors import Failure
from .._values.labels import GC_EXPIRE, LEASE_EXPIRY_S, OWNER_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._services.session import Session


def hold_snapshot(held: Session, snapshotter: str, key: str) -> None:
    """Keep a snapshot that is there already until the lease of ``held`` ends."""
    Leases(held).hold(held.lease, "snapshots/" + snapshotter, key)


@contextmanager
def leased(session: Session) -> Iterator[Session]:
    """A session under which everything made is kept until the end of the ``with``, not longer.

    When the ``with`` fails, its end also waits until the garbage collector has removed what was made.
    """
    leases = Leases(session)
    lease = _take(leases)
    try:
        yield session.under(lease)
    except BaseException:
        # The failure is what the user must hear of, not that the daemon is gone as well.
        with suppress(Failure):
            fresh = session.sibling()  # the call that was interrupted may still wait for its answer
            Leases(fresh).delete(lease, sync=True)
            sweep(fresh)
            fresh.close()
        raise
    leases.delete(lease)
    sweep(session)


def collect(session: Session) -> None:
    """Wait until the garbage collector has run, as it does when a lease is given up that way."""
    leases = Leases(session)
    leases.delete(_take(leases), sync=True)


def _take(leases: Leases) -> str:
    lease = "%d-%s" % (time.time_ns(), base64.urlsafe_b64encode(os.urandom(3)).decode())
    expiry = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + LEASE_EXPIRY_S))
    leases.create(lease, {GC_EXPIRE: expiry, OWNER_LABEL: _owner(os.getpid())})
    return lease


def sweep(session: Session) -> None:
    """Remove the leases of the dead, and with them what nobody else holds."""
    leases = Leases(session)
    for lease in abandoned(_ours(leases)):
        leases.delete(lease, sync=True)


def are_abandoned(session: Session) -> bool:
    """Whether there are leases of the dead."""
    return bool(abandoned(_ours(Leases(session))))


def _ours(leases: Leases) -> dict[str, dict[str, str]]:
    return leases.list('labels."%s"' % OWNER_LABEL)


def abandoned(leases: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Those leases of the dead among these, which are told with their labels."""
    return [lease for lease, labels in leases.items() if is_dead(labels.get(OWNER_LABEL, ""))]


def _owner(pid: int) -> str:
    """A process as no other ever was: boot, pid namespace, pid, and when it started."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        boot = file.read().strip()
    with open("/proc/%d/stat" % pid, encoding="utf-8", errors="replace") as file:
        started = file.read().rpartition(")")[2].split()[19]  # proc(5): field 22, starttime
    namespace = os.readlink("/proc/self/ns/pid")
    return "%s %s %d %s" % (boot, namespace, pid, started)


def is_dead(owner: str) -> bool:
    """Whether that process certainly has ended; what cannot be judged from here lives on until it expires."""
    if owner.count(" ") != 3:
        return False
    boot, namespace, pid, _started = owner.split(" ")
    own_boot, own_namespace = _owner(os.getpid()).split(" ")[:2]
    if namespace != own_namespace or not pid.isdecimal():
        return False
    if boot != own_boot:
        return True
    try:
        return _owner(int(pid)) != owner
    except (FileNotFoundError, ProcessLookupError):
        return True
