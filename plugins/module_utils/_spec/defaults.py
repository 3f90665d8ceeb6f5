# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The spec that every container starts from: what ``ctr`` gives a container for which nothing is asked.

Data, made anew for each caller. Knows no wish and no image.
"""

from __future__ import annotations

from typing import Any

OCI_VERSION = "1.0.2"  # all that is used here; runc 1.1, which says 1.0.2-dev, and newer ones take it
_WORDS = (
    "CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE "
    "SYS_CHROOT KILL AUDIT_WRITE"
)
CAPABILITIES = tuple("CAP_" + word for word in _WORDS.split())
# ctr's limit is kept: a hard limit above the daemon's own makes the start fail wherever the daemon lacks
# CAP_SYS_RESOURCE, and an inherited "infinity" makes programs that close every descriptor crawl.
NOFILE = 1024
NAMESPACES = ("pid", "ipc", "uts", "mount", "network")
MASKED_PATHS = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/sys/firmware",
    "/sys/devices/virtual/powercap",  # containerd 1.7 and newer; harmless where the path is not there
    "/proc/scsi",
)
READONLY_PATHS = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
MOUNTS = (  # destination, type, source, options
    ("/proc", "proc", "proc", "nosuid,noexec,nodev"),
    ("/dev", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
    ("/dev/pts", "devpts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5"),
    ("/dev/shm", "tmpfs", "shm", "nosuid,noexec,nodev,mode=1777,size=65536k"),
    ("/dev/mqueue", "mqueue", "mqueue", "nosuid,noexec,nodev"),
    ("/sys", "sysfs", "sysfs", "nosuid,noexec,nodev,ro"),
    ("/run", "tmpfs", "tmpfs", "nosuid,strictatime,mode=755,size=65536k"),
)
DEVICES = ((1, 3), (1, 8), (1, 7), (5, 0), (1, 5), (1, 9), (5, 1), (136, None), (5, 2))  # null … pts, ptmx


def default_spec(namespace: str, container_id: str) -> dict[str, Any]:
    return {
        "ociVersion": OCI_VERSION,
        "process": {
            "user": {"uid": 0, "gid": 0},
            "cwd": "/",
            "capabilities": capability_sets(CAPABILITIES),
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": NOFILE, "soft": NOFILE}],
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs"},
        "mounts": [
            {"destination": place, "type": kind, "source": source, "options": options.split(",")}
            for place, kind, source, options in MOUNTS
        ],
        "linux": {
            "resources": {"devices": [{"allow": False, "access": "rwm"}, *map(_device, DEVICES)]},
            "cgroupsPath": "/%s/%s" % (namespace, container_id),
            "namespaces": [{"type": kind} for kind in NAMESPACES],
            "maskedPaths": list(MASKED_PATHS),
            "readonlyPaths": list(READONLY_PATHS),
        },
    }


def capability_sets(names: tuple[str, ...]) -> dict[str, list[str]]:
    """Bounding, effective and permitted alike; nothing is inheritable or ambient (CVE-2022-24769)."""
    return {kind: list(names) for kind in ("bounding", "effective", "permitted")}


def _device(number: tuple[int, int | None]) -> dict[str, Any]:
    major, minor = number
    rule: dict[str, Any] = {"allow": True, "type": "c", "major": major, "access": "rwm"}
    if minor is not None:
        rule["minor"] = minor
    return rule
