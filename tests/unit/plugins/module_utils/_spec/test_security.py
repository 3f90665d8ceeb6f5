# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits, capabilities and profiles of a process: into the spec and back, in one normal form."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.further import options_of
from ansible_collections.community.containerd.plugins.module_utils._spec.seccomp import default_profile
from ansible_collections.community.containerd.plugins.module_utils._spec.security import INFINITY, OPTIONS
from ansible_collections.community.containerd.plugins.module_utils._values.container import Identity, SpecWish

CUSTOM = {"defaultAction": "SCMP_ACT_LOG"}
NODE = {"path": "/dev/a", "type": "c", "major": 9, "minor": 7, "fileMode": 0o600, "uid": 0, "gid": 5}
SAMPLES: dict[str, Any] = {
    "devices": {"/dev/a": {**NODE, "access": "rw"}},
    "cap_drop": frozenset(("CAP_KILL", "CAP_MKNOD")),
    "capabilities": frozenset(("CAP_NET_ADMIN",)),
    "ulimits": {"nofile": (5, 6), "core": (0, INFINITY)},
    "oom_score_adj": -500,
    "sysctls": {"net.core.somaxconn": "1024"},
    "security_opts": {
        "seccomp": CUSTOM,
        "apparmor": "docker-default",
        "no-new-privileges": False,
        "systempaths": "unconfined",
    },
}


def spec_of(*, privileged: bool | None = None, **further: Any) -> dict[str, Any]:
    wish = SpecWish(further=further, privileged=privileged)
    image = {"config": {"Cmd": ["x"]}}
    return build_spec(wish, image, Identity(0, 0), namespace="default", container_id="web")


def capabilities(spec: dict[str, Any]) -> set[str]:
    sets = spec["process"]["capabilities"]
    assert sets["bounding"] == sets["effective"] == sets["permitted"]
    assert len(set(sets["bounding"])) == len(sets["bounding"])
    return set(sets["bounding"])


def syscalls(profile: dict[str, Any]) -> set[str]:
    return {
        name for rule in profile["syscalls"] if rule["action"].endswith("ALLOW") for name in rule["names"]
    }


def test_every_option_has_a_sample_here() -> None:
    assert set(SAMPLES) == set(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_what_is_put_is_read_back(name: str) -> None:
    wanted, found = SAMPLES[name], OPTIONS[name].read(spec_of(**{name: SAMPLES[name]}))
    if isinstance(wanted, dict):
        assert {key: found[key] for key in wanted} == wanted
    else:
        assert wanted <= found if isinstance(wanted, frozenset) else wanted == found


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("spec", [{}, {"linux": None, "process": None}, {"process": {"capabilities": None}}])
def test_any_spec_can_be_read(name: str, spec: dict[str, Any]) -> None:
    OPTIONS[name].show(OPTIONS[name].read(spec))


ALL = frozenset(("ALL",))
USUAL = capabilities(spec_of())


@pytest.mark.parametrize(
    ("drop", "add", "left"),
    [
        ((), ("CAP_NET_ADMIN",), USUAL | {"CAP_NET_ADMIN"}),
        (("CAP_KILL",), (), USUAL - {"CAP_KILL"}),
        (("CAP_SYS_TIME",), (), USUAL),
        (("ALL",), (), set()),
        (("ALL",), ("CAP_KILL",), {"CAP_KILL"}),
        (("CAP_KILL",), ("CAP_KILL",), USUAL),
    ],
)
def test_what_is_added_wins_over_what_is_dropped(drop: Any, add: Any, left: set[str]) -> None:
    spec = spec_of(cap_drop=frozenset(drop), capabilities=frozenset(add))
    assert capabilities(spec) == left
    assert frozenset(add) <= OPTIONS["capabilities"].read(spec)


def test_nothing_left_is_all_dropped() -> None:
    assert OPTIONS["cap_drop"].read(spec_of(cap_drop=ALL)) >= ALL
    assert not OPTIONS["cap_drop"].read(spec_of()) >= ALL


def test_a_limit_takes_the_place_of_the_default() -> None:
    limits = spec_of(ulimits={"nofile": (5, 6)})["process"]["rlimits"]
    assert limits == [{"type": "RLIMIT_NOFILE", "soft": 5, "hard": 6}]
    assert OPTIONS["ulimits"].show({"nofile": (5, INFINITY)}) == ["nofile:5:unlimited"]


def test_a_new_container_is_confined_for_the_capabilities_that_it_has() -> None:
    assert "mount" not in syscalls(spec_of()["linux"]["seccomp"])
    admin = spec_of(capabilities=frozenset(("CAP_SYS_ADMIN",)))
    assert "mount" in syscalls(admin["linux"]["seccomp"])
    assert OPTIONS["security_opts"].read(admin)["seccomp"] == "builtin"


def test_a_user_may_confine_it_otherwise_or_not_at_all() -> None:
    assert "seccomp" not in spec_of(privileged=True)["linux"]
    assert "seccomp" not in spec_of(security_opts={"seccomp": "unconfined"})["linux"]
    assert spec_of(security_opts={"seccomp": CUSTOM})["linux"]["seccomp"] == CUSTOM
    assert "seccomp" in spec_of(security_opts={"apparmor": "x"})["linux"]
    assert "seccomp" in spec_of(privileged=True, security_opts={"seccomp": "builtin"})["linux"]


@pytest.mark.parametrize(
    ("capability", "call"),
    [("CAP_SYS_ADMIN", "clone3"), ("CAP_SYS_TIME", "settimeofday"), ("CAP_BPF", "bpf")],
)
def test_a_capability_brings_its_system_calls(capability: str, call: str) -> None:
    assert call not in syscalls(default_profile((), "amd64"))
    assert call in syscalls(default_profile((capability,), "amd64"))


@pytest.mark.parametrize(
    ("architecture", "names"),
    [
        ("amd64", ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]),
        ("arm64", ["SCMP_ARCH_ARM", "SCMP_ARCH_AARCH64"]),
        ("riscv64", None),
        ("unheard-of", None),
    ],
)
def test_an_architecture_brings_its_own(architecture: str, names: list[str] | None) -> None:
    assert default_profile((), architecture).get("architectures") == names


def test_namespaces_need_an_administrator_wherever_their_flags_are() -> None:
    for architecture, index in (("amd64", 0), ("s390x", 1)):
        rules = [rule for rule in default_profile((), architecture)["syscalls"] if rule["names"] == ["clone"]]
        assert [rule["args"][0]["index"] for rule in rules] == [index]


def test_io_uring_is_for_nobody() -> None:
    assert not {name for name in syscalls(default_profile((), "amd64")) if name.startswith("io_uring")}


def test_system_paths_can_be_masked_again() -> None:
    spec = spec_of(security_opts={"systempaths": "builtin"})
    assert OPTIONS["security_opts"].read(spec)["systempaths"] == "builtin"
    assert spec["linux"]["maskedPaths"]


def test_a_device_is_there_and_may_be_used() -> None:
    linux = spec_of(devices=SAMPLES["devices"])["linux"]
    assert linux["devices"] == [NODE]
    rule = {"allow": True, "type": "c", "major": 9, "minor": 7, "access": "rw"}
    assert linux["resources"]["devices"][-1] == rule
    assert OPTIONS["devices"].show(SAMPLES["devices"]) == ["/dev/a (c 9:7, rw)"]


@pytest.mark.parametrize(
    ("rules", "access"),
    [
        ([], ""),
        ([{"allow": False, "access": "rwm"}], ""),
        ([{"allow": False, "access": "rwm"}, {"allow": True, "type": "c", "major": 9, "access": "r"}], "r"),
        ([{"allow": True}], "rwm"),
        ([{"allow": True, "type": "b", "major": 9, "minor": 7, "access": "rwm"}], ""),
        ([{"allow": True, "type": "a", "access": "rw"}, {"allow": False, "type": "c", "major": 9}], ""),
    ],
)
def test_the_last_rule_about_a_device_counts(rules: list[dict[str, Any]], access: str) -> None:
    spec = {"linux": {"devices": [NODE], "resources": {"devices": rules}}}
    assert OPTIONS["devices"].read(spec)["/dev/a"]["access"] == access


def test_profiles_are_shown_by_their_digest() -> None:
    show = OPTIONS["security_opts"].show
    words = show({"seccomp": CUSTOM, "no-new-privileges": True, "apparmor": "x"})
    assert words[:2] == ["apparmor=x", "no-new-privileges=true"]
    assert words[2].startswith("seccomp=profile sha256:")
    assert words[2] != show({"seccomp": {"defaultAction": "SCMP_ACT_KILL"}})[0]


def test_options_of_both_kinds_come_together() -> None:
    assert list(options_of(["capabilities", "memory", "cap_drop"])) == ["cap_drop", "capabilities", "memory"]
