# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: everything, or what is named, in the user's order; and never a change."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import (
    container_info,
    image_info,
)
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import reconcile
from ansible_collections.community.containerd.plugins.module_utils._values.container import Container
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.task import Exit, Stdio, Task
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.world import Build, ImageWorld

FULL = "docker.io/library/nginx:latest"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (None, ["alpine", FULL, "zebra"]),
        ([], []),
        (["nginx"], [FULL]),
        ([FULL, "nginx"], [FULL]),
        (["zebra", "alpine"], ["zebra", "alpine"]),
        (["alpine", "missing", "Not A Name"], ["alpine"]),
    ],
)
def test_images_are_told_of(names: list[str] | None, found: list[str]) -> None:
    world = ImageWorld()
    for name in (FULL, "zebra", "alpine"):
        world.put(name, Build(name), lacks=1 if name == "zebra" else 0, unpacked=name != "zebra")
    outcome = reconcile(image_info, world, params("ctr_image_info", name=names), dry_run=False)
    assert [image["name"] for image in outcome.values["images"]] == found
    assert (outcome.changed, outcome.actions, world.applied, world.asked) == (False, (), [], [])


def test_an_incomplete_image_says_what_it_lacks() -> None:
    world, build = ImageWorld(), Build("1")
    world.put("zebra", build, lacks=2, unpacked=False)
    outcome = reconcile(image_info, world, params("ctr_image_info"), dry_run=True)
    (image,) = outcome.values["images"]
    assert (image["complete"], image["unpacked"]) == (False, False)
    assert image["missing"] == [blob.digest for blob in build.blobs[-2:]]


def test_a_platform_is_checked_before_anything_is_read() -> None:
    with pytest.raises(Refused, match="malformed"):
        image_info.want(params("ctr_image_info", platform=["a/b/c/d"]))


class Listing:
    """The verbs for reading about containers."""

    def __init__(self, *names: str) -> None:
        self.records = [Container(n, "nginx", {}, "runc", "overlayfs", n, {"a": 1}) for n in names]
        self.log: list[str] = []

    def containers(self, names: Any) -> list[Container]:
        self.log.append("containers")
        return [record for record in self.records if names is None or record.id in names]

    def tasks(self) -> dict[str, Task]:
        self.log.append("tasks")
        return {"web": Task("web", 7, "running", Stdio(), Exit(0, ""))}


def test_containers_are_told_of_with_their_tasks() -> None:
    verbs = Listing("db", "web")
    outcome = reconcile(container_info, verbs, params("ctr_container_info"), dry_run=False)
    found = {entry["id"]: entry["task"] for entry in outcome.values["containers"]}
    assert found["db"] == {"status": "absent", "pid": 0}
    assert (found["web"]["status"], found["web"]["pid"], found["web"]["exit_code"]) == ("running", 7, None)
    assert not outcome.changed
    assert verbs.log == ["containers", "tasks"]


def test_nobody_asks_for_tasks_of_nothing() -> None:
    verbs = Listing("db")
    outcome = reconcile(container_info, verbs, params("ctr_container_info", name=["web"]), dry_run=False)
    assert outcome.values == {"containers": []}
    assert verbs.log == ["containers"]
