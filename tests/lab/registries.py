# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three private loopback registries: plain (http, open), basic (https, password), token (http, bearer token).

Knows docker-registry's configuration. Must never know what is stored in them, nor who reads it.
"""

from __future__ import annotations

import ctypes
import json
import secrets
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import certificates, processes
from .packages import program
from .registry_client import RegistryClient

USERNAME, PASSWORD = "keeper", "open-sesame"
ISSUER, SERVICE = "lab-tokens", "lab-registry"


@dataclass(frozen=True)
class Registry:
    """Where a registry is and what it asks for; None where it asks for nothing."""

    kind: str
    host: str
    scheme: str
    pid: int
    log: str
    hosts_dir: str
    username: str | None = None
    password: str | None = None
    ca_path: str | None = None
    token_url: str | None = None
    token_log: str | None = None

    def client(self) -> RegistryClient:
        return RegistryClient(
            self.host,
            scheme=self.scheme,
            username=self.username,
            password=self.password,
            ca_path=self.ca_path,
        )

    def ctr_flags(self) -> list[str]:
        """What ``ctr images pull`` must be told to get in."""
        login = ["--user", f"{self.username}:{self.password}"] if self.username else []
        return ["--hosts-dir", self.hosts_dir, *login]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def is_answering(self) -> bool:
        host, _colon, port = self.host.partition(":")
        return _accepts(host, int(port))


def start(home: Path) -> dict[str, Registry]:
    """Start all three, side by side, and wait until each accepts connections."""
    home.mkdir(parents=True)
    registries = [_start_plain(home / "plain"), _start_basic(home / "basic"), _start_token(home / "token")]
    for registry in registries:
        what = f"{registry.kind} registry at {registry.host}"
        processes.wait_until(registry.is_answering, what=what, pid=registry.pid, log=Path(registry.log))
    return {registry.kind: registry for registry in registries}


def _start_plain(home: Path) -> Registry:
    return _serve(home, {}, scheme="http")


def _start_basic(home: Path) -> Registry:
    home.mkdir()
    authority = certificates.make_authority(home, name="ca")
    pair = certificates.make_server(
        home, name="server", authority=authority, addresses="IP:127.0.0.1,DNS:localhost"
    )
    (home / "htpasswd").write_text(f"{USERNAME}:{_bcrypt(PASSWORD)}\n")
    settings = {
        "http": {"tls": {"certificate": str(pair.certificate), "key": str(pair.key)}},
        "auth": {"htpasswd": {"realm": "lab", "path": str(home / "htpasswd")}},
    }
    login = {"username": USERNAME, "password": PASSWORD, "ca_path": str(authority.certificate)}
    return _serve(home, settings, scheme="https", **login)


def _start_token(home: Path) -> Registry:
    home.mkdir()
    pair = certificates.make_authority(home, name="tokens", algorithm="rsa")
    port = free_port()
    config = {"key": str(pair.key), "certificate": str(pair.certificate), "port": port, "issuer": ISSUER}
    (home / "tokens.json").write_text(json.dumps({**config, "username": USERNAME, "password": PASSWORD}))
    server, log = Path(__file__).with_name("token_server.py"), home / "tokens.log"
    pid = processes.start([sys.executable, str(server), str(home / "tokens.json")], log=log)
    processes.wait_until(lambda: _accepts("127.0.0.1", port), what="token server", pid=pid, log=log)
    url = f"http://127.0.0.1:{port}/token"
    rules = {"realm": url, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(pair.certificate)}
    login = {"username": USERNAME, "password": PASSWORD, "token_url": url, "token_log": str(log)}
    return _serve(home, {"auth": {"token": rules}}, scheme="http", **login)


def _serve(home: Path, settings: dict[str, Any], *, scheme: str, **known: str) -> Registry:
    home.mkdir(exist_ok=True)
    host = f"127.0.0.1:{free_port()}"
    config = {
        "version": 0.1,
        "storage": {"filesystem": {"rootdirectory": str(home / "storage")}, "delete": {"enabled": True}},
        **settings,
        "http": {"addr": host, "secret": secrets.token_hex(8), **settings.get("http", {})},
    }
    (home / "config.yml").write_text(json.dumps(config, indent=2))  # JSON is YAML
    log = home / "registry.log"
    pid = processes.start([str(program("docker-registry")), "serve", str(home / "config.yml")], log=log)
    hosts_dir = _write_hosts_toml(home / "certs.d", f"{scheme}://{host}", known.get("ca_path"))
    return Registry(home.name, host, scheme, pid, str(log), str(hosts_dir), **known)


def _write_hosts_toml(directory: Path, url: str, ca_path: str | None) -> Path:
    """containerd's own way to a registry; without it 1.6 takes a loopback address for plain http."""
    place = directory / url.split("://")[1]
    place.mkdir(parents=True)
    ca_line = f'ca = "{ca_path}"\n' if ca_path else ""
    (place / "hosts.toml").write_text(f'server = "{url}"\n\n[host."{url}"]\n{ca_line}')
    return directory


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _accepts(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def _bcrypt(password: str) -> str:
    """docker-registry reads no other kind of hash; libcrypt is essential on Debian."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    hashed = crypt(password.encode(), f"$2b$05${secrets.token_hex(11)}".encode())
    if not hashed or not hashed.startswith(b"$2b$"):
        raise processes.LabError("libcrypt.so.1 here makes no bcrypt hash")
    return str(hashed.decode())
