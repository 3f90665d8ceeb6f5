# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blobs and documents into the content store, with the labels that hold them together.

Knows refs, labels and whose turn it is to write; never which image is wanted, or why.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.ingests import Ingests, Source
from .._values import labels as gc_labels
from .._values.descriptor import CONFIG_TYPES, Descriptor
from .._values.errors import Damaged, Failure, Locked, Refused
from .._values.manifest import diff_ids, parse_config, parse_index, parse_manifest
from .graph import is_runnable
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from .._services.session import Session
    from .._values.image import Graph, Pull, Remote
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess
    from .registries import Registries

SOURCE_LABEL = "containerd.io/distribution.source."
LOCK_PAUSE_S = 0.02  # first wait for another client that writes the same blob; doubled up to
MAX_LOCK_PAUSE_S = 1.0


class Fetcher:
    """Gets each blob once, whichever image asks for it first. Leaving it on failure stops what still moves."""

    def __init__(self, session: Session, registries: Registries, access: RegistryAccess) -> None:
        self._registries = registries
        self._timeout_s = access.timeout_s
        self._workers = Workers(session, access.max_concurrent_downloads, "fetch")
        self._blobs: dict[str, tuple[Pull, Future[int], bool]] = {}
        self._stop = threading.Event()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, kind: object, *exc: object) -> None:
        if kind is not None:
            self._stop.set()
        self._workers.__exit__(kind, *exc)

    def begin(self, job: Pull, graph: Graph) -> None:
        """Queue the layers and configs of one image, in the order in which unpacking wants them."""
        if job.remote is not None:
            promised = _diff_ids(job.remote, graph) if job.extent.unpack else {}
            for blob in graph.blobs:
                if blob.digest not in self._blobs:
                    labels, diff_id = _source_label(job.reference), promised.get(blob.digest)
                    if diff_id:  # unpacking proves it, or the blob goes with the rest of a failed pull
                        labels[gc_labels.UNCOMPRESSED] = diff_id
                    future = self._workers.submit(self._fetch, job, blob, labels)
                    self._blobs[blob.digest] = (job, future, diff_id is not None)

    def wait_for(self, blob: Descriptor) -> bool:
        """Whether the blob has come just now, and with its diff id for a label."""
        if blob.digest not in self._blobs:
            return False
        _job, future, has_diff_id = self._blobs[blob.digest]
        return future.result() > 0 and has_diff_id

    def finish(self, session: Session, job: Pull, graph: Graph) -> int:
        """Wait for the rest of an image and store its documents; returns the bytes that moved for it."""
        if job.remote is None:
            return 0
        moved = 0
        for blob in graph.blobs:
            first, future, _has_diff_id = self._blobs[blob.digest]
            count = future.result()
            if first is job:
                moved += count
            elif first.reference != job.reference:
                _add_labels(Content(session), blob.digest, _source_label(job.reference))
        for of, document in reversed(graph.documents):  # children first
            labels = {**_source_label(job.reference), **_child_labels(of, document)}
            moved += self._ingest(session, of, labels, _memory(document))
        return moved

    def _fetch(self, session: Session, job: Pull, blob: Descriptor, labels: Mapping[str, str]) -> int:
        config = job.remote.configs.get(blob.digest) if job.remote else None
        source = self._registry(job.reference, blob) if config is None else _memory(config)
        return self._ingest(session, blob, labels, source)

    def _registry(self, reference: Reference, blob: Descriptor) -> Source:
        registry = self._registries.of(reference)

        @contextmanager
        def source(offset: int) -> Iterator[Iterable[bytes]]:
            with registry.blob(reference, blob, offset) as chunks:
                yield self._until_stopped(chunks)

        return source

    def _until_stopped(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self._stop.is_set():
                raise Failure("the pull was given up because another part of it failed", "see that failure")
            yield chunk

    def _ingest(self, session: Session, blob: Descriptor, labels: Mapping[str, str], source: Source) -> int:
        """Store one blob. What a failure leaves of it goes with our lease, unless another client goes on from it."""
        ingests, ref = Ingests(session), ref_of(blob)
        try:
            moved = self._write_in_turn(ingests, ref, blob, labels, source)
        except Refused as exc:
            if exc.code != "FAILED_PRECONDITION":
                raise
            _abort(ingests, ref)  # nobody may go on from bytes that are wrong
            raise Damaged(
                "what arrived as blob %s is not what that digest promises: %s" % (blob.digest, exc.message),
                "check the registry or the proxy in front of it, then run the task again",
                call=exc.call,
                code=exc.code,
            ) from exc
        if not moved:  # what was here before takes no diff id on trust
            proven = {key: value for key, value in labels.items() if key != gc_labels.UNCOMPRESSED}
            _add_labels(Content(session), blob.digest, proven)
        return moved

    def _write_in_turn(
        self, ingests: Ingests, ref: str, blob: Descriptor, labels: Mapping[str, str], source: Source
    ) -> int:
        """Write, or wait for the client that is writing the same blob for as long as it gets on."""
        pause_s, seen, patience_ends = LOCK_PAUSE_S, -1, time.monotonic() + self._timeout_s
        while True:
            try:
                return ingests.write(ref, blob, labels, source)
            except Locked:
                offset = ingests.progress(ref)
                if offset != seen:
                    seen, patience_ends = offset, time.monotonic() + self._timeout_s
                if time.monotonic() > patience_ends or self._stop.is_set():
                    raise
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, MAX_LOCK_PAUSE_S)


def ref_of(blob: Descriptor) -> str:
    """The ref of containerd's own clients: who pulls the same blob shares its progress and its lock."""
    if blob.is_index:
        kind = "index-"
    elif blob.is_manifest:
        kind = "manifest-"
    elif blob.media_type in CONFIG_TYPES:
        kind = "config-"
    elif "tar" in blob.media_type:
        kind = "layer-"
    else:
        kind = "attestation-" if "in-toto" in blob.media_type else "unknown-"
    return kind + blob.digest


def _diff_ids(remote: Remote, graph: Graph) -> dict[str, str]:
    """What each layer unpacks to, as the image configs promise."""
    promised: dict[str, str] = {}
    for _of, manifest in graph.manifests:
        if is_runnable(manifest):
            config = parse_config(remote.configs[manifest.config.digest], manifest.config)
            found = diff_ids(config, manifest.config)
            promised.update(zip((layer.digest for layer in manifest.layers), found))
    return promised


def _memory(document: bytes) -> Source:
    @contextmanager
    def source(offset: int) -> Iterator[Iterable[bytes]]:
        yield (document[offset:],)

    return source


def _abort(ingests: Ingests, ref: str) -> None:
    with suppress(Failure):  # the failure that led here is the one to tell
        ingests.abort(ref)


def _source_label(reference: Reference) -> dict[str, str]:
    """Where the blob came from, so that a later push can mount it instead of sending it."""
    host = reference.host if reference.host.startswith("[") else reference.host.partition(":")[0]
    return {SOURCE_LABEL + host: reference.repository}


def _child_labels(of: Descriptor, document: bytes) -> dict[str, str]:
    """The edges along which the garbage collector walks from a document to what hangs on it."""
    if of.is_index:
        listed = parse_index(document, of)
        return {"%sm.%d" % (gc_labels.GC_CONTENT, n): child.digest for n, child in enumerate(listed)}
    manifest = parse_manifest(document, of)
    layers = {"%sl.%d" % (gc_labels.GC_CONTENT, n): layer.digest for n, layer in enumerate(manifest.layers)}
    return {gc_labels.GC_CONTENT + "config": manifest.config.digest, **layers}


def _add_labels(content: Content, digest: str, wanted: Mapping[str, str]) -> None:
    """Complete the labels of a blob that was here before; sources add up, as containerd's clients have it."""
    blob = content.find(digest)
    if blob is None:
        return
    new: dict[str, str] = {}
    for key, value in wanted.items():
        merged = value
        if key.startswith(SOURCE_LABEL):
            merged = ",".join(sorted({value, *blob.labels.get(key, value).split(",")}))
        if blob.labels.get(key) != merged and len(key) + len(merged) <= gc_labels.MAX_BYTES:
            new[key] = merged
    if new:
        content.set_labels(digest, new)
