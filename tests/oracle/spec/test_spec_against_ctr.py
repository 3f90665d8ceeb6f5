# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our spec against the one that the stock ctr of each version writes for the same wish, field by field.

Where we mean to differ, the difference stands in DIFFERENCES with its reason; anything else is a mistake.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.host import read_device, read_host
from ansible_collections.community.containerd.plugins.module_utils._runtime.rootfs import read_users
from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.identity import (
    resolve_identity,
    resolve_image_identity,
)
from ansible_collections.community.containerd.plugins.module_utils._spec.validate import check_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.view import SpecView, view_spec
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Mount,
    SnapshotMount,
    SpecWish,
)
from ansible_collections.community.containerd.tests.lab import images, layers
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.world import Lab

FILES: dict[str, layers.Entry] = {
    "etc/passwd": b"root:x:0:0::/root:/bin/sh\nalice:x:1000:100::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n",
    "etc/group": (
        b"root:x:0:root\nwheel:x:10:root,alice\nusers:x:100:alice\naudio:x:29:alice,bob\nbob:x:1001:bob\n"
    ),
}
BARE_FILES: dict[str, layers.Entry] = {"etc/motd": b"no users here\n"}


def _image(files: dict[str, layers.Entry], **config: Any) -> images.Image:
    return images.image([layers.layer(files)], **config)


IMAGES = {
    "plain": _image(FILES, cmd=["sh", "-c", "true"]),
    "full": _image(
        FILES,
        entrypoint=["/entry", "--flag"],
        cmd=["serve"],
        env=["PATH=/bin", "COLOUR=red", "EMPTY="],
        working_dir="/srv",
        labels={"org.example": "x"},
        stop_signal="SIGQUIT",
    ),
    "typed": _image(FILES, cmd=["x"], env=["TERM=vt100"]),
    "uid": _image(FILES, cmd=["x"], user="1000"),
    "named": _image(FILES, cmd=["x"], user="alice"),
    "grouped": _image(FILES, cmd=["x"], user="alice:audio"),
    "numbers": _image(FILES, cmd=["x"], user="1000:5"),
    "stranger": _image(FILES, cmd=["x"], user="7"),
    "bare": _image(BARE_FILES, cmd=["x"], user="7:8"),
    "bare-root": _image(BARE_FILES, cmd=["x"]),
}


@dataclass(frozen=True)
class Case:
    """The same wish in our words and in ctr's."""

    image: str
    wish: SpecWish = SpecWish()
    flags: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    since: str = "1.6"


def wish_for(**further: Any) -> SpecWish:
    return SpecWish(further=further)


CASES = {
    "nothing": Case("plain"),
    "image-config": Case("full"),
    "image-uid": Case("uid"),
    "image-user": Case("named"),
    "image-user-and-group": Case("grouped"),
    "image-numbers": Case("numbers"),
    "image-stranger": Case("stranger"),
    "image-without-files": Case("bare"),
    "image-without-files-root": Case("bare-root"),
    "command": Case("plain", SpecWish(command=("echo", "a b", "")), (), ("echo", "a b", "")),
    "command-over-entrypoint": Case("full", SpecWish(command=("test",)), (), ("test",)),
    "entrypoint": Case("full", SpecWish(entrypoint=("/x",), command=("y",)), (), ("/x", "y")),
    "env": Case(
        "full",
        SpecWish(env={"COLOUR": "blue", "NEW": "1=2", "EMPTY": ""}),
        ("--env", "COLOUR=blue", "--env", "NEW=1=2", "--env", "EMPTY="),
    ),
    "cwd": Case("full", SpecWish(working_dir="/tmp"), ("--cwd", "/tmp")),
    "tty": Case("plain", SpecWish(tty=True), ("--tty",)),
    "tty-of-an-image-with-a-terminal": Case("typed", SpecWish(tty=True), ("--tty",)),
    "read-only": Case("plain", SpecWish(read_only=True), ("--read-only",)),
    "host-network": Case("plain", SpecWish(network_mode="host"), ("--net-host",)),
    "joined-network": Case(
        "plain", SpecWish(network_mode="ns:/run/netns/x"), ("--with-ns", "network:/run/netns/x")
    ),
    "privileged": Case("plain", SpecWish(privileged=True), ("--privileged",)),
    "privileged-host-tty": Case(
        "full",
        SpecWish(privileged=True, network_mode="host", tty=True, env={"A": "b"}),
        ("--privileged", "--net-host", "--tty", "--env", "A=b"),
    ),
    "mounts": Case(
        "plain",
        SpecWish(
            mounts=(
                Mount("/data", "bind", "/srv", ("rbind", "ro")),
                Mount("/cache", "tmpfs", "tmpfs", ("size=1m", "nosuid")),
            )
        ),
        (
            "--mount",
            "type=bind,src=/srv,dst=/data,options=rbind:ro",
            "--mount",
            "type=tmpfs,src=tmpfs,dst=/cache,options=size=1m:nosuid",
        ),
    ),
    "mount-over-a-default": Case(
        "plain",
        SpecWish(mounts=(Mount("/run", "tmpfs", "tmpfs", ("size=1m",)),)),
        ("--mount", "type=tmpfs,src=tmpfs,dst=/run,options=size=1m"),
    ),
    "label": Case("plain", SpecWish(), ("--label", "org.example/a=b")),
    "hostname": Case("plain", SpecWish(hostname="web1"), ("--hostname", "web1"), since="1.7"),
    **{
        "user-" + user.replace(":", "-"): Case("full", SpecWish(user=user), ("--user", user), since="1.7")
        for user in ("root", "0", "alice", "1000", "bob", "7", "1000:5", "alice:audio", "1000:audio", "bob:5")
    },
    "capabilities": Case(
        "plain",
        wish_for(capabilities=frozenset(("CAP_SYS_TIME",)), cap_drop=frozenset(("CAP_KILL", "CAP_MKNOD"))),
        ("--cap-add", "CAP_SYS_TIME", "--cap-drop", "CAP_KILL", "--cap-drop", "CAP_MKNOD"),
    ),
    "seccomp": Case("plain", wish_for(security_opts={"seccomp": "builtin"}), ("--seccomp",)),
    "seccomp-of-an-administrator": Case(
        "plain",
        wish_for(capabilities=frozenset(("CAP_SYS_ADMIN",))),
        ("--seccomp", "--cap-add", "CAP_SYS_ADMIN"),
    ),
    "unconfined": Case("plain", wish_for(security_opts={"seccomp": "unconfined"})),
    "apparmor": Case("plain", wish_for(security_opts={"apparmor": "made"}), ("--apparmor-profile", "made")),
    "new-privileges": Case(
        "plain", wish_for(security_opts={"no-new-privileges": False}), ("--allow-new-privs",)
    ),
    "device": Case(
        "plain",
        wish_for(devices={"/dev/full": {**read_device("/dev/full"), "access": "rwm"}}),
        ("--device", "/dev/full"),
    ),
    "memory": Case("plain", wish_for(memory=64 << 20), ("--memory-limit", str(64 << 20))),
    "cpu-quota": Case(
        "plain",
        wish_for(cpu_quota=20000, cpu_period=50000),
        ("--cpu-quota", "20000", "--cpu-period", "50000"),
    ),
    "user-over-the-images": Case("named", SpecWish(user="bob"), ("--user", "bob"), since="1.7"),
}


@dataclass(frozen=True)
class Difference:
    """One path in the spec where we mean to differ, and why; empty ``cases`` and ``versions`` mean all."""

    path: str
    reason: str
    cases: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()


DIFFERENCES = (
    Difference("ociVersion", "one fixed version, 1.0.2, that runc 1.1 and newer all take"),
    Difference(
        "linux.maskedPaths",
        "power meters leak secrets (CVE-2020-8694); 1.7 and newer mask them",
        (),
        ("1.6",),
    ),
    Difference(
        "linux.seccomp", "on unless said otherwise, as in nerdctl and the CRI; ctr has it when asked to"
    ),
    Difference(
        "linux.seccomp.syscalls",
        "containerd 2.1's list: io_uring for nobody, and the calls of kernels newer than 1.6",
        ("seccomp", "seccomp-of-an-administrator"),
        ("1.6", "1.7"),
    ),
    Difference("annotations", "a label can be changed in place, an annotation cannot follow it", ("label",)),
    Difference(
        "process.args",
        "a command replaces the image's command and keeps its entrypoint, as in docker, nerdctl and the CRI",
        ("command-over-entrypoint",),
    ),
    Difference(
        "process.env",
        "one TERM, and the image's wins; ctr appends a second that hides it",
        ("tty-of-an-image-with-a-terminal",),
    ),
    Difference(
        "mounts",
        "the user's mount takes the place of a default, as in ctr 2; before, ctr hid one below the other",
        ("mount-over-a-default",),
        ("1.6", "1.7"),
    ),
)


def differences_of(case: str, version: str) -> list[Difference]:
    return [
        each
        for each in DIFFERENCES
        if (not each.cases or case in each.cases) and (not each.versions or version in each.versions)
    ]


def differing_paths(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """The deepest keys at which two documents differ; lists are compared as a whole."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in {**ours, **theirs}:
            yield from differing_paths(ours.get(key), theirs.get(key), f"{path}.{key}" if path else key)
    elif ours != theirs:
        yield path


@pytest.fixture(scope="session")
def pulled(lab: Lab) -> Callable[[Daemon, str], str]:
    """The name of one of IMAGES in the daemon's own namespace, pulled by ctr at first use."""
    registry, done = lab.registries["plain"], set[tuple[str, str]]()
    client = registry.client()
    for name, image in IMAGES.items():
        images.push(client, f"spec/{name}", "1", image)

    def pull(daemon: Daemon, name: str) -> str:
        reference = f"{registry.host}/spec/{name}:1"
        if (daemon.version, name) not in done:
            flags = [] if daemon.version == "1.6" else ["--local"]
            daemon.ctr("images", "pull", *flags, "--plain-http", reference)
            done.add((daemon.version, name))
        return reference

    return pull


@dataclass(frozen=True)
class Pair:
    ours: dict[str, Any]
    theirs: dict[str, Any]
    labels: dict[str, str]


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def pairs() -> dict[tuple[str, str], Pair]:
    """What has been made so far, by case and version: a container is made once for all tests."""
    return {}


@pytest.fixture
def pair(
    daemon: Daemon,
    pulled: Callable[[Daemon, str], str],
    case: str,
    pairs: dict[tuple[str, str], Pair],
) -> Pair:
    """The case's container as ctr creates it, and our spec for the same wish, image and snapshot."""
    asked, key = CASES[case], (case, daemon.version)
    if daemon.version < asked.since:
        pytest.skip(f"ctr {daemon.version} has no {asked.flags[0]}")
    if key not in pairs:
        pairs[key] = make_pair(daemon, asked, pulled(daemon, asked.image), "spec-" + case)
    return pairs[key]


def make_pair(daemon: Daemon, asked: Case, image: str, container_id: str) -> Pair:
    daemon.ctr("containers", "create", *asked.flags, "--", image, container_id, *asked.args)
    try:
        theirs = json.loads(daemon.ctr("containers", "info", container_id))
        mounts = snapshot_mounts(daemon, container_id)
        ours = our_spec(asked, daemon.namespace, container_id, mounts)
    finally:
        daemon.ctr("containers", "delete", container_id)
    return Pair(ours, theirs["Spec"], theirs["Labels"])


def snapshot_mounts(daemon: Daemon, key: str) -> list[SnapshotMount]:
    """What ``ctr snapshots mounts`` prints as a mount command: -t TYPE SOURCE TARGET -o OPTIONS."""
    words = daemon.ctr("snapshots", "mounts", "/target", key).split()
    return [SnapshotMount(words[2], words[3], "", tuple(words[words.index("-o") + 1].split(",")))]


def our_spec(asked: Case, namespace: str, container_id: str, mounts: list[SnapshotMount]) -> dict[str, Any]:
    config = json.loads(IMAGES[asked.image].config.read())
    passwd, group = read_users(mounts)
    if asked.wish.user is None:
        identity = resolve_image_identity(config["config"].get("User", ""), passwd, group)
    else:
        identity = resolve_identity(asked.wish.user, passwd, group)
    return build_spec(
        asked.wish, config, identity, namespace=namespace, container_id=container_id, host=read_host()
    )


def test_our_spec_is_ctrs_but_for_what_we_mean(pair: Pair, case: str, version: str) -> None:
    found = list(differing_paths(pair.ours, pair.theirs))
    meant = differences_of(case, version)
    surprises = set(found) - {each.path for each in meant}
    assert {path: (at(pair.ours, path), at(pair.theirs, path)) for path in surprises} == {}
    assert [each for each in meant if each.cases and each.path not in found] == []


def test_ctrs_container_shows_no_drift_but_what_we_mean(pair: Pair, case: str) -> None:
    ours, theirs = view_spec(pair.ours, {}), view_spec(pair.theirs, pair.labels)
    drift = {field for field in SpecView.__annotations__ if getattr(ours, field) != getattr(theirs, field)}
    assert drift == {"command-over-entrypoint": {"args"}, "tty-of-an-image-with-a-terminal": {"env"}}.get(
        case, set()
    )


def test_ctrs_spec_keeps_the_rules_that_we_check(pair: Pair) -> None:
    check_spec(pair.theirs)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: each.path)
def test_every_listed_difference_has_a_reason_and_known_cases(difference: Difference) -> None:
    assert difference.reason
    assert set(difference.cases) <= set(CASES)


def at(document: Any, path: str) -> Any:
    for key in path.split("."):
        document = (document or {}).get(key)
    return document
