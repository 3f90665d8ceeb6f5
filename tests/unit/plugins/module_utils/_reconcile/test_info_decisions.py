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


PIN = {"io.cri-containerd.pinned": "pinned"}
ONE, TWO = Build("1"), Build("2", ExposedPorts={"80/tcp": {}, "443/tcp": {}}, Env=["A=1"])
ONE_ID, TWO_ID = ONE.config.digest, TWO.config.digest


def namespace() -> ImageWorld:
    world = ImageWorld()
    world.put("ghcr.io/team/app:1", ONE, labels={"team": "web", "empty": ""})
    world.put("ghcr.io/team/db:1", ONE, labels=PIN)
    world.put(ONE_ID, ONE)
    world.put(TWO_ID, TWO, lacks=1, unpacked=False)
    return world


def told(**said: Any) -> list[dict[str, Any]]:
    outcome = reconcile(image_info, namespace(), params("ctr_image_info", **said), dry_run=False)
    found: list[dict[str, Any]] = outcome.values["images"]
    return found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, {"app", "db", ONE_ID, TWO_ID}),
        ({"reference": ["ghcr.io/*"]}, {"app", "db"}),
        ({"reference": ["ghcr.io/*/a??:*", "x"]}, {"app"}),
        ({"reference": ["GHCR.io/*"]}, set()),
        ({"label": ["team"]}, {"app"}),
        ({"label": ["team=web"]}, {"app"}),
        ({"label": ["team=web", "none"]}, set()),
        ({"label": ["team="]}, set()),
        ({"label": ["empty="]}, {"app"}),
        ({"dangling": True}, {TWO_ID}),
        ({"dangling": False}, {"app", "db", ONE_ID}),
        ({"pinned": True}, {"db"}),
        ({"pinned": False, "reference": ["ghcr*"]}, {"app"}),
        ({"complete": False}, {TWO_ID}),
        ({"complete": True, "label": None}, {"app", "db", ONE_ID}),
        ({"unpacked": False}, {TWO_ID}),
        ({"expression": ["name~=app", "name~=db"]}, {"app", "db"}),
        ({"expression": ["name~=app"], "pinned": True}, set()),
        ({"expression": ["name~=app"], "dangling": True}, set()),
        ({"expression": ["name~=sha256"], "dangling": False}, {ONE_ID}),
    ],
)
@pytest.mark.parametrize("is_named", [True, False])
def test_filters_leave_what_passes_all_of_them(
    filters: dict[str, Any], found: set[str], is_named: bool
) -> None:
    names = [TWO_ID, ONE_ID, "ghcr.io/team/db:1", "ghcr.io/team/app:1", "none"] if is_named else None
    images = [image["name"] for image in told(name=names, filters=filters)]
    assert {name.rpartition("/")[2].replace(":1", "") if "/" in name else name for name in images} == found
    assert images == ([name for name in names if name in images] if names else sorted(images))


def test_what_was_built_into_an_image_is_told_when_asked_for() -> None:
    (image,) = told(name=[TWO_ID], config=True, usage=True)
    assert image["usage"] == {"overlayfs": 8192}
    assert image["config"] == {
        "digest": TWO_ID,
        "created": "",
        "author": "",
        "os": "linux",
        "architecture": "",
        "variant": "",
        "entrypoint": [],
        "command": ["/bin/true"],
        "env": ["A=1"],
        "user": "",
        "working_dir": "",
        "labels": {},
        "exposed_ports": ["443/tcp", "80/tcp"],
        "volumes": [],
        "stop_signal": "",
    }
    (plain,) = told(name=[TWO_ID])
    assert set(image) - set(plain) == {"config", "usage"}
    assert plain["offered"] == ["linux/amd64", "linux/arm64"]


def test_the_pin_is_told() -> None:
    assert [image["pinned"] for image in told(name=["ghcr.io/team/app:1", "ghcr.io/team/db:1"])] == [
        False,
        True,
    ]


def test_what_is_no_image_is_not_complete() -> None:
    world = namespace()
    world.problems[ONE_ID] = "document is not a JSON object"
    for filters in (None, {"complete": False, "dangling": False}):
        wish = params("ctr_image_info", name=[ONE_ID], filters=filters)
        (image,) = reconcile(image_info, world, wish, dry_run=False).values["images"]
        assert (image["complete"], image["problem"]) == (False, "document is not a JSON object")


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


def test_specs_are_left_out_where_nobody_wants_them() -> None:
    verbs = Listing("db", "web")
    whole = reconcile(container_info, verbs, params("ctr_container_info"), dry_run=False).values["containers"]
    brief = reconcile(container_info, verbs, params("ctr_container_info", spec=False), dry_run=False)
    assert all("spec" in each for each in whole)
    assert brief.values["containers"] == [{k: v for k, v in each.items() if k != "spec"} for each in whole]
