# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a registry takes: uploads, mounts and manifests (OCI distribution-spec, "Push"), for the lying registry.

Knows the protocol as a registry keeps it; never how a request comes in, nor when to lie.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .lying_registry import LyingRegistry, Request

    Truth = tuple[int, dict[str, str], bytes]


class Uploads:
    """The uploads that are going on, by their address."""

    def __init__(self, registry: LyingRegistry) -> None:
        self._registry = registry
        self._open: dict[str, bytearray] = {}
        self._lock = threading.Lock()
        self._count = 0
        self.location = "{path}?_state=a%2Fb"  # how addresses of uploads are told
        self.mounts = True

    @property
    def left(self) -> dict[str, int]:
        """What was begun and neither ended nor cancelled, in bytes."""
        return {path: len(data) for path, data in self._open.items()}

    def answer(self, request: Request) -> Truth | None:
        """What an honest registry says; None when this is none of its business."""
        root = re.escape(self._registry.root)
        found = re.fullmatch(root + r"/(.+)/(manifests|blobs/uploads)/([^/]*)", request.path)
        if found is None:
            return None
        repository, kind, name = found.groups()
        if kind == "manifests":
            return self._put_manifest(request, repository, name) if request.method == "PUT" else None
        if request.method == "POST":
            return self._begin(request, repository)
        if request.path not in self._open:
            return 404, {}, _error("BLOB_UPLOAD_UNKNOWN", "upload unknown")
        if request.method == "DELETE":
            del self._open[request.path]
            return 204, {}, b""
        return self._go_on(request, repository)

    def keep(self, path: str, data: bytes) -> None:
        """Part of a body that was lost on its way."""
        if path in self._open:
            self._open[path] += data

    def _begin(self, request: Request, repository: str) -> Truth:
        digest, source = (request.query.get(key, [""])[0] for key in ("mount", "from"))
        blob = self._registry.find(source, "blobs", digest)
        if blob is not None and self.mounts:
            self._registry.add_blob(repository, blob)
            return 201, {"Docker-Content-Digest": digest}, b""
        with self._lock:
            self._count += 1
            path = "%s/%s/blobs/uploads/%d" % (self._registry.root, repository, self._count)
        self._open[path] = bytearray()
        return 202, {"Location": self._told(path), "Range": "0-0"}, b""

    def _go_on(self, request: Request, repository: str) -> Truth:
        data = self._open[request.path]
        if request.method == "GET":
            headers = {"Location": self._told(request.path), "Range": "0-%d" % max(len(data) - 1, 0)}
            return 204, headers, b""
        start = request.headers.get("content-range", "").partition("-")[0]
        if start and int(start) != len(data):
            return 416, {}, _error("BLOB_UPLOAD_INVALID", "out of order")
        data += request.body
        digest = request.query.get("digest", [""])[0]
        if digest != "sha256:" + hashlib.sha256(data).hexdigest():
            return 400, {}, _error("DIGEST_INVALID", "provided digest did not match uploaded content")
        del self._open[request.path]
        self._registry.store(repository, bytes(data))
        return 201, {"Docker-Content-Digest": digest}, b""

    def _put_manifest(self, request: Request, repository: str, version: str) -> Truth:
        document = json.loads(request.body)
        listed = [
            ("blobs", child["digest"])
            for child in [document.get("config"), *document.get("layers", ())]
            if child
        ]
        listed += [("manifests", child["digest"]) for child in document.get("manifests", ())]
        foreign = {item["digest"] for item in document.get("layers", ()) if "foreign" in item["mediaType"]}
        for kind, digest in listed:
            if self._registry.find(repository, kind, digest) is None and digest not in foreign:
                return 400, {}, _error("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry")
        digest = self._registry.store_manifest(
            repository, version, request.headers["content-type"], request.body
        )
        return 201, {"Docker-Content-Digest": digest}, b""

    def _told(self, path: str) -> str:
        return self.location.format(path=path, url=self._registry.url)


def _error(code: str, message: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": message}]}).encode()
