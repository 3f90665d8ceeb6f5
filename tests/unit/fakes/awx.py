# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's REST API as its own modules need to make things: lists, objects, and the survey of a template.

Knows nothing of what the things are for.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ROOT = "/api/v2/"


class FakeAwx(ThreadingHTTPServer):
    """``things`` are the objects by kind and number, ``surveys`` those of job templates by number."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.things: dict[str, dict[int, dict[str, Any]]] = {}
        self.surveys: dict[int, Any] = {}
        self.add("organizations", {"name": "Default"})

    @property
    def url(self) -> str:
        return "http://127.0.0.1:%d" % self.server_address[1]

    def __enter__(self) -> FakeAwx:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()

    def add(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        known = self.things.setdefault(kind, {})
        number = len(known) + 1
        url = "%s%s/%d/" % (ROOT, kind, number)
        known[number] = {
            "id": number,
            "type": kind.rstrip("s"),
            "url": url,
            "status": "successful",
            "related": {"survey_spec": url + "survey_spec/"},
            "summary_fields": {},
            "scm_revision": "1",
            **fields,
        }
        return known[number]


class _Handler(BaseHTTPRequestHandler):
    server: FakeAwx

    def do_GET(self) -> None:
        kind, number, part, wanted = self._asked()
        if kind == "ping":
            self._answer(200, {"version": "24.6.1"})
        elif part:
            self._answer(200, self.server.surveys.get(number, {}))
        elif number:
            self._answer(200, self.server.things[kind][number])
        else:
            found = [thing for thing in self.server.things.get(kind, {}).values() if _passes(thing, wanted)]
            self._answer(200, {"count": len(found), "results": found, "next": None})

    def do_POST(self) -> None:
        kind, number, part, _wanted = self._asked()
        body = self._body()
        if part == "survey_spec":
            self.server.surveys[number] = body
            self._answer(200, {})
        else:
            self._answer(201, self.server.add(kind, body))

    def do_PATCH(self) -> None:
        kind, number, _part, _wanted = self._asked()
        self.server.things[kind][number].update(self._body())
        self._answer(200, self.server.things[kind][number])

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""

    def _asked(self) -> tuple[str, int, str, dict[str, str]]:
        parts = urlsplit(self.path)
        kind, number, part = [*parts.path[len(ROOT) :].strip("/").split("/"), "", ""][:3]
        return kind, int(number or 0), part, dict(parse_qsl(parts.query))

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def _answer(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.end_headers()
        self.wfile.write(body)


def _passes(thing: dict[str, Any], wanted: dict[str, str]) -> bool:
    """Filters by fields only; ``or__`` and look-ups by number as the modules write them."""
    either = {key[len("or__") :]: value for key, value in wanted.items() if key.startswith("or__")}
    exact = {key: value for key, value in wanted.items() if key in ("name", "id", "organization")}
    return all(str(thing.get(key)) == value for key, value in exact.items()) and (
        not either or any(str(thing.get(key)) == value for key, value in either.items())
    )
