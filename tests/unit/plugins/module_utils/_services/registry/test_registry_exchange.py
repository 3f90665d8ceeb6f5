# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One exchange: schemes, trust, proxies, waiting, and what is said when there is nobody."""

from __future__ import annotations

import subprocess
import sys
import time
from email.utils import formatdate
from pathlib import Path

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._services.registry import faults
from ansible_collections.community.containerd.plugins.module_utils._services.registry.client import Registry
from ansible_collections.community.containerd.plugins.module_utils._services.registry.errors import (
    clean,
    said,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused, Unreachable
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry


def asked(host: str, **given: object) -> str:
    settings = {"retry_delay_s": 0.01, "timeout_s": 5.0, **given}
    registry = Registry(host, RegistryAccess(**settings))  # type: ignore[arg-type]
    return registry.resolve(parse_reference(host + "/app:1")).digest


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    directory = tmp_path_factory.mktemp("tls")
    files = str(directory / "server.crt"), str(directory / "server.key")
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:P-256", "-subj", "/CN=lying", "-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run([*command, "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("the openssl command is missing")
    return files


def test_loopback_is_asked_over_tls_without_check_first(certificate: tuple[str, str]) -> None:
    with LyingRegistry(certificate=certificate) as server:
        server.add("app", "1")
        asked(server.host)
        assert [call.method + " " + call.path for call in server.requests] == [
            "GET /v2/",
            "HEAD /v2/app/manifests/1",
        ]


def test_loopback_is_asked_in_the_clear_when_there_is_no_tls() -> None:
    with LyingRegistry() as server:
        server.add("app", "1")
        asked(server.host)
        assert [call.method for call in server.requests] == ["HEAD"]


def test_tls_that_is_asked_for_is_checked(certificate: tuple[str, str]) -> None:
    with LyingRegistry(certificate=certificate) as server:
        with pytest.raises(Unreachable, match="certificate is not trusted .* set ca_path") as caught:
            asked(server.host, plain_http=False)
        assert caught.value.code == "CERTIFICATE_VERIFY_FAILED"
        assert server.requests == []


def test_ca_path_makes_a_certificate_trusted(certificate: tuple[str, str]) -> None:
    with LyingRegistry(certificate=certificate) as server:
        server.add("app", "1")
        asked(server.host, ca_path=certificate[0])
        asked(server.host, ca_path=str(Path(certificate[0]).parent))


def test_validate_certs_off_trusts_all_and_says_nothing(
    certificate: tuple[str, str], capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    with LyingRegistry(certificate=certificate) as server:
        server.add("app", "1")
        asked(server.host, plain_http=False, validate_certs=False)
    assert capfd.readouterr() == ("", "")
    assert [str(warning.message) for warning in recwarn if "request" in str(warning.message)] == []


def test_a_certificate_for_another_name_is_not_trusted(certificate: tuple[str, str]) -> None:
    with LyingRegistry(certificate=certificate) as server:
        port = server.host.partition(":")[2]
        with pytest.raises(Unreachable, match="not trusted .*localhost"):
            asked("localhost:" + port, plain_http=False, ca_path=certificate[0])


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_path_without_certificate_is_refused(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.crt"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Refused, match="cannot read CA certificates from .*correct ca_path"):
        asked("127.0.0.1:1", ca_path=str(path))


def test_an_empty_ca_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds no"):
        asked("127.0.0.1:1", ca_path=str(tmp_path))


def test_there_is_no_way_down_from_tls() -> None:
    with LyingRegistry() as server:
        server.add("app", "1")
        with pytest.raises(Unreachable):
            asked(server.host, plain_http=False, retries=0)
        assert server.requests == []


def test_a_redirect_from_tls_to_clear_text_is_refused(certificate: tuple[str, str]) -> None:
    with LyingRegistry() as cdn, LyingRegistry(certificate=certificate) as server:
        server.lie("manifests", status=302, headers={"Location": cdn.url + "/x"})
        with pytest.raises(Refused, match="give up the encryption"):
            asked(server.host, ca_path=certificate[0])
        assert cdn.requests == []


def test_a_realm_in_clear_text_gets_no_credentials_from_a_tls_registry(certificate: tuple[str, str]) -> None:
    with LyingRegistry() as thief:
        realm = thief.url + "/token"
        with LyingRegistry(certificate=certificate, auth="bearer", realm=realm) as server, pytest.raises(
            Refused, match="not safe"
        ):
            asked(server.host, ca_path=certificate[0], username="user", password="secret")
        assert thief.requests == []


@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_honoured(as_date: bool) -> None:
    with LyingRegistry() as server:
        server.add("app", "1")
        wait = formatdate(time.time() + 2, usegmt=True) if as_date else "1"
        server.lie("HEAD", status=429, headers={"Retry-After": wait}, times=1)
        start = time.monotonic()
        asked(server.host, plain_http=True)
        assert 0.9 < time.monotonic() - start < 3


def test_nonsense_in_retry_after_is_no_reason_to_wait() -> None:
    with LyingRegistry() as server:
        server.add("app", "1")
        server.lie("HEAD", status=429, headers={"Retry-After": "soon"}, times=1)
        asked(server.host, plain_http=True)


def test_the_proxy_of_the_environment_is_used_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with LyingRegistry() as proxy:
        proxy.lie(".", status=403, body=b"not through here")
        monkeypatch.setenv("http_proxy", proxy.url)
        with pytest.raises(Refused, match="answered 403 .*not through here"):
            asked("registry.example.com", plain_http=True)
    with pytest.raises(Unreachable, match="through the proxy .*connection refused"):
        asked("registry.example.com", plain_http=True, retries=0)


def test_no_proxy_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "example.com")
    with pytest.raises(Unreachable, match="registry does-not-exist.example.com: its name is not known"):
        asked("does-not-exist.example.com", plain_http=True, retries=0)


def test_loopback_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    with LyingRegistry() as server:
        server.add("app", "1")
        asked(server.host, plain_http=True)


def test_a_name_that_cannot_be_is_not_known() -> None:
    with pytest.raises(
        Unreachable, match="cannot reach registry does-not-exist.invalid: its name is not known"
    ):
        asked("does-not-exist.invalid", retries=0)


def test_a_host_without_requests_is_told_what_to_install() -> None:
    program = (
        "import sys; sys.modules['requests'] = None\n"
        "from ansible_collections.community.containerd.plugins.module_utils._services.registry.client"
        " import Registry\n"
        "from ansible_collections.community.containerd.plugins.module_utils._values.registry"
        " import RegistryAccess\n"
        "try:\n    Registry('a.example', RegistryAccess())\n"
        "except Exception as exc:\n    print(exc.kind, exc)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("missing_requirement")
    assert "python3-requests" in done.stdout


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b"<html>no</html>", ""),
        (
            b"Client sent an HTTP request to an HTTPS server.\n",
            "Client sent an HTTP request to an HTTPS server.",
        ),
        (b'{"errors":[{"code":"A","message":"b\\u001b[1m"}]}', "A b [1m"),
        (b'{"errors":[{"code":"A","message":null}]}', "A"),
        (b'{"errors":[]}', ""),
        (b'{"errors":5}', ""),
        (b"[" * 60000, ""),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 1000, "x" * 200),
    ],
)
def test_bodies_are_quoted_with_care(body: bytes, text: str) -> None:
    assert said(body) == text


def test_text_is_cleaned_of_secrets_before_it_is_cut() -> None:
    assert clean("a" * 195 + "secret", ["secret"]) == "a" * 195 + "***"


def test_the_fault_that_tells_most_is_named() -> None:
    with pytest.raises(RuntimeError) as raised:
        try:
            raise ConnectionRefusedError(111, "Connection refused")
        except OSError as exc:
            raise RuntimeError("wrapped") from exc
    words, code, _remedy = faults.named_fault(faults.all_causes(raised.value))
    assert (words, code) == ("connection refused", "ECONNREFUSED")
