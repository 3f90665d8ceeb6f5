# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each state of a container against what is there: nothing, a record, a process; the same wish, or another one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import container as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import ContainerVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.containers import (
    ContainerRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    NotFound,
    Refused,
    Unsupported,
)
from ansible_collections.community.containerd.plugins.module_utils._values.labels import STOP_TIMEOUT
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import (
    STOP_SIGNAL_LABEL,
    Build,
    ContainerWorld,
    ImageWorld,
)

NAME = "docker.io/library/nginx:1"
OLD, NEW = Build("1", StopSignal="SIGQUIT"), Build("2")
BASE: dict[str, Any] = {
    "image": "nginx:1",
    "command": ["serve"],
    "env": {"A": "1"},
    "labels": {"team": "web"},
}
STOP, REMOVE = "stop 3 10", "remove 3 10"
ANEW, ANEW_RUNNING = "replace 3 10", "replace 3 10 start"

TMPFS = {"source": None, "type": "tmpfs", "options": None, "read_only": False, "propagation": None}

# What is there, the wished state, and more → what is applied, the state after. BASE made what is there.
MISSING, ABSENT, CREATED, RUNNING, PAUSED, STOPPED = None, "absent", "created", "running", "paused", "stopped"
SAME: dict[str, Any] = {}
LABEL: dict[str, Any] = {"labels": {"team": "db"}}
OTHER: dict[str, Any] = {"env": {"A": "2"}}
BOTH: dict[str, Any] = {**LABEL, **OTHER}

TABLE = [
    ("absent", MISSING, SAME, [], "absent"),
    ("absent", ABSENT, SAME, [REMOVE], "absent"),
    ("absent", RUNNING, SAME, [REMOVE], "absent"),
    ("absent", PAUSED, SAME, [REMOVE], "absent"),
    ("absent", STOPPED, SAME, [REMOVE], "absent"),
    ("present", MISSING, SAME, ["create"], "present"),
    ("present", ABSENT, SAME, [], "present"),
    ("present", RUNNING, SAME, [], "present"),
    ("present", STOPPED, LABEL, ["relabel"], "present"),
    ("present", RUNNING, LABEL, ["relabel"], "present"),
    ("present", ABSENT, OTHER, [ANEW], "present"),
    ("present", STOPPED, OTHER, [ANEW], "present"),
    ("present", RUNNING, OTHER, [ANEW_RUNNING], "present"),
    ("present", PAUSED, OTHER, [ANEW_RUNNING], "present"),
    ("started", MISSING, SAME, ["create", "start"], "started"),
    ("started", ABSENT, SAME, ["start"], "started"),
    ("started", CREATED, SAME, ["start"], "started"),
    ("started", RUNNING, SAME, [], "started"),
    ("started", PAUSED, SAME, ["start"], "started"),
    ("started", STOPPED, SAME, ["start"], "started"),
    ("started", RUNNING, LABEL, ["relabel"], "started"),
    ("started", STOPPED, LABEL, ["relabel", "start"], "started"),
    ("started", RUNNING, OTHER, [ANEW_RUNNING], "started"),
    ("started", ABSENT, OTHER, [ANEW_RUNNING], "started"),
    ("started", RUNNING, BOTH, [ANEW_RUNNING], "started"),
    ("stopped", MISSING, SAME, ["create"], "stopped"),
    ("stopped", ABSENT, SAME, [], "stopped"),
    ("stopped", CREATED, SAME, [], "stopped"),
    ("stopped", RUNNING, SAME, [STOP], "stopped"),
    ("stopped", PAUSED, SAME, [STOP], "stopped"),
    ("stopped", STOPPED, SAME, [], "stopped"),
    ("stopped", RUNNING, LABEL, ["relabel", STOP], "stopped"),
    ("stopped", RUNNING, OTHER, [ANEW], "stopped"),
]


def world(status: str | None, *, offered: Build = OLD, here: dict[str, Any] | None = None) -> ContainerWorld:
    """The image is here as a whole unless `here` says otherwise, the container as BASE made it."""
    images = ImageWorld(OLD, NEW)
    images.put(NAME, OLD)
    images.offer(NAME, offered)
    made = ContainerWorld(images)
    if status is not None:
        plan = plan_of(decision, made, params("ctr_container", name="web", state="present", **BASE))
        made.create(*plan.steps[-1].args)
        if status != "absent":
            made._set("web", status)
    if here is not None:
        images.here.clear()
        if here:
            images.put(NAME, OLD, **{key: value for key, value in here.items() if key != "whole"})
    made.applied.clear()
    images.asked.clear()
    return made


def play(
    status: str | None,
    *,
    offered: Build = OLD,
    here: dict[str, Any] | None = None,
    is_event: bool = False,
    **said: Any,
) -> Played:
    return rehearse(
        decision,
        lambda: world(status, offered=offered, here=here),
        params("ctr_container", name="web", **{**BASE, **said}),
        runtime=ContainerRuntime,
        verbs=ContainerVerbs,
        is_event=is_event,
    )


@pytest.mark.parametrize(("state", "status", "more", "applied", "after"), TABLE)
def test_each_state_meets_what_is_there(
    state: str, status: str | None, more: dict[str, Any], applied: list[str], after: str
) -> None:
    played = play(status, state=state, **more)
    assert played.applied == applied
    assert played.real.after["state"] == after
    assert played.real.changed == bool(applied)
    assert len(played.real.actions) == sum({ANEW: 2, ANEW_RUNNING: 3}.get(each, 1) for each in applied)
    container = played.real.values["container"]
    assert container["state"] == ("absent" if state == "absent" else "present")
    if state == "started":
        assert container["task"]["status"] == "running"


def test_the_diff_is_in_the_users_words() -> None:
    played = play(RUNNING, env={"A": "2"}, labels={"team": "db"}, command=["other"])
    before, after = played.real.before, played.real.after
    assert (before["env"], after["env"]) == ({"A": "1"}, {"A": "2"})
    assert (before["labels"], after["labels"]) == ({"team": "web"}, {"team": "db"})
    assert (list(before["command"]), list(after["command"])) == (["serve"], ["other"])
    assert before["image"] == after["image"]
    assert "command, env" in played.real.actions[0]


# One option at a time: what made the container anew, and what did not

SPEC_OPTIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({"command": ["other"]}, ["command"]),
    ({"entrypoint": ["/init"]}, ["command"]),
    ({"env": {"B": "1"}}, ["env"]),
    ({"working_dir": "/tmp"}, ["working_dir"]),
    ({"user": "33:33"}, ["user"]),
    ({"user": "web"}, ["user"]),
    ({"hostname": "other"}, ["hostname"]),
    ({"read_only": True}, ["read_only"]),
    ({"annotations": {"a": "b"}}, ["annotations"]),
    ({"volumes": ["/srv:/data"]}, ["volumes"]),
    ({"tmpfs": ["/scratch"]}, ["tmpfs"]),
    ({"shm_size": "8m"}, ["shm_size"]),
    ({"devices": ["/dev/null:/dev/nothing:rw"]}, ["devices"]),
    ({"spec": {"process": {"oomScoreAdj": 5}}}, ["spec"]),
    (
        {"env": {"A": "1"}, "annotations": {}, "comparisons": {"*": "strict"}, "working_dir": "/x"},
        ["working_dir"],
    ),
    ({"tty": True}, ["tty"]),
    ({"privileged": True}, ["privileged"]),
    ({"groups": ["wheel"]}, ["groups"]),
    ({"groups": ["29"]}, ["groups"]),
    ({"capabilities": ["NET_ADMIN"]}, ["capabilities"]),
    ({"capabilities": ["ALL"]}, ["capabilities"]),
    ({"cap_drop": ["KILL"]}, ["cap_drop"]),
    ({"ulimits": ["nofile:5:6"]}, ["ulimits"]),
    ({"sysctls": {"net.core.somaxconn": 1024}}, ["sysctls"]),
    ({"oom_score_adj": 500}, ["oom_score_adj"]),
    ({"security_opts": ["seccomp=unconfined"]}, ["security_opts"]),
    ({"security_opts": ["no-new-privileges=false", "seccomp=builtin"]}, ["security_opts"]),
    ({"network_mode": "ns:/run/netns/x"}, ["network_mode"]),
    ({"network_mode": "host"}, ["network_mode"]),
    (
        {
            "mounts": [
                {
                    "target": "/data",
                    "source": "/srv",
                    "type": "bind",
                    "options": None,
                    "read_only": True,
                    "propagation": None,
                }
            ]
        },
        ["mounts"],
    ),
    ({"log_driver": "file", "log_options": {"path": "/var/log/web"}}, ["log_driver"]),
    ({"runtime": "io.containerd.kata.v2"}, ["runtime"]),
    ({"snapshotter": "native"}, ["snapshotter"]),
]


@pytest.mark.parametrize(
    ("more", "options"), SPEC_OPTIONS, ids=[",".join(more) for more, _options in SPEC_OPTIONS]
)
def test_an_option_of_the_spec_makes_the_container_anew(more: dict[str, Any], options: list[str]) -> None:
    played = play(RUNNING, **more)
    assert played.applied == [ANEW_RUNNING]
    assert played.real.actions[0] == "removed container web to make it anew: " + ", ".join(options)
    changed = [key for key in played.real.after if played.real.before.get(key) != played.real.after[key]]
    assert changed == options


@pytest.mark.parametrize(
    "more",
    [
        {"command": None, "env": None, "labels": None},
        {"user": "0"},
        {"user": "0:0"},
        {"user": "root"},
        {"working_dir": "/"},
        {"volumes": []},
        {"shm_size": "64m"},
        {"spec": {}},
        {"spec": {"process": {"cwd": "/"}, "linux": {"personality": None}}},
        {"restart_policy": "no"},
        {"env": {"A": "2"}, "comparisons": {"env": "ignore"}},
        {"env": {}, "comparisons": {"env": "allow_more_present"}},
        {"image": "other:1", "command": None, "comparisons": {"image": "ignore"}},
        {"image": "other:1", "command": ["x"], "restart_policy": "always", "comparisons": {"*": "ignore"}},
        {"tty": False},
        {"privileged": False},
        {"groups": []},
        {"groups": ["0"]},
        {"capabilities": ["KILL"]},
        {"cap_drop": ["NET_ADMIN"]},
        {"ulimits": ["nofile:1024:1024"]},
        {"ulimits": []},
        {"sysctls": {}},
        {"security_opts": ["seccomp=builtin", "no-new-privileges", "apparmor=unconfined"]},
        {"network_mode": "none"},
        {"read_only": False},
        {"env": {}},
        {"mounts": []},
        {"annotations": {}},
        {"log_driver": "none"},
        {"runtime": "io.containerd.runc.v2"},
        {"runtime_options": {"systemd_cgroup": "no", "binary_name": ""}},
        {"snapshotter": "overlayfs"},
        {"stop_signal": "SIGQUIT"},
        {"stop_signal": "3"},
        {"image": NAME},
        {"image": None},
        {"stop_timeout": 10},
        {"stop_timeout": 99, "comparisons": {"stop_timeout": "ignore"}},
        {"pull": "never"},
        {"username": "ann", "password": "s"},
    ],
    ids=str,
)
def test_what_is_so_already_or_unsaid_changes_nothing(more: dict[str, Any]) -> None:
    assert play(RUNNING, **more).applied == []


def test_the_stop_signal_changes_in_place() -> None:
    played = play(RUNNING, stop_signal="SIGINT")
    assert played.applied == ["relabel"]
    assert played.world.containers["web"].labels[STOP_SIGNAL_LABEL] == "SIGINT"
    assert (played.real.before["stop_signal"], played.real.after["stop_signal"]) == ("SIGQUIT", "SIGINT")


def test_the_stop_timeout_changes_in_place() -> None:
    played = play(RUNNING, stop_timeout=30)
    assert played.applied == ["relabel"]
    assert played.world.containers["web"].labels[STOP_TIMEOUT] == "30"
    assert (played.real.before["stop_timeout"], played.real.after["stop_timeout"]) == (10, 30)
    assert played.real.actions == ("set stop_timeout of container web to 30",)


@pytest.mark.parametrize(
    ("more", "applied", "shown"),
    [
        ({"memory": "1g"}, "limit memory", {"memory": ("unlimited", "1g")}),
        ({"cpus": 0.5}, "limit cpu", {"cpus": ("unlimited", 0.5)}),
        (
            {"cpu_shares": 9, "pids_limit": 7},
            "limit cpu pids",
            {"cpu_shares": (0, 9), "pids_limit": ("unlimited", 7)},
        ),
    ],
)
def test_limits_change_in_place(
    more: dict[str, Any], applied: str, shown: dict[str, tuple[Any, Any]]
) -> None:
    played = play(RUNNING, **more)
    assert played.applied == [applied]
    assert played.real.actions == ("changed limits of container web: " + ", ".join(more),)
    assert {key: (played.real.before[key], played.real.after[key]) for key in shown} == shown


def test_limits_that_break_a_rule_are_refused_while_the_old_ones_hold() -> None:
    with pytest.raises(Refused, match="set memory too"):
        play(RUNNING, memory_swap="1g")
    with pytest.raises(Refused, match="set memory too"):
        play(MISSING, memory_swap="1g")


def test_another_parent_group_makes_the_container_anew() -> None:
    played = play(RUNNING, cgroup_parent="/batch", memory="1g")
    assert played.applied == [ANEW_RUNNING]
    assert played.real.before["cgroup_parent"] == "/default"


def test_other_options_of_the_runtime_make_the_container_anew() -> None:
    said = {"runtime_options": {"systemd_cgroup": True, "binary_name": "crun", "io_uid": "7"}}
    played = play(RUNNING, **said, cgroup_parent="web.slice")
    assert played.applied == [ANEW_RUNNING]
    assert played.real.before["runtime_options"] == {"systemd_cgroup": False, "binary_name": "", "io_uid": 0}
    assert played.real.after["runtime_options"] == {
        "systemd_cgroup": True,
        "binary_name": "crun",
        "io_uid": 7,
    }
    record = played.world.containers["web"]
    assert record.spec["linux"]["cgroupsPath"] == "web.slice:default:web"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"runtime_options": {"binary": "crun"}}, "runtime_options.binary is not known; use one of binary_name"),
        ({"runtime_options": {"systemd_cgroup": "maybe"}}, "systemd_cgroup is 'maybe'; set it to true or false"),
        ({"runtime_options": {"io_uid": -1}}, "io_uid is -1; set it to a number"),
        ({"runtime_options": {"root": 1}}, "root is 1; set it to a text"),
        ({"runtime": "io.containerd.kata.v2", "runtime_options": {"root": "/x"}}, "runtime is io.containerd.kata.v2"),
        ({"runtime_options": {"systemd_cgroup": True}, "cgroup_parent": "/batch"}, "/batch is no slice"),
    ],
)  # fmt: skip
def test_options_that_the_runtime_does_not_have_are_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        play(MISSING, **more)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("env", {"A": "1"}),
        ("annotations", {}),
        ("mounts", []),
        ("sysctls", {}),
        ("ulimits", []),
        ("capabilities", ["CHOWN"]),
        ("devices", []),
    ],
)
def test_strict_is_about_what_was_not_said_too(option: str, said: Any) -> None:
    more: dict[str, Any] = {
        "env": {"A": "1", "B": "2"},
        "annotations": {"a": "1"},
        "mounts": [{**TMPFS, "target": "/more"}],
        "sysctls": {"kernel.msgmax": "1"},
        "ulimits": ["core:0"],
        "capabilities": ["CHOWN", "NET_ADMIN"],
        "devices": ["/dev/null"],
    }

    def make() -> ContainerWorld:
        made = world(MISSING)
        wish = params("ctr_container", name="web", state="present", **{**BASE, option: more[option]})
        made.create(*plan_of(decision, made, wish).steps[-1].args)
        made._set("web", RUNNING)
        made.applied.clear()
        return made

    def run(mode: str) -> list[str]:
        wish = params("ctr_container", name="web", **{**BASE, option: said, "comparisons": {option: mode}})
        played = rehearse(decision, make, wish, runtime=ContainerRuntime, verbs=ContainerVerbs)
        assert played.real.changed == (mode == "strict")
        return played.applied

    assert run("strict") == [ANEW_RUNNING]
    assert run("allow_more_present") == []


def test_a_privileged_container_is_as_its_host_however_strict_its_user() -> None:
    said = {"privileged": True, "capabilities": ["CHOWN"], "comparisons": {"*": "strict"}}
    assert play(RUNNING, **said).applied == [ANEW_RUNNING]


@pytest.mark.parametrize(
    ("status", "state", "applied"),
    [
        (MISSING, "started", ["create", "start"]),
        (RUNNING, "started", ["relabel"]),
        (STOPPED, "started", ["relabel", "start"]),
        (STOPPED, "present", ["relabel"]),
        (RUNNING, "stopped", ["relabel", STOP]),
    ],
)
def test_a_restart_policy_changes_in_place(status: str | None, state: str, applied: list[str]) -> None:
    played = play(status, state=state, restart_policy="on-failure", restart_retries=2)
    assert played.applied == applied
    labels = played.world.containers["web"].labels
    assert labels["containerd.io/restart.policy"] == "on-failure:2"
    assert labels["containerd.io/restart.status"] == ("running" if status == RUNNING else "stopped")
    if status is not MISSING:
        assert played.real.actions[0] == "set restart_policy of container web to on-failure:2"
        assert (played.real.before["restart_policy"], played.real.after["restart_policy"]) == (
            "no",
            "on-failure:2",
        )


@pytest.mark.parametrize("status", [MISSING, RUNNING])
def test_a_policy_that_the_daemon_does_not_know_is_refused(status: str | None) -> None:
    made = world(status)
    made.release = "1.6.20"
    with pytest.raises(Unsupported, match="use always or no"):
        plan_of(decision, made, params("ctr_container", name="web", **BASE, restart_policy="unless-stopped"))
    assert made.applied == []


@pytest.mark.parametrize("spec", [{"process": []}, {"linux": "x"}, {"annotations": 1}])
def test_a_spec_of_another_shape_is_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="is no mapping; write it as the OCI runtime spec has it"):
        play(MISSING, spec=spec)


def test_variables_of_a_file_are_compared_as_variables() -> None:
    def make() -> ContainerWorld:
        made = world(RUNNING)
        made.files = {"/env": "A=1\nB=2\n"}
        return made

    wish = params("ctr_container", name="web", **{**BASE, "env": None, "env_file": ["/env"]})
    played = rehearse(decision, make, wish, runtime=ContainerRuntime, verbs=ContainerVerbs)
    assert played.applied == [ANEW_RUNNING]
    assert played.real.after["env"] == {"A": "1", "B": "2"}


def test_labels_of_others_stay() -> None:
    played = play(RUNNING, labels={"new": "1"})
    labels = played.world.containers["web"].labels
    assert labels == {STOP_SIGNAL_LABEL: "SIGQUIT", "from": "the image", "team": "web", "new": "1"}


@pytest.mark.parametrize(
    ("said", "stop"),
    [({}, ["stop 3 10"]), ({"stop_timeout": 0}, ["relabel", "stop 3 0"])],
)
def test_a_stop_uses_the_images_signal(said: dict[str, Any], stop: list[str]) -> None:
    assert play(RUNNING, state="stopped", **said).applied == stop


def test_a_stop_uses_the_users_signal_once_it_is_said() -> None:
    assert play(RUNNING, state="stopped", stop_signal="INT").applied == ["relabel", "stop 2 10"]


# Restart and recreate


@pytest.mark.parametrize(
    ("state", "status", "applied"),
    [
        ("started", RUNNING, [STOP, "start"]),
        ("started", PAUSED, [STOP, "start"]),
        ("started", STOPPED, ["start"]),
        ("started", MISSING, ["create", "start"]),
        ("present", RUNNING, [STOP, "start"]),
        ("present", STOPPED, []),
        ("stopped", RUNNING, [STOP]),
        ("stopped", STOPPED, []),
    ],
)
def test_restart_starts_again_what_runs(state: str, status: str | None, applied: list[str]) -> None:
    played = play(status, state=state, restart=True, is_event=True)
    assert played.applied == applied
    assert played.real.changed == bool(applied)


@pytest.mark.parametrize(
    ("state", "status", "applied"),
    [
        ("started", MISSING, ["create", "start"]),
        ("started", RUNNING, [ANEW_RUNNING]),
        ("stopped", STOPPED, [ANEW]),
        ("present", RUNNING, [ANEW_RUNNING]),
        ("absent", RUNNING, [REMOVE]),
    ],
)
def test_recreate_makes_it_anew_every_time(state: str, status: str | None, applied: list[str]) -> None:
    played = play(status, state=state, recreate=True, is_event=True)
    assert played.applied == applied
    assert played.real.changed
    assert played.again.changed == (state != "absent")


# The image


@pytest.mark.parametrize(
    ("pull", "here", "asked", "applied"),
    [
        ("missing", None, 0, ["create", "start"]),
        ("missing", {}, 1, ["pull", "create", "start"]),
        ("missing", {"lacks": 1, "unpacked": False}, 1, ["pull", "create", "start"]),
        ("missing", {"lacks": 4, "unpacked": False}, 1, ["pull", "create", "start"]),
        ("missing", {"unpacked": False}, 0, ["pull", "create", "start"]),
        ("never", {"unpacked": False}, 0, ["pull", "create", "start"]),
        ("never", None, 0, ["create", "start"]),
        ("always", None, 1, ["create", "start"]),
        ("always", {}, 1, ["pull", "create", "start"]),
    ],
)
def test_a_new_container_gets_what_its_image_lacks(
    pull: str, here: dict[str, Any] | None, asked: int, applied: list[str]
) -> None:
    played = play(MISSING, here=here, pull=pull)
    assert played.applied == applied
    first_world = world(MISSING, here=here)
    plan_of(decision, first_world, params("ctr_container", name="web", **{**BASE, "pull": pull}))
    assert len(first_world.images.asked) == asked


@pytest.mark.parametrize("here", [{}, {"lacks": 1, "unpacked": False}], ids=["nothing", "holed"])
def test_never_makes_no_container_of_what_is_not_here(here: dict[str, Any]) -> None:
    with pytest.raises(NotFound, match="and pull is never"):
        play(MISSING, here=here, pull="never")


def test_a_tag_that_moved_makes_the_container_anew_when_asked_always() -> None:
    played = play(RUNNING, offered=NEW, pull="always")
    assert played.applied == ["pull", ANEW_RUNNING]
    assert "image" in played.real.actions[1]
    assert OLD.chain_id in played.real.before["image"]


def test_a_tag_that_moved_is_nobodys_business_otherwise() -> None:
    assert play(RUNNING, offered=NEW).applied == []


def test_another_build_under_the_same_name_makes_it_anew() -> None:
    def make() -> ContainerWorld:
        made = world(RUNNING)
        made.images.put(NAME, NEW)
        return made

    wish = params("ctr_container", name="web", **BASE)
    played = rehearse(decision, make, wish, runtime=ContainerRuntime, verbs=ContainerVerbs)
    assert played.applied == [ANEW_RUNNING]


def test_a_snapshot_that_is_gone_makes_it_anew() -> None:
    def make() -> ContainerWorld:
        made = world(STOPPED)
        made.parents.clear()
        return made

    wish = params("ctr_container", name="web", **BASE)
    played = rehearse(decision, make, wish, runtime=ContainerRuntime, verbs=ContainerVerbs)
    assert played.applied == [ANEW_RUNNING]
    assert "lost" in played.real.before["image"]


@pytest.mark.parametrize("state", ["present", "started"])
def test_an_image_that_is_gone_leaves_its_container_alone(state: str) -> None:
    played = play(RUNNING, here={}, state=state, pull="missing")
    assert played.applied == []


def test_without_image_nothing_can_be_made() -> None:
    with pytest.raises(Refused, match="no image is named"):
        play(MISSING, image=None)
    with pytest.raises(Refused, match="made anew and no image"):
        play(RUNNING, image=None, env={"A": "2"})


def test_a_wish_against_the_runtime_spec_is_refused_while_the_old_container_lives() -> None:
    made = world(RUNNING)
    wish = params("ctr_container", name="web", **{**BASE, "working_dir": "relative"})
    with pytest.raises(Refused):
        plan_of(decision, made, wish)
    assert made.applied == []


def test_absent_reads_no_image() -> None:
    made = world(RUNNING, here={})
    plan_of(decision, made, params("ctr_container", name="web", state="absent", image="nginx:1"))
    assert made.images.asked == []


def test_where_the_output_goes_is_kept_as_a_label() -> None:
    said = {"log_driver": "file", "log_options": {"path": "/var/log/web"}}
    played = play(MISSING, **said)
    label = played.world.containers["web"].labels["containerd.io/restart.loguri"]
    assert label == "file:///var/log/web"
    assert played.real.after["log_driver"] == "file:///var/log/web"
