# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One hosts_dir for ``ctr images pull --hosts-dir`` and for ctr_image: both ask the same hosts in the same order.

The hosts are registries on loopback that write down who asked them for what; some lie, some want TLS. Each run
gets an image of its own, since containerd fetches nothing that another namespace has.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab import certificates, namespaces
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry, layer
from ansible_collections.community.containerd.tests.lab.processes import LabError


@dataclass(frozen=True)
class Case:
    """A hosts.toml over the servers a, b, o, s (TLS) and g (TLS with client certificate); what they lie; who asks."""

    text: str
    lies: dict[str, dict[str, Any]] = field(default_factory=dict)  # by server: pattern and how
    registry: str = "registry.example"  # {o} is the host of o
    directory: str = ""  # that of the registry, unless it is another
    unlike: tuple[str, ...] = ()  # versions of ctr that we mean to differ from


def lie(pattern: str = "", **how: Any) -> dict[str, Any]:
    return {"pattern": pattern, **how}


EVER = ("1.6", "1.7", "2.1")
THREE = 'server = "{o}"\n[host."{a}"]\n[host."{b}"]\n'
CASES = {
    "mirrors-in-order": Case(THREE),
    "out-of-order-tables": Case(
        'server = "{o}"\n[host."{b}"]\n[host."{a}"]\nskip_verify = true\n[host."{b}".header]\nx-key = "b"\n',
    ),
    "first-misses": Case(THREE, {"a": lie(status=404)}),
    "first-is-forbidden": Case(THREE, {"a": lie(status=403)}),
    "first-wants-a-password": Case(THREE, {"a": lie(status=401, headers={"WWW-Authenticate": "Basic"})}),
    "first-is-broken": Case(THREE, {"a": lie(status=500)}),
    "first-is-busy": Case(THREE, {"a": lie(status=429)}),
    "first-hangs-up": Case(THREE, {"a": lie(hang_up=True)}),
    "first-knows-tags-only": Case(THREE, {"a": lie("GET", status=404)}),
    "first-lacks-blobs": Case(THREE, {"a": lie("/blobs/", status=404)}),
    "both-mirrors-fail": Case(THREE, {"a": lie(status=503), "b": lie(status=404)}),
    "all-fail": Case(THREE, {"a": lie(status=500), "b": lie(status=403), "o": lie(status=404)}),
    "no-head": Case(THREE, {"a": lie("HEAD", status=405)}),
    "nobody-there": Case('server = "{o}"\n[host."http://127.0.0.1:1"]\n[host."{a}"]\n'),
    "pull-only-mirror": Case('server = "{o}"\n[host."{a}"]\ncapabilities = ["pull"]\n'),
    "pull-only-server": Case('server = "{o}"\ncapabilities = ["pull"]\n[host."{a}"]\n'),
    "resolve-without-pull": Case('server = "{o}"\n[host."{a}"]\ncapabilities = ["resolve"]\n', unlike=EVER),
    "push-only-mirror": Case('server = "{o}"\n[host."{a}"]\ncapabilities = ["PUSH"]\n', unlike=EVER),
    "nobody-may-resolve": Case('server = "{o}"\ncapabilities = ["pull"]\n[host."{a}"]\ncapabilities = ["pull"]\n'),
    "header": Case(
        'server = "{o}"\n[host."{a}"]\n[host."{a}".header]\nx-key = "opensesame"\n',
        {"a": lie("/blobs/", status=404)},
    ),
    "override-path": Case('server = "{o}"\n[host."{a}/other"]\noverride_path = true\n[host."{b}/v2"]\n'),
    "trailing-slash": Case('server = "{o}/"\n[host."{a}/v2/"]\n'),
    "private-authority": Case('server = "{o}"\n[host."{s}"]\nca = "ca.crt"\n'),
    "authority-in-a-list": Case('server = "{o}"\n[host."{s}"]\nca = ["stranger.crt", "ca.crt"]\n'),
    "strange-authority": Case('server = "{o}"\n[host."{s}"]\nca = "stranger.crt"\n'),
    "unknown-authority": Case('server = "{o}"\n[host."{s}"]\n'),
    "skip-verify": Case('server = "{o}"\n[host."{s}"]\nskip_verify = true\n'),
    "client-pair": Case('server = "{o}"\n[host."{g}"]\nca = "ca.crt"\nclient = [["me.pem", "me.key"]]\n'),
    "client-in-one-file": Case('server = "{o}"\n[host."{g}"]\nca = "ca.crt"\nclient = "both.pem"\n'),
    "client-missing": Case('server = "{o}"\n[host."{g}"]\nca = "ca.crt"\n'),
    "tls-on-server": Case('server = "{g}"\nca = "ca.crt"\nclient = ["both.pem"]\n[host]\n'),
    "itself-without-server": Case('[host."{a}"]\n', {"a": lie(status=404)}, registry="{o}"),
    "itself-named": Case('server = "{o}"\n[host."{a}"]\n[host."{o}"]\n', {"a": lie(status=404)}, registry="{o}"),
    "default-directory": Case(THREE, directory="_default"),
    "underscored-directory": Case(THREE, registry="registry.example:5000", directory="registry.example_5000_"),
    "directory-with-colon": Case(THREE, registry="registry.example:5000"),
    "directory-without-port": Case('[host."{a}"]\n', registry="{o}", directory="127.0.0.1"),
    "docker-hub": Case(THREE, {"a": lie(status=404)}, registry="docker.io"),
}  # fmt: skip


class World:
    """The servers, by letter, and what each was asked."""

    def __init__(self, stack: ExitStack, place: Path) -> None:
        self.place = place
        authority = certificates.make_authority(place, name="ca")
        certificates.make_authority(place, name="stranger")
        server = certificates.make_server(place, name="server", authority=authority, addresses="IP:127.0.0.1")
        client = certificates.make_client(place, name="client", authority=authority)
        (place / "me.pem").write_text(client.certificate.read_text())
        (place / "me.key").write_text(client.key.read_text())
        (place / "both.pem").write_text(client.certificate.read_text() + client.key.read_text())
        tls = {"certificate": (str(server.certificate), str(server.key))}
        self.servers = {
            "a": stack.enter_context(LyingRegistry()),
            "b": stack.enter_context(LyingRegistry()),
            "o": stack.enter_context(LyingRegistry()),
            "s": stack.enter_context(LyingRegistry(**tls)),
            "g": stack.enter_context(LyingRegistry(**tls, client_ca=str(authority.certificate))),
        }
        self.roles: dict[str, str] = {}

    def prepare(self, case: Case) -> str:
        """A new image everywhere and nothing remembered; returns the image's name."""
        repository = "library/app"
        content = layer({"data": uuid.uuid4().bytes})
        for letter, server in self.servers.items():
            server.root = "/other" if letter == "a" and "/other" in case.text else "/v2"
            server.requests.clear()
            server.forget()
            if letter in case.lies:
                server.lie(**case.lies[letter])
            image = server.add(repository, "1", layers=(content,))
        self.roles = {
            "1": "tag",
            image.manifest.digest: "manifest",
            image.config.digest: "config",
            content.digest: "layer",
        }
        return "%s/%s:1" % (case.registry.format(o=self.servers["o"].host), repository)

    def write(self, case: Case, root: Path) -> None:
        registry = case.registry.format(o=self.servers["o"].host)
        directory = root / (case.directory or registry)
        directory.mkdir(parents=True)
        for name in ("ca.crt", "stranger.crt", "me.pem", "me.key", "both.pem"):
            (directory / name).write_text((self.place / name).read_text())
        urls = {letter: server.url for letter, server in self.servers.items()}
        (directory / "hosts.toml").write_text(case.text.format(**urls))

    def asked(self) -> dict[str, list[str]]:
        """For each part of the image the hosts that were asked for it in turn, what for and with which header."""
        calls = sorted(
            (call.at, letter, call)
            for letter, server in self.servers.items()
            for call in server.requests
            if call.path.rpartition("/")[2] in self.roles
        )
        found: dict[str, list[str]] = {}
        for _at, letter, call in calls:
            turns = found.setdefault(self.roles[call.path.rpartition("/")[2]], [])
            said = " ".join(call.query.get("ns", []) + [call.headers.get("x-key", "")])
            word = f"{letter} {said}".strip()
            if turns[-1:] != [word]:  # how often is another matter
                turns.append(word)
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with ExitStack() as stack:
        yield World(stack, tmp_path_factory.mktemp("world"))


@pytest.fixture
def other_namespace(daemon: Daemon) -> Iterator[str]:
    name = f"{daemon.namespace}-{uuid.uuid4().hex[:8]}"
    yield name
    namespaces.remove(daemon, name)


def pulled_by_ctr(daemon: Daemon, namespace: str, root: Path, name: str) -> bool:
    local = [] if daemon.version == "1.6" else ["--local"]
    try:
        daemon.ctr("images", "pull", *local, "--hosts-dir", str(root), name, namespace=namespace)
    except LabError:
        return False
    return True


def pulled_by_us(daemon: Daemon, namespace: str, root: Path, name: str) -> bool:
    how = {"name": name, "hosts_dir": str(root), "retries": 0, "timeout": 20}
    result = modules.run("ctr_image", daemon, namespace, **how)
    assert "Traceback" not in result.text, result.text
    return result.rc == 0


@pytest.mark.parametrize("case", CASES)
def test_the_same_hosts_are_asked_in_the_same_order(
    world: World, daemon: Daemon, namespace: str, other_namespace: str, tmp_path: Path, case: str
) -> None:
    described = CASES[case]
    world.write(described, tmp_path / "certs.d")
    name = world.prepare(described)
    theirs = pulled_by_ctr(daemon, namespace, tmp_path / "certs.d", name)
    their_calls = world.asked()
    name = world.prepare(described)
    ours = pulled_by_us(daemon, other_namespace, tmp_path / "certs.d", name)
    our_calls = world.asked()
    if daemon.version in described.unlike:
        assert our_calls != their_calls, "we mean to differ, and do not"
        return
    assert (ours, our_calls) == (theirs, their_calls)
