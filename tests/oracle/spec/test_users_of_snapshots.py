# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading users from the snapshots of real daemons: both snapshotters, many layers, and while the container runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.kernel import MAX_MOUNT_DATA_BYTES
from ansible_collections.community.containerd.plugins.module_utils._runtime.rootfs import (
    read_users,
)
from ansible_collections.community.containerd.plugins.module_utils._values.container import SnapshotMount
from ansible_collections.community.containerd.tests.lab import images, layers
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.world import Lab

SNAPSHOTTERS = ("overlayfs", "native")


def pull(daemon: Daemon, namespace: str, reference: str, snapshotter: str) -> None:
    flags = [] if daemon.version == "1.6" else ["--local"]
    daemon.ctr(
        "images",
        "pull",
        *flags,
        "--plain-http",
        "--snapshotter",
        snapshotter,
        reference,
        namespace=namespace,
    )


def mounts_of(daemon: Daemon, namespace: str, key: str, snapshotter: str) -> list[SnapshotMount]:
    """What ``ctr snapshots mounts`` prints as a mount command: mount -t TYPE SOURCE TARGET -o OPTIONS."""
    words = daemon.ctr(
        "snapshots", "--snapshotter", snapshotter, "mounts", "/target", key, namespace=namespace
    ).split()
    options = words[words.index("-o") + 1].split(",") if "-o" in words else []
    return [SnapshotMount(words[2], words[3], "", tuple(options))]


@pytest.mark.parametrize("snapshotter", SNAPSHOTTERS)
def test_a_running_container_shows_its_users_as_they_are_now(
    lab: Lab, daemon: Daemon, namespace: str, snapshotter: str
) -> None:
    reference = lab.registries["plain"].host + "/busybox:1"
    pull(daemon, namespace, reference, snapshotter)
    script = "echo late:x:77:78::/:/bin/sh >> /etc/passwd; exec sleep 60"
    flags = ("--detach", "--null-io", "--snapshotter", snapshotter)
    daemon.ctr("run", *flags, "--", reference, "users", "sh", "-c", script, namespace=namespace)
    daemon.ctr("tasks", "exec", "--exec-id", "one", "users", "true", namespace=namespace)
    mounts_before = Path("/proc/self/mountinfo").read_text().count("containerd-users-")
    passwd, group = read_users(mounts_of(daemon, namespace, "users", snapshotter))
    assert passwd.startswith("root:x:0:0:")
    assert "late:x:77:78:" in passwd
    assert group.startswith("root:x:0:")
    assert mounts_before == Path("/proc/self/mountinfo").read_text().count("containerd-users-") == 0


def test_an_image_of_very_many_layers_is_read(lab: Lab, daemon: Daemon, namespace: str) -> None:
    registry = lab.registries["plain"]
    files: list[dict[str, layers.Entry]] = [{"etc/group": b"g:x:1:\n"}]
    files += [{"etc/passwd": b"u:x:%d:1::/:\n" % number} for number in range(64)]
    image = images.image([layers.layer(each) for each in files], cmd=["x"])
    images.push(registry.client(), "spec/many-layers", "1", image)
    reference = registry.host + "/spec/many-layers:1"
    pull(daemon, namespace, reference, "overlayfs")
    daemon.ctr("containers", "create", "--", reference, "many", namespace=namespace)
    mounts = mounts_of(daemon, namespace, "many", "overlayfs")
    assert len(",".join(mounts[0].options)) > MAX_MOUNT_DATA_BYTES
    assert read_users(mounts) == ("u:x:63:1::/:\n", "g:x:1:\n")
