# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small registry client for tests: push blobs and manifests, ask for and delete them.

Knows the OCI distribution protocol, basic and token authentication. It is not the collection's client and
shares nothing with it: what is pushed by this one is a fair test of that one.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
import urllib.parse
import urllib.request
from typing import IO, TYPE_CHECKING, Any

from .processes import LabError

if TYPE_CHECKING:
    from .images import Blob

Body = bytes | IO[bytes] | None


class RegistryClient:
    """One registry, one connection, one thread."""

    def __init__(
        self,
        host: str,
        *,
        scheme: str = "http",
        username: str | None = None,
        password: str | None = None,
        ca_path: str | None = None,
    ) -> None:
        self.host = host
        self._basic = (
            "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode() if username else ""
        )
        self._authorization: dict[str, str] = {}
        if scheme == "https":
            context = ssl.create_default_context(cafile=ca_path)
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, timeout=60, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(host, timeout=60)

    def push_blob(self, repository: str, blob: Blob) -> None:
        """Upload a blob unless the repository has it."""
        if self.request("HEAD", repository, f"blobs/{blob.digest}")[0] == 200:
            return
        status, headers, text = self.request("POST", repository, "blobs/uploads/", body=b"")
        location = urllib.parse.urlsplit(headers.get("location", ""))
        if status != 202 or not location.path:
            raise self._error("begin an upload to", repository, status, text)
        query = urllib.parse.urlencode([*urllib.parse.parse_qsl(location.query), ("digest", blob.digest)])
        with blob.open() as body:
            headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)}
            status, _headers, text = self._send("PUT", f"{location.path}?{query}", repository, body, headers)
        if status != 201:
            raise self._error(f"upload {blob.digest} to", repository, status, text)

    def push_manifest(self, repository: str, reference: str, manifest: Blob) -> None:
        with manifest.open() as body:
            headers = {"Content-Type": manifest.media_type}
            status, _headers, text = self.request(
                "PUT", repository, f"manifests/{reference}", body=body.read(), headers=headers
            )
        if status != 201:
            raise self._error(f"put manifest {reference} into", repository, status, text)

    def delete_manifest(self, repository: str, digest: str) -> None:
        status, _headers, text = self.request("DELETE", repository, f"manifests/{digest}")
        if status != 202:
            raise self._error(f"delete manifest {digest} from", repository, status, text)

    def delete_blob(self, repository: str, digest: str) -> None:
        status, _headers, text = self.request("DELETE", repository, f"blobs/{digest}")
        if status != 202:
            raise self._error(f"delete blob {digest} from", repository, status, text)

    def request(
        self,
        method: str,
        repository: str,
        path: str,
        *,
        body: Body = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """One request about a repository, with credentials when asked for them: status, headers, body."""
        return self._send(method, f"/v2/{repository}/{path}", repository, body, headers or {})

    def _send(
        self, method: str, path: str, repository: str, body: Body, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        answer = self._exchange(method, path, body, {**headers, **self._credentials(repository)})
        if answer[0] == 401 and self._basic and repository not in self._authorization:
            self._authorization[repository] = self._answer_challenge(
                answer[1].get("www-authenticate", ""), repository
            )
            answer = self._exchange(method, path, body, {**headers, **self._credentials(repository)})
        return answer

    def _credentials(self, repository: str) -> dict[str, str]:
        value = self._authorization.get(repository)
        return {"Authorization": value} if value else {}

    def _exchange(
        self, method: str, path: str, body: Body, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            self._connection.request(method, path, body=body, headers=headers)
            response = self._connection.getresponse()
            return (
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                response.read(),
            )
        except (OSError, http.client.HTTPException) as exc:
            self._connection.close()
            raise LabError(f"{method} {path} at registry {self.host}: {exc}") from exc

    def _answer_challenge(self, challenge: str, repository: str) -> str:
        if not challenge.lower().startswith("bearer "):
            return self._basic
        asked: dict[str, Any] = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        query = urllib.parse.urlencode(
            {"service": asked.get("service", ""), "scope": f"repository:{repository}:pull,push,delete"}
        )
        request = urllib.request.Request(f"{asked['realm']}?{query}", headers={"Authorization": self._basic})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as response:
                return f"Bearer {json.load(response)['token']}"
        except OSError as exc:
            raise LabError(f"no token from {asked['realm']} for {self.host}/{repository}: {exc}") from exc

    def _error(self, attempt: str, repository: str, status: int, text: bytes) -> LabError:
        said = text[:500].decode(errors="replace").strip()
        return LabError(f"cannot {attempt} {self.host}/{repository}: HTTP {status}: {said}")
