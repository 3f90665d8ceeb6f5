# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A registry on loopback that serves and takes images in memory and lies on demand, one lie per path pattern.

Real HTTP and real TLS; every request is recorded. Knows nothing of the client that it is to test.

    with LyingRegistry() as registry:
        image = registry.add("team/app", "1", layers=[b"..."])
        registry.lie("/blobs/" + image.layers[0].digest, cut_after=1000, times=1)
        ...
        print(registry.requests)
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.server
import io
import json
import re
import socket
import ssl
import tarfile
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

from .lying_uploads import Uploads

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_PIECE = 1 << 16


@dataclass(frozen=True)
class Blob:
    """A piece of content as a descriptor names it, and its bytes."""

    media_type: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def descriptor(self) -> dict[str, Any]:
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


@dataclass(frozen=True)
class Image:
    """What ``add`` put under a tag."""

    repository: str
    tag: str
    manifest: Blob
    config: Blob
    layers: tuple[Blob, ...]


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case
    client: tuple[str, int]  # the connection's other end
    body: bytes = b""
    at: float = field(default_factory=time.monotonic)  # when it came in


@dataclass
class Lie:
    """How to treat requests whose ``METHOD path`` holds ``pattern``; ``times`` None is for ever."""

    pattern: str
    times: int | None = None
    status: int = 0  # answer with this and ``body``
    body: bytes = b""
    headers: dict[str, str] = field(
        default_factory=dict
    )  # added; an empty value removes one, a line break makes two
    content: bytes | None = None  # sent in place of the true bytes
    cut_after: int | None = None  # send so many bytes of the body, then close the connection
    stall_after: int | None = None  # send so many bytes, then nothing for ``delay_s``
    length: int | None = None  # Content-Length to claim
    chunked: bool = False  # no Content-Length
    no_range: bool = False
    hang_up: bool = False  # close without an answer
    drop_after: int | None = None  # take so many bytes of what is sent, then close the connection
    is_early: bool = False  # answer before what is sent was read, then close the connection
    delay_s: float = 0.0  # before the answer, or in the stall

    @property
    def is_at_once(self) -> bool:
        """Whether it counts before a body is read."""
        return self.is_early or self.drop_after is not None

    def fits(self, method: str, path: str) -> bool:
        """Whether it counts for this request; then it is used up by one."""
        if self.times == 0 or not re.search(self.pattern, method + " " + path):
            return False
        self.times = None if self.times is None else self.times - 1
        return True


class LyingRegistry:
    """The server; a context manager. ``basic`` or ``bearer`` ask for ``username`` and ``password``."""

    def __init__(
        self,
        *,
        auth: str = "",  # "", "basic" or "bearer"
        username: str = "user",
        password: str = "secret",
        anonymous: bool = False,  # whether tokens are given without credentials
        realm: str = "",  # token address to declare; its own /token when empty
        certificate: tuple[str, str] | None = None,  # PEM files: certificate and key
        token_life_s: int | None = 300,
        identity_token: str = "",  # what a POST may trade for a token; without it POST is not allowed there
        client_ca: str = "",  # PEM file: demand a client certificate that it signed
        root: str = "/v2",  # where the API is
    ) -> None:
        self.auth = auth
        self.username, self.password = username, password
        self.anonymous = anonymous
        self.realm = realm
        self.token_life_s = token_life_s
        self.identity_token = identity_token
        self.root = root
        self.requests: list[Request] = []
        self.tokens: set[str] = set()
        self._lies: list[Lie] = []
        self._manifests: dict[tuple[str, str], Blob] = {}
        self._blobs: dict[tuple[str, str], Blob] = {}
        self._lock = threading.Lock()
        self.uploads = Uploads(self)
        self._tls = _server_context(certificate, client_ca) if certificate else None
        self._server = _Server(("127.0.0.1", 0), self)

    def __enter__(self) -> LyingRegistry:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self) -> str:
        return "127.0.0.1:%d" % self._server.server_address[1]

    @property
    def url(self) -> str:
        return ("https://" if self._tls else "http://") + self.host

    def add(
        self,
        repository: str,
        tag: str,
        *,
        layers: tuple[Blob, ...] | None = None,
        config: dict[str, Any] | None = None,
        media_type: str = MANIFEST,
    ) -> Image:
        """A valid image: one small layer unless told otherwise."""
        layers = (layer({"hello": b"hello\n"}),) if layers is None else layers
        made = Blob(CONFIG, json.dumps(_config(layers, config or {}), sort_keys=True).encode())
        document = {
            "schemaVersion": 2,
            "mediaType": media_type,
            "config": made.descriptor,
            "layers": [item.descriptor for item in layers],
        }
        manifest = Blob(media_type, json.dumps(document, sort_keys=True).encode())
        for blob in (made, *layers):
            self.add_blob(repository, blob)
        self.add_manifest(repository, tag, manifest)
        return Image(repository, tag, manifest, made, layers)

    def add_index(self, repository: str, tag: str, images: dict[str, Image]) -> Blob:
        """An index over platforms written as os/architecture[/variant]."""
        entries = []
        for name, image in images.items():
            os_name, architecture, variant = (name + "/").split("/")[:3]
            platform = {"os": os_name, "architecture": architecture}
            platform.update({"variant": variant} if variant else {})
            entries.append({**image.manifest.descriptor, "platform": platform})
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        index = Blob(INDEX, json.dumps(document, sort_keys=True).encode())
        self.add_manifest(repository, tag, index)
        return index

    def add_manifest(self, repository: str, tag: str, manifest: Blob) -> None:
        for version in (tag, manifest.digest):
            self._manifests[repository, version] = manifest

    def add_blob(self, repository: str, blob: Blob) -> None:
        self._blobs[repository, blob.digest] = blob

    def lie(self, pattern: str, **how: Any) -> Lie:
        """From now on; the first lie that fits a request and is not used up counts."""
        told = Lie(pattern, **how)
        self._lies.append(told)
        return told

    def forget(self) -> None:
        """Nothing but the truth from now on, and nothing remembered of what was asked."""
        self._lies.clear()
        self.requests.clear()

    def calls(self, pattern: str) -> list[Request]:
        """The requests whose ``METHOD path`` holds ``pattern``."""
        return [item for item in self.requests if re.search(pattern, item.method + " " + item.path)]

    def take(self, request: Request) -> Lie | None:
        """Record a request and find the lie for it."""
        with self._lock:
            self.requests.append(request)
            for told in self._lies:
                if not told.is_at_once and told.fits(request.method, request.path):
                    return told
        return None

    def take_at_once(self, method: str, path: str) -> Lie | None:
        """The lie for a request whose body is not to be read to its end."""
        with self._lock:
            return next((told for told in self._lies if told.is_at_once and told.fits(method, path)), None)

    def store(self, repository: str, content: bytes) -> None:
        """A blob that was uploaded."""
        self.add_blob(repository, Blob("application/octet-stream", content))

    def store_manifest(self, repository: str, version: str, media_type: str, content: bytes) -> str:
        """A manifest that was put under a tag or its digest."""
        manifest = Blob(media_type, content)
        self.add_manifest(repository, version, manifest)
        return manifest.digest

    def find(self, repository: str, kind: str, version: str) -> Blob | None:
        return (self._manifests if kind == "manifests" else self._blobs).get((repository, version))

    def challenge(self, request: Request, repository: str) -> str:
        """What WWW-Authenticate says; empty when the request may pass."""
        sent = request.headers.get("authorization", "")
        if self.auth == "basic" and sent != self.basic:
            return 'Basic realm="lying, registry"'
        if self.auth == "bearer" and sent[7:] not in self.tokens:
            realm = self.realm or self.url + "/token"
            return 'Bearer realm="%s",service="lying, registry",scope="repository:%s:pull"' % (
                realm,
                repository,
            )
        return ""

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(("%s:%s" % (self.username, self.password)).encode()).decode()

    def issue(self, request: Request) -> dict[str, Any] | None:
        """A token, or None for those who may not have one."""
        sent = request.headers.get("authorization")
        form = parse_qs(request.body.decode())
        if request.method == "POST":
            if form.get("grant_type") != ["refresh_token"] or form["refresh_token"] != [self.identity_token]:
                return None
        elif sent != self.basic and not (self.anonymous and sent is None):
            return None
        token = "token-%d" % len(self.tokens)
        self.tokens.add(token)
        return {"token": token, "expires_in": self.token_life_s}

    def wrap(self, connection: socket.socket) -> socket.socket | None:
        """The connection as the server speaks it; None for a client that speaks something else."""
        connection.settimeout(30)
        first = connection.recv(1, socket.MSG_PEEK)
        if (first == b"\x16") != (self._tls is not None):  # RFC 8446, Section 5.1: a handshake record
            connection.recv(_PIECE)  # what is left unread would take our answer away with it
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            return None
        try:
            return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection
        except (ssl.SSLError, OSError):
            return None


def layer(files: dict[str, bytes]) -> Blob:
    """A gzip layer with these files, the same bytes every time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return Blob(LAYER, gzip.compress(buffer.getvalue(), 1, mtime=0))


def _config(layers: tuple[Blob, ...], config: dict[str, Any]) -> dict[str, Any]:
    diff_ids = []
    for item in layers:
        content = gzip.decompress(item.content) if item.content[:2] == b"\x1f\x8b" else item.content
        diff_ids.append("sha256:" + hashlib.sha256(content).hexdigest())
    return {
        "architecture": "amd64",
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    }


def _server_context(certificate: tuple[str, str], client_ca: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], registry: LyingRegistry) -> None:
        self.registry = registry
        super().__init__(address, _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the connection's own thread, so that a slow handshake stops nobody else."""
        try:
            wrapped = self.registry.wrap(request)
            if wrapped is not None:
                _Handler(wrapped, client_address, self)
                if wrapped is not request:
                    wrapped.close()
        except OSError:
            pass  # a client that went away is its own business


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server
    wfile: BinaryIO  # type: ignore[assignment]

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        """containerd posts for a token first, and takes 405 for the advice to use GET."""
        if self.path == "/token" and not self.server.registry.identity_token:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._send(405, {}, b"", Lie(""))
        else:
            self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        pass

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        length, registry = int(headers.get("content-length", "0")), self.server.registry
        at_once = registry.take_at_once(self.command, parts.path)
        sent = self.rfile.read(length if at_once is None else min(at_once.drop_after or 0, length))
        request = Request(self.command, parts.path, parse_qs(parts.query), headers, self.client_address, sent)
        told = registry.take(request) or Lie("")
        if at_once is not None:
            registry.uploads.keep(request.path, sent)
            if at_once.is_early:
                self._send(at_once.status, {"Content-Type": "application/json"}, at_once.body, at_once)
            self.close_connection = True
            return
        if told.delay_s and told.stall_after is None:
            time.sleep(told.delay_s)
        if told.hang_up:
            self.close_connection = True
            return
        if told.status:  # then it also does nothing
            status, answer_headers, body = told.status, {"Content-Type": "application/json"}, told.body
        else:
            status, answer_headers, body = self._truth(request, told)
        self._send(status, {**answer_headers, **told.headers}, body, told)

    def _truth(self, request: Request, told: Lie) -> tuple[int, dict[str, str], bytes]:
        registry = self.server.registry
        if request.path == "/token":
            issued = registry.issue(request)
            body = json.dumps(issued or {"details": "no"}).encode()
            return 200 if issued else 401, {"Content-Type": "application/json"}, body
        found = re.fullmatch(re.escape(registry.root) + r"/(.+)/(manifests|blobs)/([^/]+)", request.path)
        repository, kind, version = found.groups() if found else ("", "", "")
        challenge = registry.challenge(request, repository)
        if challenge:
            return 401, {"WWW-Authenticate": challenge}, _error("UNAUTHORIZED", "authentication required")
        if request.path == "/v2/":
            return 200, {}, b"{}"
        taken = registry.uploads.answer(request)
        if taken is not None:
            return taken
        blob = registry.find(repository, kind, version)
        if blob is None:
            code = "MANIFEST_UNKNOWN" if kind == "manifests" else "BLOB_UNKNOWN"
            return 404, {"Content-Type": "application/json"}, _error(code, kind + " unknown")
        headers = {"Content-Type": blob.media_type, "Docker-Content-Digest": blob.digest}
        body = blob.content if told.content is None else told.content
        return self._ranged(request, told, headers, body)

    def _ranged(
        self, request: Request, told: Lie, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        wanted = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        if wanted is None or told.no_range:
            return 200, headers, body
        start = int(wanted.group(1))
        if start >= len(body):
            return 416, headers, b""
        span = "bytes %d-%d/%d" % (start, len(body) - 1, len(body))
        return 206, {**headers, "Content-Range": span}, body[start:]

    def _send(self, status: int, headers: dict[str, str], body: bytes, told: Lie) -> None:
        self.send_response(status)
        for name, value in headers.items():
            for line in value.split("\n") if value else ():
                self.send_header(name, line)
        if told.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body) if told.length is None else told.length))
        if "Content-Length" in headers or told.length is not None:
            self.close_connection = True
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(body, told)

    def _send_body(self, body: bytes, told: Lie) -> None:
        stop = len(body)
        for end in (told.cut_after, told.stall_after):
            stop = stop if end is None else min(stop, end)
        view = memoryview(body)[:stop]
        for start in range(0, len(view), _PIECE):
            piece = view[start : start + _PIECE]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if told.chunked else piece)
        if told.stall_after is not None:
            time.sleep(told.delay_s)
        if stop < len(body):
            self.close_connection = True
        elif told.chunked:
            self.wfile.write(b"0\r\n\r\n")


def _error(code: str, message: str) -> bytes:
    return json.dumps({"errors": [{"code": code, "message": message}]}).encode()
