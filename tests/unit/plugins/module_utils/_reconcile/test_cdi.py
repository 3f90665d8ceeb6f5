# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices by the names that CDI gives them: found, given to a container, and compared."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import container as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import ContainerVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import Build, ContainerWorld, ImageWorld

NAME = "docker.io/library/nginx:1"
HOOK = {"hookName": "createContainer", "path": "/usr/bin/hook", "args": ["hook", "now"], "timeout": 5}
ALL = {
    "env": ["COMMON=1"],
    "mounts": [{"hostPath": "/usr/lib/libx.so", "containerPath": "/usr/lib/libx.so"}],
    "hooks": [HOOK],
}
FIRST = {
    "env": ["FIRST=1"],
    "deviceNodes": [{"path": "/dev/x0", "hostPath": "/dev/host0", "permissions": "rw"}],
    "additionalGids": [44],
}
SECOND = {"deviceNodes": [{"path": "/dev/x1", "type": "c", "major": 9, "minor": 1, "uid": 3}]}


def document(*, first: Any = None, everywhere: Any = None, **more: Any) -> str:
    first, everywhere = FIRST if first is None else first, ALL if everywhere is None else everywhere
    devices = [{"name": "0", "containerEdits": first}, {"name": "1", "containerEdits": SECOND}]
    return json.dumps(
        {
            "cdiVersion": "0.7.0",
            "kind": "example.com/x",
            "containerEdits": everywhere,
            "devices": devices,
            **more,
        }
    )


FILES = {"/etc/cdi/x.json": document()}


def said_of(**said: Any) -> dict[str, Any]:
    return params("ctr_container", name="web", **{"state": "present", "image": NAME, **said})


def world(made: list[str] | None = None, files: dict[str, str] | None = None) -> Callable[[], ContainerWorld]:
    """A host with these specifications; a container with these devices was made under FILES."""

    def make() -> ContainerWorld:
        images = ImageWorld(Build("1"))
        images.put(NAME, Build("1"))
        there = ContainerWorld(images)
        there.cdi = FILES
        if made is not None:
            there.create(*plan_of(decision, there, said_of(cdi_devices=made)).steps[-1].args)
            there.applied.clear()
        there.cdi = FILES if files is None else files
        return there

    return make


def play(there: Callable[[], ContainerWorld], *names: str, **said: Any) -> Played:
    asked = said_of(cdi_devices=list(names), **said)
    return rehearse(decision, there, asked, runtime=ContainerRuntime, verbs=ContainerVerbs)


def spec_with(*names: str, files: dict[str, str] | None = None) -> dict[str, Any]:
    return copy.deepcopy(dict(play(world(files=files), *names).world.containers["web"].spec))


def test_a_device_brings_all_that_it_needs() -> None:
    spec = spec_with("example.com/x=0")
    assert {"COMMON=1", "FIRST=1"} <= set(spec["process"]["env"])
    assert spec["linux"]["devices"] == [
        {"path": "/dev/x0", "type": "c", "major": 1, "minor": 3, "fileMode": 0o666, "uid": 0, "gid": 0}
    ]
    assert spec["linux"]["resources"]["devices"][-1] == {
        "allow": True,
        "type": "c",
        "major": 1,
        "minor": 3,
        "access": "rw",
    }
    assert spec["mounts"][-1] == {
        "destination": "/usr/lib/libx.so",
        "type": "bind",
        "source": "/usr/lib/libx.so",
        "options": ["ro", "nosuid", "nodev", "rbind"],
    }
    assert spec["hooks"] == {
        "createContainer": [{"path": "/usr/bin/hook", "args": ["hook", "now"], "timeout": 5}]
    }
    assert 44 in spec["process"]["user"]["additionalGids"]


def test_numbers_in_the_file_are_taken_and_what_two_share_is_there_once() -> None:
    spec = spec_with("example.com/x=0", "example.com/x=1")
    assert {"path": "/dev/x1", "type": "c", "major": 9, "minor": 1, "uid": 3} in spec["linux"]["devices"]
    assert len(spec["hooks"]["createContainer"]) == 1
    assert [mount["destination"] for mount in spec["mounts"]].count("/usr/lib/libx.so") == 1


def test_later_files_win() -> None:
    later = document(first={"env": ["FIRST=2"]})
    spec = spec_with("example.com/x=0", files={**FILES, "/var/run/cdi/x.json": later})
    assert "FIRST=2" in spec["process"]["env"] and "FIRST=1" not in spec["process"]["env"]


def test_devices_that_are_there_are_left_alone() -> None:
    both = ["example.com/x=0", "example.com/x=1"]
    assert not play(world(both), *both).real.changed
    assert not play(world(both), "example.com/x=1").real.changed
    assert not play(world(both)).real.changed


@pytest.mark.parametrize(
    "first",
    [
        {**FIRST, "env": ["FIRST=2"]},
        {**FIRST, "deviceNodes": [{"path": "/dev/x0", "permissions": "r"}]},
        {**FIRST, "deviceNodes": [{"path": "/dev/x0", "type": "c", "major": 1, "minor": 4}]},
        {**FIRST, "mounts": [{"hostPath": "/a", "containerPath": "/b", "options": ["ro"]}]},
        {**FIRST, "hooks": [{"hookName": "poststop", "path": "/usr/bin/hook"}]},
        {**FIRST, "additionalGids": [45]},
    ],
)
def test_a_specification_that_has_changed_makes_the_container_anew(first: dict[str, Any]) -> None:
    names = ["example.com/x=0", "example.com/x=1"]
    played = play(world(names, {"/etc/cdi/x.json": document(first=first)}), *names)
    assert played.applied == ["replace 15 10"]
    assert (played.real.before["cdi_devices"], played.real.after["cdi_devices"]) == (names[1:], names)


def test_another_device_is_named() -> None:
    played = play(world(["example.com/x=1"]), "example.com/x=1", "example.com/x=0")
    assert played.real.before["cdi_devices"] == ["example.com/x=1"]


def test_a_mount_takes_the_place_of_the_one_there() -> None:
    edits = {"mounts": [{"hostPath": "/shm", "containerPath": "/dev/shm", "options": ["rbind"]}]}
    spec = spec_with("example.com/x=0", files={"/etc/cdi/x.json": document(first=edits)})
    assert [m["source"] for m in spec["mounts"] if m["destination"] == "/dev/shm"] == ["/shm"]


@pytest.mark.parametrize(
    ("first", "said", "words"),
    [
        (
            {"env": ["A=cdi"]},
            {"env": {"A": "task"}},
            "variable A is asked for by the task and, otherwise, by CDI",
        ),
        (
            {"mounts": [{"hostPath": "/a", "containerPath": "/b"}]},
            {"tmpfs": {"/b": ""}},
            "mount /b is asked for by the task",
        ),
        (
            {"deviceNodes": [{"path": "/dev/x1", "type": "c", "major": 1, "minor": 4}]},
            {},
            "device /dev/x1 is asked for by example.com/x=0 and, otherwise, by CDI device example.com/x=1; leave",
        ),
    ],
)
def test_what_only_one_of_two_could_have_is_refused(
    first: dict[str, Any], said: dict[str, Any], words: str
) -> None:
    files = {"/etc/cdi/x.json": document(first=first)}
    with pytest.raises(Refused, match=words):
        play(world(files=files), "example.com/x=0", "example.com/x=1", **said)


def test_what_a_task_says_like_its_device_is_no_contradiction() -> None:
    assert "FIRST=1" in spec_with("example.com/x=0")["process"]["env"]
    assert play(world(), "example.com/x=0", env={"FIRST": "1"}).real.changed


@pytest.mark.parametrize("name", ["0", "example.com=0", "example.com/x", "example.com/x=", "a b/c=d"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="is no name of CDI; write VENDOR/CLASS=DEVICE"):
        play(world(), name)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "no CDI specification on this host has device example.com/x=0; have the vendor's tool"),
        ({"/etc/cdi/a.yaml": ""}, "/etc/cdi/a.yaml is YAML, which is not read"),
        ({"/etc/cdi/a.json": "{"}, "/etc/cdi/a.json is no CDI specification"),
        ({"/etc/cdi/a.json": "[]"}, "/etc/cdi/a.json is no CDI specification"),
        ({"/etc/cdi/a.json": '{"kind": "a/b"}'}, "/etc/cdi/a.json is no CDI specification"),
        (
            {"/etc/cdi/a.json": document(everywhere={"intelRdt": {}})},
            "wants intelRdt, which is not supported",
        ),
        ({"/etc/cdi/a.json": document(first={"hooks": [{"hookName": "x"}]})}, "a CDI hook 'x' is not known"),
        (
            {"/etc/cdi/a.json": document(first={"mounts": [{"hostPath": "/a"}]})},
            "no hostPath or no containerPath",
        ),
        ({"/etc/cdi/a.json": document(first={"deviceNodes": [{"type": "c"}]})}, "device node has no path"),
    ],
)
def test_what_cannot_be_had_is_said_with_the_file(files: dict[str, str], words: str) -> None:
    with pytest.raises((NotFound, Refused), match=words):
        play(world(files=files), "example.com/x=0")
