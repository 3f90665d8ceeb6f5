# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module from JSON to JSON, against a containerd with a memory: in check mode, for real, and again."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("ansible", reason="ansible-core is missing")

from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.module_call import call
from ansible_collections.community.containerd.tests.unit.fakes.params import DEFAULTS
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

PACKAGE = "ansible_collections.community.containerd.plugins.modules."
NAME = "docker.io/library/nginx:1"
REQUIRED = {
    "ctr_image": {"name": ["nginx:1"]},
    "ctr_image_import": {"path": "/nowhere.tar"},
    "ctr_image_info": {},
    "ctr_image_push": {"name": "nginx:1"},
    "ctr_image_mount": {"name": "nginx:1", "path": "/never/there"},
    "ctr_prune": {"snapshots": True},
    "ctr_container": {"name": "web", "image": "nginx:1"},
    "ctr_container_info": {},
    "ctr_info": {},
    "ctr_namespace": {"name": "shop"},
    "ctr_task": {"container": "web"},
    "ctr_task_info": {},
    "ctr_exec": {"container": "web", "argv": ["true"]},
}


@pytest.fixture
def fake() -> Iterator[FakeContainerd]:
    with FakeContainerd() as daemon:
        yield daemon


@pytest.fixture
def store(fake: FakeContainerd) -> Store:
    """An image that is whole, a container of it, and no task."""
    made = Store(fake)
    image = StoredImage(config={"Cmd": ["true"]}).into(made).named(made, NAME)
    made.space().containers["web"] = {
        "id": "web",
        "image": NAME,
        "labels": {},
        "runtime": {"name": "io.containerd.runc.v2"},
        "spec": {"value": b'{"process": {"args": ["true"], "user": {}}}'},
        "snapshotter": "overlayfs",
        "snapshot_key": "web",
    }
    made.space().snapshots["overlayfs", "web"] = Snapshot(image.chain[-1], 2, {})
    return made


def module(name: str) -> Any:
    return importlib.import_module(PACKAGE + name)


def run(fake: FakeContainerd, name: str, said: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
    return call(module(name).main, check=check, **{"address": fake.address, **REQUIRED[name], **said})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ctr_image", {}),
        ("ctr_image", {"pull": "never"}),
        ("ctr_image", {"name": ["other"], "state": "absent"}),
        ("ctr_image_info", {}),
        ("ctr_image_info", {"name": ["nginx:1", "other"]}),
        ("ctr_image_mount", {"state": "unmounted"}),
        ("ctr_prune", {}),
        ("ctr_prune", {"images": "all", "leases": True, "ingests": True}),
        ("ctr_container", {"state": "present"}),
        ("ctr_container", {"state": "stopped"}),
        ("ctr_container", {"name": "db", "state": "absent"}),
        ("ctr_container_info", {}),
        ("ctr_container_info", {"name": ["web"]}),
        ("ctr_info", {}),
        ("ctr_namespace", {"name": "default"}),
        ("ctr_namespace", {"state": "absent"}),
        ("ctr_task_info", {}),
        ("ctr_task_info", {"name": ["web"]}),
        ("ctr_task", {"state": "stopped"}),
        ("ctr_task", {"state": "absent"}),
    ],
)
def test_what_is_so_already_is_no_change(
    fake: FakeContainerd, store: Store, name: str, said: dict[str, Any]
) -> None:
    for check in (True, False):
        result = run(fake, name, said, check=check)
        assert not result.get("failed"), result["msg"]
        assert (result["changed"], result["actions"]) == (False, [])
        assert result["diff"]["before"] == result["diff"]["after"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ctr_task", {"state": "started"}),
        ("ctr_container", {"state": "started"}),
        ("ctr_container", {"state": "absent"}),
        ("ctr_container", {"state": "present", "labels": {"a": "b"}}),
        ("ctr_image", {"state": "absent", "force": True}),
        ("ctr_prune", {"containers": True}),
        ("ctr_namespace", {"labels": {"team": "web"}}),
    ],
)
def test_a_change_is_told_and_then_made_once(
    fake: FakeContainerd, store: Store, name: str, said: dict[str, Any]
) -> None:
    told = run(fake, name, said, check=True)
    made = run(fake, name, said)
    again = run(fake, name, said)
    assert not made.get("failed"), made["msg"]
    assert (told["changed"], made["changed"], again["changed"]) == (True, True, False)
    assert told["diff"] == made["diff"]
    assert told["actions"] == made["actions"]
    assert again["actions"] == []


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_without_containerd_each_module_says_so_in_one_sentence(name: str) -> None:
    result = call(module(name).main, address="/nowhere.sock", **REQUIRED[name])
    assert result["failed"] is True
    assert result["error"]["kind"] == "unreachable"
    assert result["msg"].startswith("cannot reach containerd at /nowhere.sock: ")
    assert "\n" not in result["msg"]


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_the_fakes_know_the_defaults_of_each_module(name: str) -> None:
    spec = module(name).ARGUMENT_SPEC
    defaults = {option: how.get("default") for option, how in spec.items() if not how.get("required")}
    assert defaults == DEFAULTS[name]


@pytest.mark.parametrize(
    ("name", "said", "text"),
    [
        ("ctr_image", {"username": "ann"}, "password"),
        ("ctr_container", {"username": "ann"}, "password"),
        ("ctr_image_push", {"username": "ann"}, "password"),
        ("ctr_image_push", {"name": ""}, "name is empty"),
        ("ctr_image_push", {"max_concurrent_uploads": 0}, "max_concurrent_uploads must be at least 1"),
        ("ctr_exec", {"command": "true"}, "mutually exclusive"),
        ("ctr_exec", {"argv": []}, "command is empty"),
        ("ctr_task", {"state": "dancing"}, "must be one of"),
        ("ctr_image", {"name": []}, "name is empty"),
        ("ctr_image_mount", {"name": ""}, "name is empty"),
        ("ctr_prune", {"snapshots": False}, "nothing is to be pruned"),
        ("ctr_image_mount", {"path": "/"}, "is no absolute path of a directory"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    fake: FakeContainerd, store: Store, name: str, said: dict[str, Any], text: str
) -> None:
    result = run(fake, name, said)
    assert result["failed"] is True
    assert text in result["msg"]
    assert fake.calls == []
