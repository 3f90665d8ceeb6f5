# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The labels in containerd's own vocabulary that several floors read or write."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

STOP_SIGNAL = (
    "io.containerd.image.config.stop-signal"  # on a container: the word of its image, or of its user
)

STOP_TIMEOUT = "nerdctl/stop-timeout"  # on a container, in seconds; containerd itself has no word for it
STOP_TIMEOUT_S = 10.0  # where nobody has said another

# On a container: what the restart monitor goes by, and where it sends the output of what it starts again.
RESTART_STATUS = "containerd.io/restart.status"
RESTART_POLICY = "containerd.io/restart.policy"  # containerd 1.7 and newer; without it the policy is always
RESTART_COUNT = "containerd.io/restart.count"  # the monitor's own
EXPLICITLY_STOPPED = "containerd.io/restart.explicitly-stopped"
LOG_URI = "containerd.io/restart.loguri"

# On content: the edges along which the garbage collector walks.
GC_CONTENT = "containerd.io/gc.ref.content."  # followed by config, l.N for a layer, m.N for a manifest
GC_SNAPSHOT = (
    "containerd.io/gc.ref.snapshot."  # on a config, followed by the snapshotter: the top of the chain
)
GC_ROOT = "containerd.io/gc.root"  # on content and snapshots: kept whoever leads there
GC_EXPIRE = "containerd.io/gc.expire"  # on a lease: when it ends (RFC 3339); without it, never
LEASE_EXPIRY_S = 24 * 3600  # so long ours live, as those of containerd's own clients
OWNER_LABEL = "community.containerd/owner"  # of a lease: the process that took it
UNCOMPRESSED = "containerd.io/uncompressed"  # on a layer: its diff id

# On an image record: the CRI's word that the kubelet's own garbage collection must spare the image.
PINNED = "io.cri-containerd.pinned"
IS_PINNED = "pinned"  # its value

MAX_BYTES = 4096  # key and value together; containerd refuses a whole object for a longer one


def fits(key: str, value: str) -> bool:
    """Whether containerd takes this label."""
    return bool(key) and len((key + value).encode("utf-8", "surrogatepass")) <= MAX_BYTES


def stop_timeout_of(found: Mapping[str, str]) -> float:
    """How long the process of a container with these labels has to end; the usual where no number stands."""
    said = found.get(STOP_TIMEOUT, "")
    return float(said) if said.isdecimal() else STOP_TIMEOUT_S
