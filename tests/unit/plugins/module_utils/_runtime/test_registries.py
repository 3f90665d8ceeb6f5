# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registries of a task over real HTTP and TLS: hosts.toml and config.json decide who is asked and told what."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._runtime.registries import Registries
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused, Unreachable
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.certificates import (
    KeyPair,
    make_authority,
    make_client,
    make_server,
)
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry

NAME = "registry.example/team/app:1"


class Pki:
    """An authority with a server's certificate for loopback, one for a client, and another authority."""

    def __init__(self, place: Path) -> None:
        self.authority = make_authority(place, name="ca")
        self.stranger = make_authority(place, name="stranger")
        names = "IP:127.0.0.1"
        self.server = make_server(place, name="server", authority=self.authority, addresses=names)
        self.client = make_client(place, name="client", authority=self.authority)
        self.both = place / "both.pem"
        self.both.write_text(self.client.certificate.read_text() + self.client.key.read_text())

    def files(self, pair: KeyPair) -> tuple[str, str]:
        return str(pair.certificate), str(pair.key)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is missing")
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def secure(pki: Pki) -> Iterator[LyingRegistry]:
    with LyingRegistry(certificate=pki.files(pki.server)) as server:
        server.add("team/app", "1")
        yield server


@pytest.fixture
def guarded(pki: Pki) -> Iterator[LyingRegistry]:
    """Takes nobody without a client certificate."""
    authority = str(pki.authority.certificate)
    with LyingRegistry(certificate=pki.files(pki.server), client_ca=authority) as server:
        server.add("team/app", "1")
        yield server


@pytest.fixture
def mirror() -> Iterator[LyingRegistry]:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        yield server


@pytest.fixture
def origin() -> Iterator[LyingRegistry]:
    with LyingRegistry() as server:
        server.add("team/app", "1")
        yield server


def asked(place: Path, text: str, name: str = NAME, **given: object) -> str:
    """Which host tells the digest when hosts.toml says this."""
    reference = parse_reference(name)
    directory = place / "certs.d" / reference.host
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "hosts.toml").write_text(text)
    return source(place, name, **given)


def source(place: Path, name: str = NAME, **given: object) -> str:
    settings = {"retries": 0, "timeout_s": 5.0, "hosts_dir": str(place / "certs.d"), **given}
    with Registries(RegistryAccess(**settings)) as registries:  # type: ignore[arg-type]
        reference = parse_reference(name)
        return registries.of(reference).locate(reference)[1]


def table(server: LyingRegistry, *lines: str) -> str:
    return "\n".join(['[host."%s"]' % server.url, *lines, ""])


def auths(place: Path, users: dict[str, str]) -> str:
    """A config.json with a user:password for each host."""
    entries = {host: {"auth": base64.b64encode(user.encode()).decode()} for host, user in users.items()}
    path = place / "config.json"
    path.write_text(json.dumps({"auths": entries}))
    return str(path)


def test_one_registry_is_made_for_each_name() -> None:
    with Registries(RegistryAccess(hosts_dir="")) as registries:
        first = registries.of(parse_reference("a.example/x"))
        assert registries.of(parse_reference("a.example/y")) is first
        assert registries.of(parse_reference("b.example/x")) is not first


def test_a_mirror_is_asked_first_and_a_private_authority_is_trusted(
    tmp_path: Path, pki: Pki, secure: LyingRegistry, mirror: LyingRegistry
) -> None:
    ca = 'ca = "%s"' % pki.authority.certificate
    assert asked(tmp_path, table(secure, ca) + table(mirror)) == secure.host


def test_a_certificate_that_is_not_trusted_leads_to_the_next_host(
    tmp_path: Path, pki: Pki, secure: LyingRegistry, mirror: LyingRegistry
) -> None:
    strange = 'ca = "%s"' % pki.stranger.certificate
    for lines in ([], [strange], ["skip_verify = false"]):
        assert asked(tmp_path, table(secure, *lines) + table(mirror)) == mirror.host
    assert secure.requests == []


def test_skip_verify_trusts_any_certificate_of_this_host(tmp_path: Path, secure: LyingRegistry) -> None:
    assert asked(tmp_path, table(secure, "skip_verify = true")) == secure.host


@pytest.mark.parametrize("form", ['"%(both)s"', '["%(both)s"]', '[["%(certificate)s", "%(key)s"]]'])
def test_a_client_certificate_is_shown_in_each_of_its_forms(
    tmp_path: Path, pki: Pki, guarded: LyingRegistry, form: str
) -> None:
    files = {"both": pki.both, "certificate": pki.client.certificate, "key": pki.client.key}
    ca = 'ca = "%s"' % pki.authority.certificate
    assert asked(tmp_path, table(guarded, ca, "client = " + form % files)) == guarded.host


def test_without_its_client_certificate_a_host_does_not_answer(
    tmp_path: Path, pki: Pki, guarded: LyingRegistry, mirror: LyingRegistry
) -> None:
    ca = 'ca = "%s"' % pki.authority.certificate
    assert asked(tmp_path, table(guarded, ca) + table(mirror)) == mirror.host
    with pytest.raises(Unreachable):
        asked(tmp_path, 'server = "%s"\n%s' % (guarded.url, ca))


def test_a_client_certificate_is_shown_to_its_host_alone(
    tmp_path: Path, pki: Pki, guarded: LyingRegistry
) -> None:
    with LyingRegistry(certificate=pki.files(pki.server)) as honest:
        honest.lie("", status=307, headers={"Location": guarded.url + "/v2/team/app/manifests/1"})
        lines = 'ca = "%s"' % pki.authority.certificate, 'client = "%s"' % pki.both
        with pytest.raises(Unreachable):
            asked(tmp_path, 'server = "%s"\n%s\n%s' % (honest.url, *lines))
        assert honest.requests
    assert guarded.requests == []


def test_a_client_certificate_that_is_none_fails_and_leads_nowhere_else(
    tmp_path: Path, pki: Pki, guarded: LyingRegistry, mirror: LyingRegistry
) -> None:
    client = 'client = [["%s", "%s"]]' % (pki.client.certificate, pki.server.key)
    with pytest.raises(Refused, match="cannot read the client certificate .*: they are not a certificate"):
        asked(tmp_path, table(guarded, client) + table(mirror))
    ca = 'ca = "%s"' % pki.server.key
    with pytest.raises(Refused, match="cannot read CA certificates from .*holds no certificate"):
        asked(tmp_path, table(guarded, ca) + table(mirror))
    assert mirror.requests == []


def test_dockers_layout_of_certificates_serves_the_registry_itself(
    tmp_path: Path, pki: Pki, guarded: LyingRegistry
) -> None:
    name = guarded.host + "/team/app:1"
    directory = tmp_path / "certs.d" / guarded.host
    directory.mkdir(parents=True)
    for file, pem in (
        ("ca.crt", pki.authority.certificate),
        ("me.cert", pki.client.certificate),
        ("me.key", pki.client.key),
    ):
        (directory / file).write_text(pem.read_text())
    assert source(tmp_path, name) == guarded.host


def test_a_host_in_the_clear_with_a_tls_key_is_asked_over_tls_first(
    tmp_path: Path, pki: Pki, secure: LyingRegistry, mirror: LyingRegistry
) -> None:
    for server in (secure, mirror):
        text = '[host."http://%s"]\nca = "%s"' % (server.host, pki.authority.certificate)
        assert asked(tmp_path, text) == server.host
    with pytest.raises(Unreachable, match="not trusted"):
        asked(tmp_path, 'server = "http://%s"\nskip_verify = false' % secure.host)


def test_credentials_are_looked_up_by_the_host_that_asks(
    tmp_path: Path, mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.auth, mirror.username, mirror.password = "basic", "reader", "mirror-secret"
    origin.auth, origin.username, origin.password = "bearer", "owner", "origin-secret"
    file = auths(
        tmp_path,
        {
            mirror.host: "reader:mirror-secret",
            origin.host: "owner:origin-secret",
            "registry.example": "wrong:wrong",
        },
    )
    text = 'server = "%s"\n' % origin.url + table(mirror)
    assert asked(tmp_path, text, auth_file=file) == mirror.host
    assert origin.requests == []
    mirror.lie("", status=503)
    assert asked(tmp_path, text, auth_file=file) == origin.host
    told = {call.headers.get("authorization", "")[:6] for call in origin.requests}
    assert told == {"", "Basic ", "Bearer"}
    assert {call.headers.get("authorization") for call in mirror.requests} <= {None, mirror.basic}
    assert {call.headers.get("authorization") for call in origin.calls("/token")} == {origin.basic}


def test_username_comes_first_for_the_registry_itself_alone(
    tmp_path: Path, mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    for server in (mirror, origin):
        server.auth = "basic"
    file = auths(tmp_path, {mirror.host: "reader:pw", origin.host: "wrong:wrong"})
    mirror.username, mirror.password = "reader", "pw"
    name = origin.host + "/team/app:1"
    login = {"username": "user", "password": "secret", "auth_file": file}
    assert asked(tmp_path, table(mirror), name, **login) == mirror.host
    mirror.lie("HEAD", status=404)
    assert asked(tmp_path, table(mirror) + "\n", name, **login) == origin.host
    assert {call.headers.get("authorization") for call in mirror.requests} <= {None, mirror.basic}
    assert {call.headers.get("authorization") for call in origin.requests} == {None, origin.basic}


def test_without_a_login_nobody_is_told_anything(
    tmp_path: Path, mirror: LyingRegistry, origin: LyingRegistry
) -> None:
    mirror.auth = "basic"
    text = 'server = "%s"\n' % origin.url + table(mirror)
    assert asked(tmp_path, text, username="user", password="secret") == origin.host
    assert asked(tmp_path, text) == origin.host
    assert all("authorization" not in call.headers for call in mirror.requests + origin.requests)


def test_the_files_are_read_when_a_registry_asks_and_not_before(
    tmp_path: Path, mirror: LyingRegistry
) -> None:
    assert asked(tmp_path, table(mirror), auth_file=str(tmp_path / "none")) == mirror.host
    Registries(RegistryAccess(hosts_dir=str(tmp_path / "none")))
    mirror.auth = "basic"
    with pytest.raises(Refused, match="cannot read auth_file"):
        asked(tmp_path, 'server = "%s"' % mirror.url, auth_file=str(tmp_path / "none"))
