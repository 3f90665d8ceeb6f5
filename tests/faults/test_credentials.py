# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords and tokens through a real ansible: in no output, result, log, file, command line or environment."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab import processes
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry, layer

USERNAME, PASSWORD = "deploy-user", "Pa55-word+that/is=nowhere-else"


class Playground:
    """A directory with a play in it that reads its password from a file, and a home of ansible's own."""

    def __init__(
        self, place: Path, liar: LyingRegistry, daemon: Daemon, namespace: str, **instead: Any
    ) -> None:
        self.place, self.liar, self.daemon = place, liar, daemon
        self.home = place / "home"
        self.home.mkdir(parents=True)
        self.vault = place / "vault.json"  # the one file that has to hold it, looked at by nobody but ansible
        self.vault.write_text(json.dumps({"registry_password": PASSWORD}))
        self.result = place / "result.json"
        image = {
            "name": liar.host + "/team/app:1",
            "address": daemon.address,
            "namespace": namespace,
            "retries": 0,
            "timeout": 20,
            **(instead or {"username": USERNAME, "password": "{{ registry_password }}"}),
        }
        copy = {"content": "{{ registered | to_json }}", "dest": str(self.result)}
        tasks = [
            {"community.containerd.ctr_image": image, "register": "registered", "ignore_errors": True},
            {"ansible.builtin.copy": copy},
            {"ansible.builtin.debug": {"var": "registered"}},
        ]
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        (place / "play.json").write_text(json.dumps([play]))

    def start(self) -> subprocess.Popen[str]:
        argv = [sys.executable, "-m", "ansible", "playbook", "-vvvv", "--diff", "-e", f"@{self.vault}"]
        env = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(modules.DEV),
            "ANSIBLE_HOME": str(self.home),
            "ANSIBLE_LOCAL_TEMP": str(self.home / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(self.home / "remote"),
            "ANSIBLE_LOG_PATH": str(self.place / "ansible.log"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "TMPDIR": str(self.home),
            "PATH": f"{Path(sys.executable).parent}:{self.place.parent / 'etc'}:{os.environ['PATH']}",
        }
        return subprocess.Popen(
            [*argv, str(self.place / "play.json")],
            env=env,
            cwd=self.place,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def secrets(self) -> list[str]:
        """The password in each form in which it travels, and the tokens that were given for it."""
        pair = f"{USERNAME}:{PASSWORD}".encode()
        return [
            PASSWORD,
            base64.b64encode(pair).decode(),
            base64.b64encode(PASSWORD.encode()).decode(),
            *self.liar.tokens,
        ]

    def written(self) -> Iterator[tuple[str, str]]:
        """Every file that the run left, and the daemon's log."""
        for path in (*self.place.rglob("*"), self.daemon.log):
            if path.is_file() and path != self.vault:
                yield str(path), path.read_text(errors="replace")


@pytest.fixture
def daemon(newest: Daemon) -> Daemon:
    """One of them: which host is told which secret is not theirs to say."""
    return newest


@pytest.fixture(params=["basic", "bearer"])
def guarded(request: pytest.FixtureRequest) -> Iterator[LyingRegistry]:
    with LongTokens(auth=request.param, username=USERNAME, password=PASSWORD) as registry:
        registry.add("team/app", "1", layers=(layer({"a": b"a"}), layer({"b": b"b"})))
        yield registry


class LongTokens(LyingRegistry):
    """Gives tokens that cannot be in a text by chance."""

    def issue(self, request: Any) -> dict[str, Any] | None:
        issued = super().issue(request)
        if issued:
            self.tokens.discard(issued["token"])
            issued["token"] = base64.urlsafe_b64encode(os.urandom(30)).decode()
            self.tokens.add(issued["token"])
        return issued


def found_in(text: str, secrets: list[str]) -> list[str]:
    return [secret for secret in secrets if secret in text]


def finish(play: Playground, process: subprocess.Popen[str]) -> str:
    """Run to the end; nothing secret may be in anything that the run says or leaves."""
    output = process.communicate(timeout=60)[0]
    secrets = play.secrets()
    assert "ctr_image" in output and not found_in(output, secrets)
    for path, text in play.written():
        assert not found_in(text, secrets), path
    return output


# What the registry does, and whether the task then succeeds; a liar sends back what it was told.
ENDINGS: dict[str, dict[str, Any] | None] = {
    "succeeds": None,
    "is-echoed": {"pattern": "/blobs/", "status": 400, "body": PASSWORD.encode()},
    "breaks": {"pattern": "/blobs/", "hang_up": True},
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_secret_is_said_or_written(
    newest: Daemon, newest_namespace: str, guarded: LyingRegistry, tmp_path: Path, ending: str
) -> None:
    lie = ENDINGS[ending]
    if lie:
        guarded.lie(**lie)
    play = Playground(tmp_path / "play", guarded, newest, newest_namespace)
    output = finish(play, play.start())
    registered = json.loads(play.result.read_text())
    assert bool(registered.get("failed")) == bool(lie), output
    assert '"password": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"' in output
    assert any("authorization" in request.headers for request in guarded.requests), "nobody was let in"


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("where", ["entry", "helper", "header"])
def test_no_secret_of_a_file_is_said_or_written(
    newest: Daemon, newest_namespace: str, guarded: LyingRegistry, tmp_path: Path, ending: str, where: str
) -> None:
    lie = ENDINGS[ending]
    if lie:
        guarded.lie(**lie)
    if where == "header":
        guarded.auth = "basic"
    files = written_secrets(tmp_path / "etc", guarded, where)
    play = Playground(tmp_path / "play", guarded, newest, newest_namespace, name=MIRRORED, **files)
    output = finish(play, play.start())
    registered = json.loads(play.result.read_text())
    assert bool(registered.get("failed")) == bool(lie), output
    assert any("authorization" in request.headers for request in guarded.requests), "nobody was let in"


MIRRORED = "registry.example/team/app:1"


def written_secrets(etc: Path, mirror: LyingRegistry, where: str) -> dict[str, str]:
    """hosts_dir and auth_file for a mirror that takes our password from a file of this kind."""
    pair = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    directory = etc / "certs.d/registry.example"
    directory.mkdir(parents=True)
    header = f'authorization = "Basic {pair}"' if where == "header" else ""
    (directory / "hosts.toml").write_text(f'[host."{mirror.url}"]\n[host."{mirror.url}".header]\n{header}\n')
    program = etc / "docker-credential-lab"
    program.write_text("#!/bin/sh\necho '%s'\n" % json.dumps({"Username": USERNAME, "Secret": PASSWORD}))
    program.chmod(0o755)
    login = {"credsStore": "lab"} if where == "helper" else {"auths": {mirror.host: {"auth": pair}}}
    (etc / "auth.json").write_text(json.dumps({} if where == "header" else login))
    return {"hosts_dir": str(etc / "certs.d"), "auth_file": str(etc / "auth.json")}


def test_no_secret_is_in_a_command_line_or_environment_while_it_runs(
    newest: Daemon, newest_namespace: str, guarded: LyingRegistry, tmp_path: Path
) -> None:
    guarded.lie("GET .*/blobs/", stall_after=1, delay_s=2.0, times=1)
    play = Playground(tmp_path / "play", guarded, newest, newest_namespace)
    process = play.start()
    modules.wait_until(lambda: guarded.calls("/blobs/"), "a blob is asked for", 40)
    seen = 0
    for _look in range(20):
        for pid in processes.with_descendants([process.pid]):
            for name in ("cmdline", "environ"):
                assert not found_in(read(f"/proc/{pid}/{name}"), play.secrets()), f"{name} of {pid}"
            seen += "ctr_image" in read(f"/proc/{pid}/cmdline")
        time.sleep(0.05)
    assert seen, "the module was not seen at work"
    finish(play, process)


def read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except (OSError, ProcessLookupError):
        return ""


@pytest.mark.parametrize("where", ["/manifests/", "/blobs/"])
def test_no_secret_follows_a_redirect(
    newest: Daemon, newest_namespace: str, guarded: LyingRegistry, where: str
) -> None:
    with LyingRegistry() as elsewhere:
        elsewhere.add("team/app", "1", layers=(layer({"a": b"a"}), layer({"b": b"b"})))
        image = elsewhere.add("team/app", "1", layers=(layer({"a": b"a"}), layer({"b": b"b"})))
        names = (
            ["1", image.manifest.digest] if where == "/manifests/" else [each.digest for each in image.layers]
        )
        for name in names:
            path = "/v2/team/app" + where + name
            guarded.lie(path + "$", status=307, headers={"Location": elsewhere.url + path})
        login = {"username": USERNAME, "password": PASSWORD, "retries": 0}
        name = guarded.host + "/team/app:1"
        modules.done(modules.run("ctr_image", newest, newest_namespace, name=name, **login))
        assert elsewhere.requests, "the redirect was not followed"
        for request in elsewhere.requests:
            assert "authorization" not in request.headers


def test_no_secret_goes_to_a_host_that_a_redirect_names_and_that_asks_for_it(
    newest: Daemon, newest_namespace: str, guarded: LyingRegistry
) -> None:
    with LyingRegistry(auth="basic", username=USERNAME, password=PASSWORD) as thief:
        image = thief.add("team/app", "1")
        guarded.add("team/app", "1")
        path = "/v2/team/app/blobs/" + image.layers[0].digest
        guarded.lie(path, status=307, headers={"Location": thief.url + path})
        login = {"username": USERNAME, "password": PASSWORD, "retries": 0}
        name = guarded.host + "/team/app:1"
        result = modules.run("ctr_image", newest, newest_namespace, name=name, **login)
        modules.complaint(result, "refused")
        assert thief.requests and all("authorization" not in each.headers for each in thief.requests)


@pytest.mark.parametrize("guard", ["basic", "bearer"])
def test_no_secret_goes_to_a_mirror(
    newest: Daemon, newest_namespace: str, guarded: LyingRegistry, tmp_path: Path, guard: str
) -> None:
    """Each of two mirrors wants a password; one leads to a third host. What each is told is its own."""
    with LyingRegistry(auth=guard) as nosy, LyingRegistry(auth=guard, username="m", password="m-pw") as known:
        for server in (nosy, known):
            server.add("team/app", "1", layers=(layer({"a": b"a"}), layer({"b": b"b"})))
        known.lie("GET .*/blobs/", status=307, headers={"Location": nosy.url + "/elsewhere"})
        directory = tmp_path / "certs.d" / guarded.host
        directory.mkdir(parents=True)
        (directory / "hosts.toml").write_text(f'[host."{nosy.url}"]\n[host."{known.url}"]\n')
        auth_file = tmp_path / "auth.json"
        auth_file.write_text(json.dumps({"auths": {known.host: {"username": "m", "password": "m-pw"}}}))
        done = modules.done(
            modules.run(
                "ctr_image",
                newest,
                newest_namespace,
                name=guarded.host + "/team/app:1",
                username=USERNAME,
                password=PASSWORD,
                hosts_dir=str(tmp_path / "certs.d"),
                auth_file=str(auth_file),
                retries=0,
            )
        )
        assert done["images"][0]["source"] == known.host
        nosy_told, known_told, own_told = map(told, (nosy, known, guarded))
        assert nosy.requests and nosy_told <= {None}
        assert known_told - {None} and known_told <= {None, known.basic, *bearers(known)}
        assert own_told - {None} and own_told <= {None, guarded.basic, *bearers(guarded)}


def told(registry: LyingRegistry) -> set[str | None]:
    return {request.headers.get("authorization") for request in registry.requests}


def bearers(registry: LyingRegistry) -> set[str]:
    return {"Bearer " + token for token in registry.tokens}
