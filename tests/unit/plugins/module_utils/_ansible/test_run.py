# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge: options to a decision, its outcome to exit_json, its failures to fail_json; nothing else gets through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

pytest.importorskip("ansible", reason="ansible-core is missing")

from ansible_collections.community.containerd.plugins.module_utils._ansible import options
from ansible_collections.community.containerd.plugins.module_utils._ansible.run import run
from ansible_collections.community.containerd.plugins.module_utils._values import errors
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure
from ansible_collections.community.containerd.plugins.module_utils._values.plan import Plan, Step
from ansible_collections.community.containerd.tests.unit.fakes.module_call import call

SPEC: dict[str, Any] = {
    **options.CONNECTION,
    "word": {"type": "str", "required": True},
    "password": {"type": "str", "no_log": True},
}


class Board:
    """The verbs: a board with a word on it."""

    made: list[Board] = []

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.word = "old"
        Board.made.append(self)

    def write(self, word: str) -> str:
        self.word = word
        return "squeak"


class Writing:
    """The decision: what stands on the board."""

    def __init__(self, failure: BaseException | None = None, warnings: tuple[str, ...] = ()) -> None:
        self.failure = failure
        self.warnings = warnings

    def want(self, params: Mapping[str, Any]) -> str:
        return str(params["word"])

    def read(self, verbs: Board, desired: str) -> str:
        if self.failure is not None:
            raise self.failure
        return verbs.word

    def plan(self, desired: str, current: str) -> Plan:
        steps = (Step("write", (desired,), ("wrote " + desired,)),) if desired != current else ()
        return Plan(steps, desired)

    def view(self, desired: str, state: str) -> Mapping[str, Any]:
        return {"word": state}

    def report(self, desired: str, state: str, results: Sequence[Any]) -> Mapping[str, Any]:
        warned = {"warnings": list(self.warnings)} if self.warnings else {}
        return {"board": state, "sounds": list(results), **warned}


def play(decision: Any = None, *, check: bool = False, **said: Any) -> dict[str, Any]:
    Board.made = []
    return call(lambda: run(decision or Writing(), Board, {"argument_spec": SPEC}), check=check, **said)


@pytest.mark.parametrize("check", [True, False])
def test_an_outcome_becomes_the_result(check: bool) -> None:
    result = play(word="new", check=check)
    assert (result["changed"], result["actions"]) == (True, ["wrote new"])
    assert result["diff"] == {"before": {"word": "old"}, "after": {"word": "new"}}
    assert (result["board"], result["sounds"]) == ("new", [] if check else ["squeak"])
    assert Board.made[0].word == ("old" if check else "new")


def test_nothing_to_do_is_no_change() -> None:
    result = play(word="old")
    assert (result["changed"], result["actions"]) == (False, [])
    assert result["diff"]["before"] == result["diff"]["after"]


def test_a_warning_is_one_and_no_value() -> None:
    result = play(Writing(warnings=("beware",)), word="old")
    assert "beware" in str(result["warnings"])


def test_the_endpoint_is_made_of_the_options() -> None:
    play(word="old", socket="unix:///tmp/x.sock", namespace="k8s.io", timeout=5)
    assert Board.made[0].endpoint == Endpoint("unix:///tmp/x.sock", "k8s.io", 5.0)
    play(word="old")
    assert Board.made[0].endpoint == Endpoint("/run/containerd/containerd.sock", "default", 60.0)


def test_the_environment_fills_in_what_was_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTAINERD_ADDRESS", "/tmp/env.sock")
    monkeypatch.setenv("CONTAINERD_NAMESPACE", "moby")
    play(word="old")
    assert Board.made[0].endpoint == Endpoint("/tmp/env.sock", "moby", 60.0)
    play(word="old", address="/said.sock", namespace="said")
    assert Board.made[0].endpoint == Endpoint("/said.sock", "said", 60.0)


FAILURES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Failure)]


@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.__name__)
def test_every_failure_is_a_sentence_and_an_error_for_machines(kind: type[Failure]) -> None:
    failure = kind("it failed", "try again", call="images.Get", code="NOT_FOUND")
    result = play(Writing(failure), word="new")
    assert result["failed"] is True
    assert result["msg"] == "it failed; try again"
    assert result["error"] == {"kind": kind.kind, "call": "images.Get", "code": "NOT_FOUND"}
    assert "Traceback" not in result["raw"]


def test_a_bug_looks_like_one() -> None:
    with pytest.raises(KeyError, match="a bug"):
        play(Writing(KeyError("a bug")), word="new")


def test_an_unknown_option_is_told_by_name() -> None:
    result = play(word="new", wrod="x")
    assert result["failed"] is True
    assert "wrod" in result["msg"]


@pytest.mark.parametrize("failure", [None, Failure("it failed", "try again")], ids=["well", "badly"])
def test_a_secret_is_nowhere_in_what_is_printed(failure: Failure | None) -> None:
    result = play(Writing(failure), word="new", password="s3cret-w0rd")
    assert "s3cret-w0rd" not in result["raw"]
