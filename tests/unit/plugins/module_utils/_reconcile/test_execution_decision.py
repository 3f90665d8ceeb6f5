# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a command runs at all, and how its end is told."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import execution as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.verbs import CommandVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.commands import CommandRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import NotFound, Refused
from ansible_collections.community.containerd.plugins.module_utils._values.execution import Executed
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.world import CommandWorld


def world(status: str = "running", *paths: str) -> CommandWorld:
    made = CommandWorld(*paths)
    made.declare("web", status)
    return made


def wish(**said: Any) -> dict[str, Any]:
    return params("ctr_exec", **{"container": "web", "argv": ["touch", "/a b"], **said})


def play(*paths: str, **said: Any) -> Played:
    return rehearse(
        decision,
        lambda: world("running", *paths),
        wish(**said),
        runtime=CommandRuntime,
        verbs=CommandVerbs,
        is_event=True,
    )


def test_a_command_runs_every_time_and_is_a_change() -> None:
    played = play()
    assert played.applied == ["execute touch /a b"]
    assert played.real.changed and played.again.changed
    assert played.real.actions == ("ran touch in container web",)
    assert played.real.before == played.real.after == {}


@pytest.mark.parametrize(
    ("paths", "said", "skip"),
    [
        (["/done"], {"creates": "/done"}, "skipped, since /done exists"),
        ([], {"creates": "/done"}, ""),
        (["/old"], {"removes": "/old"}, ""),
        ([], {"removes": "/old"}, "skipped, since /old does not exist"),
        (["/old", "/done"], {"creates": "/done", "removes": "/old"}, "skipped, since /done exists"),
        (["/old"], {"creates": "/done", "removes": "/old"}, ""),
    ],
)
def test_creates_and_removes_decide(paths: list[str], said: dict[str, Any], skip: str) -> None:
    played = play(*paths, **said)
    assert bool(played.applied) == (not skip)
    assert played.real.changed == (not skip)
    if skip:
        assert played.real.values["msg"] == skip
        assert played.real.values["rc"] == 0


def test_a_dry_run_says_what_it_would_do() -> None:
    made = world()
    desired = decision.want(wish())
    report = decision.report(desired, decision.read(made, desired), [])
    assert (report["rc"], report["msg"], report["stdout"]) == (0, "would run", "")


@pytest.mark.parametrize(
    ("stdout", "text"),
    [
        (b"one\ntwo\n", "one\ntwo"),
        (b"one\r\ntwo\r\n", "one\r\ntwo"),
        (b"", ""),
        (b"  x \n\n", "  x "),
        (b"\xff\n", "\udcff"),
        ("caf\u00e9\n".encode(), "caf\u00e9"),
    ],
)
def test_output_is_told_as_command_tells_it(stdout: bytes, text: str) -> None:
    made = world()
    desired = decision.want(wish())
    ran = Executed(7, 3, stdout, b"bad\n", 1.0, 2.5)
    report = decision.report(desired, decision.read(made, desired), [ran])
    assert report["stdout"] == text
    assert (
        "stdout_lines" not in report
    )  # Ansible makes it of stdout, and sent along it would be of twice the size
    assert (report["stderr"], report["rc"], report["pid"]) == ("bad", 3, 7)
    assert report["delta"] == "1.500000"


@pytest.mark.parametrize(
    ("status", "remedy"),
    [("absent", "start"), ("stopped", "start"), ("created", "start"), ("paused", "resume")],
)
def test_without_a_running_process_there_is_nothing_to_join(status: str, remedy: str) -> None:
    with pytest.raises(Refused, match="its task is " + status) as caught:
        plan_of(decision, world(status), wish())
    assert caught.value.remedy.startswith(remedy)


def test_without_container_it_is_not_found() -> None:
    with pytest.raises(NotFound, match="no container web"):
        plan_of(decision, CommandWorld(), wish())


@pytest.mark.parametrize(
    ("said", "argv"),
    [
        ({"argv": ["a b", "c"]}, ("a b", "c")),
        ({"argv": None, "command": "a 'b c' d"}, ("a", "b c", "d")),
    ],
)
def test_a_command_is_a_list_or_split_as_a_shell_does(said: dict[str, Any], argv: tuple[str, ...]) -> None:
    assert decision.want(wish(**said)).command.argv == argv


@pytest.mark.parametrize(
    ("said", "stdin"),
    [
        ({}, None),
        ({"stdin": ""}, b"\n"),
        ({"stdin": "x"}, b"x\n"),
        ({"stdin": "x", "stdin_add_newline": False}, b"x"),
        ({"stdin": "\udcff", "stdin_add_newline": False}, b"\xff"),
    ],
)
def test_stdin_is_bytes_with_a_newline(said: dict[str, Any], stdin: bytes | None) -> None:
    assert decision.want(wish(**said)).command.stdin == stdin


def test_every_option_reaches_the_command() -> None:
    said = {"chdir": "/tmp", "user": "web", "env": {"A": "1"}, "tty": True, "exec_timeout": 5}
    command = decision.want(wish(**said)).command
    assert (command.working_dir, command.user, command.env) == ("/tmp", "web", {"A": "1"})
    assert (command.tty, command.detach, command.timeout_s) == (True, False, 5.0)
    assert decision.want(wish()).command.timeout_s is None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"argv": []}, "empty"),
        ({"argv": None, "command": ""}, "empty"),
        ({"argv": None, "command": "a 'b"}, "cannot be split"),
        ({"detach": True, "stdin": "x"}, "detached"),
        ({"detach": True, "tty": True}, "detached"),
        ({"creates": "relative"}, "creates is not an absolute path"),
        ({"removes": "./relative"}, "removes is not an absolute path"),
        ({"env": {"A": 1}}, "env.A"),
    ],
)
def test_a_senseless_wish_is_refused(said: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        decision.want(wish(**said))
