# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blobs and documents from registries into the content store, each once, several at a time.

Knows which image asked for a blob first; never which image is wanted, or why.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._services.content import Content
from .._values import labels as gc_labels
from .._values.errors import Failure
from .._values.manifest import diff_ids, parse_config
from .._values.source import source_key
from .graph import is_runnable
from .ingest import Ingester, add_labels, child_labels, memory
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from concurrent.futures import Future

    from .._services.ingests import Source
    from .._services.registry.senders import Senders
    from .._services.session import Session
    from .._values.descriptor import Descriptor
    from .._values.image import Graph, Pull, Remote
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess
    from .registries import Registries


class Fetcher:
    """Gets each blob once, whichever image asks for it first. Leaving it on failure stops what still moves."""

    def __init__(self, session: Session, registries: Registries, access: RegistryAccess) -> None:
        self._registries = registries
        self._workers = Workers(session, access.max_concurrent_downloads, "fetch")
        self._blobs: dict[str, tuple[Pull, Future[int], bool]] = {}
        self._documents: dict[str, str] = {}  # the image that asked for each first
        self._moved: dict[str, int] = {}  # bytes, by document
        self._stop = threading.Event()
        self._ingester = Ingester(access.timeout_s, self._stop)

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
            for of, _document in graph.documents:
                self._documents.setdefault(of.digest, job.name)

    def wait_for(self, blob: Descriptor) -> bool:
        """Whether the blob has come just now, and with its diff id for a label."""
        if blob.digest not in self._blobs:
            return False
        _job, future, has_diff_id = self._blobs[blob.digest]
        return future.result() > 0 and has_diff_id

    def finish(self, session: Session, job: Pull, graph: Graph) -> None:
        """Wait for the rest of an image and store its documents."""
        if job.remote is None:
            return
        for blob in graph.blobs:
            first, future, _has_diff_id = self._blobs[blob.digest]
            future.result()
            if first.reference != job.reference:
                add_labels(Content(session), blob.digest, _source_label(job.reference))
        for of, document in reversed(graph.documents):  # children first
            labels = {**_source_label(job.reference), **child_labels(of, document)}
            moved = self._ingester.ingest(session, of, labels, memory(document))
            if moved:
                self._moved[of.digest] = moved

    def moved(self) -> dict[str, int]:
        """The bytes that have moved, by name of the image that asked for them first. When all are finished."""
        counts: dict[str, int] = {}
        for first, future, _has_diff_id in self._blobs.values():
            counts[first.name] = counts.get(first.name, 0) + future.result()
        for digest, name in self._documents.items():
            counts[name] = counts.get(name, 0) + self._moved.get(digest, 0)
        return counts

    def _fetch(self, session: Session, job: Pull, blob: Descriptor, labels: Mapping[str, str]) -> int:
        config = job.remote.configs.get(blob.digest) if job.remote else None
        if config is not None:
            return self._ingester.ingest(session, blob, labels, memory(config))
        senders = self._registries.of(job.reference).senders(job.reference, blob)
        return self._ingester.ingest(session, blob, labels, self._sent_by(senders), senders.doubt)

    def _sent_by(self, senders: Senders) -> Source:
        @contextmanager
        def source(offset: int) -> Iterator[Iterable[bytes]]:
            with senders.send(offset) as chunks:
                yield self._until_stopped(chunks)

        return source

    def _until_stopped(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            if self._stop.is_set():
                raise Failure("the pull was given up because another part of it failed", "see that failure")
            yield chunk


def _diff_ids(remote: Remote, graph: Graph) -> dict[str, str]:
    """What each layer unpacks to, as the image configs promise."""
    promised: dict[str, str] = {}
    for _of, manifest in graph.manifests:
        if is_runnable(manifest):
            config = parse_config(remote.configs[manifest.config.digest], manifest.config)
            found = diff_ids(config, manifest.config)
            promised.update(zip((layer.digest for layer in manifest.layers), found))
    return promised


def _source_label(reference: Reference) -> dict[str, str]:
    """Where the blob came from, so that a later push can mount it instead of sending it."""
    return {source_key(reference.host): reference.repository}
