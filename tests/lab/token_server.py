# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token server for docker-registry: says who may do what, in signed JSON web tokens.

Knows the token protocol of the distribution project: GET with basic credentials, POST with a password or
refresh token. The right credentials get what they ask for; without any, what is below public/ can be pulled.
A program of its own (python3 token_server.py CONFIG.json), standard library only; the openssl command signs.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LIFE_S = 300


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(claims: dict[str, Any], *, key: str, certificate: str) -> str:
    """A JWT, RS256, that carries its certificate (x5c)."""
    with open(certificate, encoding="ascii") as handle:
        der = "".join(line.strip() for line in handle if not line.startswith("-----"))
    header = {"typ": "JWT", "alg": "RS256", "x5c": [der]}
    text = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
    argv = ["openssl", "dgst", "-sha256", "-sign", key]
    signature = subprocess.run(argv, input=text.encode(), capture_output=True, check=True).stdout
    return f"{text}.{_encode(signature)}"


def access(scopes: list[str], *, is_known: bool) -> list[dict[str, Any]]:
    """What of ``repository:NAME:ACTION,ACTION`` is granted."""
    granted = []
    for kind, name, actions in (
        scope.rsplit(":", 1)[0].split(":", 1) + [scope.rsplit(":", 1)[1]] for scope in scopes
    ):
        allowed = actions.split(",") if is_known else ["pull"] if name.startswith("public/") else []
        granted.append(
            {"type": kind, "name": name, "actions": [a for a in actions.split(",") if a in allowed]}
        )
    return granted


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    config: dict[str, Any] = {}

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        scheme, _space, value = self.headers.get("Authorization", "").partition(" ")
        secret = base64.b64decode(value).decode(errors="replace") if scheme.lower() == "basic" else ""
        self._grant(query, secret=secret, is_refused=bool(secret) and not self._is_right(secret))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        form = parse_qs(body.decode(errors="replace"))
        user, password = (form.get(name, [""])[0] for name in ("username", "password"))
        if form.get("grant_type") == ["refresh_token"]:
            user, _colon, password = form.get("refresh_token", [""])[0].partition(":")
        secret = f"{user}:{password}"
        self._grant(form, secret=secret, is_refused=not self._is_right(secret))

    def _is_right(self, secret: str) -> bool:
        return secret == f"{self.config['username']}:{self.config['password']}"

    def _grant(self, asked: dict[str, list[str]], *, secret: str, is_refused: bool) -> None:
        if is_refused:
            return self._answer(
                401, {"errors": [{"code": "UNAUTHORIZED", "message": "incorrect username or password"}]}
            )
        scopes = [scope for text in asked.get("scope", []) for scope in text.split(" ")]
        scopes = [scope for scope in scopes if re.fullmatch(r"\w+(\(\w+\))?:[^ ]+:[\w*,]+", scope)]
        now = int(time.time())
        claims = {
            "iss": self.config["issuer"],
            "sub": secret.partition(":")[0],
            "aud": asked.get("service", [""])[0],
            "exp": now + LIFE_S,
            "nbf": now - 10,
            "iat": now,
            "jti": str(time.time_ns()),
            "access": access(scopes, is_known=bool(secret)),
        }
        token = sign(claims, key=self.config["key"], certificate=self.config["certificate"])
        return self._answer(200, {"token": token, "access_token": token, "expires_in": LIFE_S})

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as handle:
        Handler.config = json.load(handle)
    ThreadingHTTPServer(("127.0.0.1", Handler.config["port"]), Handler).serve_forever()


if __name__ == "__main__":
    main()
