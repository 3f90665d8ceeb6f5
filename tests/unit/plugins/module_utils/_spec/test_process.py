# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process of an exec."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.process import exec_process
from ansible_collections.community.containerd.plugins.module_utils._values.container import Identity
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused


def container() -> dict[str, Any]:
    return {
        "process": {
            "terminal": True,
            "consoleSize": {"height": 1, "width": 1},
            "user": {"uid": 5, "gid": 6, "additionalGids": [6]},
            "args": ["server"],
            "env": ["PATH=/bin", "A=1"],
            "cwd": "/srv",
            "capabilities": {"bounding": ["CAP_KILL"]},
            "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 9, "soft": 9}],
            "noNewPrivileges": True,
            "apparmorProfile": "strict",
            "oomScoreAdj": 7,
        }
    }


def test_it_differs_from_the_containers_process_in_its_arguments_only() -> None:
    expected = container()["process"]
    del expected["terminal"], expected["consoleSize"]
    expected["args"] = ["ls", "-l"]
    assert exec_process(container(), argv=("ls", "-l")) == expected


def test_what_is_said_replaces_what_the_container_has() -> None:
    process = exec_process(
        container(), argv=["ls"], cwd="/", env={"A": "2", "B": "3"}, identity=Identity(1, 2, (2, 3)), tty=True
    )
    assert process["cwd"] == "/"
    assert process["env"] == ["PATH=/bin", "A=2", "B=3", "TERM=xterm"]
    assert process["user"] == {"uid": 1, "gid": 2, "additionalGids": [2, 3]}
    assert process["terminal"] is True


def test_the_containers_spec_is_left_alone() -> None:
    spec = container()
    exec_process(spec, argv=["ls"], env={"A": "2"}, tty=True)["user"]["uid"] = 99
    assert spec == container()


def test_it_is_complete_even_for_a_spec_without_a_process() -> None:
    process = exec_process({}, argv=["ls"])
    assert process == {"args": ["ls"], "cwd": "/", "env": [], "user": {"uid": 0, "gid": 0}}


@pytest.mark.parametrize("argv", [[], [""], ["a\0b"]])
def test_impossible_arguments_are_refused(argv: list[str]) -> None:
    with pytest.raises(Refused):
        exec_process(container(), argv=argv)
