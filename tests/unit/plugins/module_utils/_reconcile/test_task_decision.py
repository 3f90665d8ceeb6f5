# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each state against each status that a task can be in."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import task as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import TaskVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.tasks import TaskRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused
from ansible_collections.community.containerd.plugins.module_utils._values.labels import STOP_TIMEOUT
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import STOP_SIGNAL_LABEL, TaskWorld

STATUSES = ("absent", "created", "running", "paused", "pausing", "stopped", "unknown")

# (state, status, what is applied, the status after, actions)
TABLE = [
    ("started", "absent", ["start"], "running", ["started"]),
    ("started", "created", ["start"], "running", ["started"]),
    ("started", "running", [], "running", []),
    ("started", "paused", ["resume"], "running", ["resumed"]),
    ("started", "stopped", ["start"], "running", ["started"]),
    ("stopped", "absent", [], "absent", []),
    ("stopped", "created", ["stop 15 10"], "absent", ["stopped"]),
    ("stopped", "running", ["stop 15 10"], "stopped", ["stopped"]),
    ("stopped", "paused", ["stop 15 10"], "stopped", ["stopped"]),
    ("stopped", "pausing", ["stop 15 10"], "stopped", ["stopped"]),
    ("stopped", "stopped", [], "stopped", []),
    ("paused", "running", ["pause"], "paused", ["paused"]),
    ("paused", "paused", [], "paused", []),
    ("killed", "absent", [], "absent", []),
    ("killed", "created", ["kill 9"], "absent", ["sent signal 9 to"]),
    ("killed", "running", ["kill 9"], "stopped", ["sent signal 9 to"]),
    ("killed", "paused", ["kill 9"], "stopped", ["sent signal 9 to"]),
    ("killed", "stopped", [], "stopped", []),
    ("absent", "absent", [], "absent", []),
    ("absent", "created", ["delete"], "absent", ["removed the task of"]),
    ("absent", "running", ["stop 15 10", "delete"], "absent", ["stopped", "removed the task of"]),
    ("absent", "paused", ["stop 15 10", "delete"], "absent", ["stopped", "removed the task of"]),
    ("absent", "pausing", ["stop 15 10", "delete"], "absent", ["stopped", "removed the task of"]),
    ("absent", "stopped", ["delete"], "absent", ["removed the task of"]),
    ("restarted", "absent", ["start"], "running", ["started"]),
    ("restarted", "created", ["start"], "running", ["started"]),
    ("restarted", "running", ["stop 15 10", "start"], "running", ["stopped", "started"]),
    ("restarted", "paused", ["stop 15 10", "start"], "running", ["stopped", "started"]),
    ("restarted", "stopped", ["start"], "running", ["started"]),
]


def world(status: str = "running", **labels: str) -> TaskWorld:
    made = TaskWorld()
    made.declare("web", status, **labels)
    return made


def play(status: str, *, is_event: bool = False, labels: dict[str, str] | None = None, **said: Any) -> Played:
    return rehearse(
        decision,
        lambda: world(status, **(labels or {})),
        params("ctr_task", container="web", **said),
        runtime=TaskRuntime,
        verbs=TaskVerbs,
        is_event=is_event,
    )


@pytest.mark.parametrize(
    ("state", "status", "applied", "after", "actions"),
    TABLE,
    ids=["%s-%s" % (state, status) for state, status, _applied, _after, _actions in TABLE],
)
def test_each_state_meets_each_status(
    state: str, status: str, applied: list[str], after: str, actions: list[str]
) -> None:
    played = play(status, state=state, is_event=state == "restarted")
    assert played.applied == applied
    assert played.real.after == {"status": after}
    assert played.real.actions == tuple(
        "%s container web" % verb if verb != "removed the task of" else "removed the task of container web"
        for verb in actions
    )
    assert played.real.changed == bool(applied)


@pytest.mark.parametrize("status", ["absent", "created", "stopped", "pausing"])
def test_what_does_not_run_cannot_be_paused(status: str) -> None:
    with pytest.raises(Refused, match="its task is " + status):
        play(status, state="paused")


@pytest.mark.parametrize(
    ("labels", "said", "applied"),
    [
        ({}, {}, "stop 15 10"),
        ({STOP_SIGNAL_LABEL: "SIGQUIT"}, {}, "stop 3 10"),
        ({STOP_SIGNAL_LABEL: "SIGQUIT"}, {"signal": "INT"}, "stop 2 10"),
        ({STOP_SIGNAL_LABEL: ""}, {}, "stop 15 10"),
        ({}, {"stop_timeout": 0}, "stop 15 0"),
        ({STOP_TIMEOUT: "30"}, {}, "stop 15 30"),
        ({STOP_TIMEOUT: "30"}, {"stop_timeout": 0}, "stop 15 0"),
        ({STOP_TIMEOUT: "soon"}, {}, "stop 15 10"),
    ],
)
def test_a_stop_uses_the_users_signal_else_the_images(
    labels: dict[str, str], said: dict[str, Any], applied: str
) -> None:
    assert play("running", state="stopped", labels=labels, **said).applied == [applied]


@pytest.mark.parametrize("status", ["running", "paused"])
def test_another_signal_is_sent_every_time_and_predicts_nothing(status: str) -> None:
    played = play(status, state="killed", signal="HUP", is_event=True)
    assert played.applied == ["kill 1"]
    assert played.real.changed
    assert played.real.before == played.real.after == {"status": status}
    assert played.again.changed


@pytest.mark.parametrize("status", ["absent", "stopped"])
def test_no_signal_is_sent_to_nobody(status: str) -> None:
    assert play(status, state="killed", signal="HUP").applied == []


def test_wait_returns_how_it_ended() -> None:
    made = world("running")
    made.exits["web"] = 3
    desired = decision.want(params("ctr_task", container="web", state="started", wait=True))
    plan = decision.plan(desired, decision.read(made, desired))
    (step,) = plan.steps
    assert (step.verb, step.args, step.says, step.is_event) == ("wait", ("web", 120.0), (), False)
    report = decision.report(desired, decision.read(made, desired), [made.wait("web", 1)])
    assert (report["exit_code"], report["exited_at"]) == (3, "2026-01-01T00:00:00.000000000Z")


def test_a_report_without_wait_tells_of_the_last_end() -> None:
    report = play("running", state="stopped").real.values
    assert report["exit_code"] == 143
    assert report["task"]["status"] == "stopped"
    report = play("running", state="started").real.values
    assert report["exit_code"] is None
    assert report["exited_at"] == ""


def test_the_log_is_where_the_user_says() -> None:
    plan = plan_of(
        decision,
        world("absent"),
        params("ctr_task", container="web", log_driver="file", log_options={"path": "/var/log/web.log"}),
    )
    assert plan.steps[0].args == ("web", "file:///var/log/web.log")
    plan = plan_of(decision, world("absent"), params("ctr_task", container="web"))
    assert plan.steps[0].args == ("web", None)


@pytest.mark.parametrize("state", ["started", "stopped", "paused", "killed", "restarted"])
def test_without_container_there_is_no_task(state: str) -> None:
    with pytest.raises(NotFound, match="no container web in namespace default") as caught:
        plan_of(decision, TaskWorld(), params("ctr_task", container="web", state=state))
    assert "ctr_container" in caught.value.remedy


def test_in_a_namespace_that_is_not_there_that_is_what_is_said() -> None:
    with pytest.raises(NotFound, match="no namespace nowhere") as caught:
        plan_of(decision, TaskWorld(), params("ctr_task", container="web", namespace="nowhere"))
    assert "default" in caught.value.remedy


def test_absent_is_content_without_container() -> None:
    assert plan_of(decision, TaskWorld(), params("ctr_task", container="web", state="absent")).steps == ()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"stop_timeout": -1}, "negative"),
        ({"wait_timeout": -1}, "negative"),
        ({"signal": "NOSUCH"}, "NOSUCH"),
        ({"log_options": {"path": "/a"}}, "log_driver"),
    ],
)
def test_a_senseless_wish_is_refused(said: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        decision.want(params("ctr_task", container="web", **said))
