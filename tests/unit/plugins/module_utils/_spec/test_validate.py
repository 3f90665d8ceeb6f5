# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the runtime spec, each broken once."""

from __future__ import annotations

from typing import Any, Callable, Dict

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.defaults import default_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.validate import (
    check_process,
    check_spec,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

Break = Callable[[Dict[str, Any]], Any]


def good_spec() -> dict[str, Any]:
    spec = default_spec("n", "c")
    spec["process"].update(args=["sh"], env=["A=", "B=c=d"])
    return spec


def test_the_default_spec_with_a_command_is_valid() -> None:
    check_spec(good_spec())


@pytest.mark.parametrize(
    ("complaint", "breaks"),
    [
        ("no ociVersion", lambda spec: spec.update(ociVersion="")),
        ("no root file system", lambda spec: spec.pop("root")),
        ("runs nothing", lambda spec: spec["process"].update(args=[])),
        ("runs nothing", lambda spec: spec["process"].update(args=[""])),
        ("runs nothing", lambda spec: spec.pop("process")),
        ("is not absolute", lambda spec: spec["process"].update(cwd="srv")),
        ("not NAME=VALUE", lambda spec: spec["process"]["env"].append("NAME")),
        ("not NAME=VALUE", lambda spec: spec["process"]["env"].append("=value")),
        ("process.args holds a NUL", lambda spec: spec["process"]["args"].append("a\0b")),
        ("process.env holds a NUL", lambda spec: spec["process"]["env"].append("A=\udcff")),
        ("annotations holds a NUL", lambda spec: spec.update(annotations={"a\0": "b"})),
        ("out of range", lambda spec: spec["process"]["user"].update(uid=2**31)),
        ("out of range", lambda spec: spec["process"]["user"].update(additionalGids=[-1])),
        ("limit is set twice", lambda spec: spec["process"]["rlimits"].extend(spec["process"]["rlimits"])),
        ("above the hard one", lambda spec: spec["process"]["rlimits"][0].update(soft=2048)),
        ("mount destination", lambda spec: spec["mounts"].append({"destination": "a", "type": "tmpfs"})),
        (
            "bind source",
            lambda spec: spec["mounts"].append({"destination": "/a", "type": "bind", "source": "b"}),
        ),
        ("is not known", lambda spec: spec["linux"]["namespaces"].append({"type": "net"})),
        ("listed twice", lambda spec: spec["linux"]["namespaces"].append({"type": "pid"})),
        ("namespace path", lambda spec: spec["linux"]["namespaces"][0].update(path="proc/1")),
        ("needs a UTS namespace", lambda spec: (spec.update(hostname="h"), spec["linux"].pop("namespaces"))),
        ("longer than 64 bytes", lambda spec: spec.update(hostname="h" * 65)),
        ("masked or read-only", lambda spec: spec["linux"]["maskedPaths"].append("proc")),
        ("annotation has no name", lambda spec: spec.update(annotations={"": "x"})),
    ],
)
def test_a_broken_rule_is_named(complaint: str, breaks: Break) -> None:
    spec = good_spec()
    breaks(spec)
    with pytest.raises(Refused, match=complaint):
        check_spec(spec)


def test_a_process_alone_is_held_to_the_same_rules() -> None:
    with pytest.raises(Refused, match="process.args holds a NUL"):
        check_process({"args": ["a\0"], "cwd": "/"})
    with pytest.raises(Refused, match="is not absolute"):
        check_process({"args": ["a"], "cwd": ""})
