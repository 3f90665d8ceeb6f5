# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containers look like in the words of the options, whoever made them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.view import SpecView, view_spec
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Host,
    Identity,
    Mount,
    SpecWish,
)

IMAGE = {"config": {"Cmd": ["sh"], "Env": ["PATH=/bin"]}}


def spec_of(wish: SpecWish) -> dict[str, Any]:
    identity = Identity(0, 0, (0,))
    host = Host("node1", ("CAP_SYS_ADMIN",))
    return build_spec(wish, IMAGE, identity, namespace="n", container_id="c", host=host)


def test_a_container_for_which_nothing_was_asked_shows_the_image() -> None:
    assert view_spec(spec_of(SpecWish()), {}) == SpecView(
        args=("sh",),
        env={"PATH": "/bin"},
        working_dir="/",
        user=Identity(0, 0, (0,)),
        hostname="",
        tty=False,
        mounts=(),
        network_mode="none",
        read_only=False,
        privileged=False,
        annotations={},
    )


BIND = Mount("/data", "bind", "/srv", ("rbind", "ro"))


@pytest.mark.parametrize(
    ("field", "wish", "value"),
    [
        ("args", SpecWish(command=("a", "b")), ("a", "b")),
        ("env", SpecWish(env={"A": "b=c"}), {"PATH": "/bin", "A": "b=c"}),
        ("working_dir", SpecWish(working_dir="/srv/"), "/srv"),
        ("hostname", SpecWish(hostname="web"), "web"),
        ("tty", SpecWish(tty=True), True),
        ("mounts", SpecWish(mounts=(BIND,)), (BIND,)),
        ("mounts", SpecWish(mounts=(BIND,), network_mode="host", privileged=True), (BIND,)),
        ("network_mode", SpecWish(network_mode="host"), "host"),
        ("network_mode", SpecWish(network_mode="ns:/run/netns/a"), "ns:/run/netns/a"),
        ("read_only", SpecWish(read_only=True), True),
        ("privileged", SpecWish(privileged=True), True),
        ("annotations", SpecWish(annotations={"a": "b"}), {"a": "b"}),
    ],
)
def test_each_wish_is_read_back(field: str, wish: SpecWish, value: object) -> None:
    assert getattr(view_spec(spec_of(wish), {}), field) == value


def test_mounts_are_shown_by_destination() -> None:
    spec = spec_of(SpecWish(mounts=(Mount("/b", "tmpfs", ""), Mount("/a", "tmpfs", ""))))
    assert [mount.destination for mount in view_spec(spec, {}).mounts] == ["/a", "/b"]


def test_a_default_mount_with_other_options_is_the_users() -> None:
    spec = spec_of(SpecWish(mounts=(Mount("/dev/shm", "tmpfs", "shm", ("size=1g",)),)))
    assert view_spec(spec, {}).mounts == (Mount("/dev/shm", "tmpfs", "tmpfs", ("size=1073741824",)),)


def test_the_cgroup_mount_of_other_clients_is_nobodys_wish() -> None:
    spec = spec_of(SpecWish())
    spec["mounts"].append({"destination": "/sys/fs/cgroup", "type": "cgroup", "options": ["ro"]})
    assert view_spec(spec, {}).mounts == ()


def test_annotations_that_repeat_labels_are_nobodys_wish() -> None:
    spec = spec_of(SpecWish(annotations={"label": "x", "own": "y"}))
    assert view_spec(spec, {"label": "x", "own": "z"}).annotations == {"own": "y"}


def test_groups_are_compared_as_a_set_with_the_primary_one() -> None:
    spec = spec_of(SpecWish())
    spec["process"]["user"] = {"uid": 1, "gid": 9, "additionalGids": [20, 5, 20]}
    assert view_spec(spec, {}).user == Identity(1, 9, (5, 9, 20))


def test_a_container_with_every_capability_but_masks_is_not_privileged() -> None:
    spec = spec_of(SpecWish(privileged=True))
    spec["linux"]["maskedPaths"] = ["/proc/kcore"]
    assert not view_spec(spec, {}).privileged


@pytest.mark.parametrize("spec", [{}, {"process": None, "linux": None, "root": None, "mounts": None}])
def test_an_empty_spec_can_be_viewed(spec: dict[str, Any]) -> None:
    assert view_spec(spec, {}).args == ()
