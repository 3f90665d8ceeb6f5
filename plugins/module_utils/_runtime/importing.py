# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring images from an archive into the store: blobs in the order of the archive, each layer unpacked as it comes.

A name points to its image only once all of it is here. Until then a lease holds what came, and what was here; when
something fails, it lets go.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .._services.content import Content
from .._services.images import Images
from .._services.leases import Leases
from .._values import labels as gc_labels
from .._values.errors import Damaged, Failure
from .._values.manifest import diff_ids, parse_config
from .graph import is_runnable
from .ingest import Ingester, child_labels, memory
from .lease import leased
from .survey import Survey
from .unpack import ChainLocks, unpack
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .._services.ingests import Source
    from .._services.session import Session
    from .._values.descriptor import Descriptor
    from .._values.image import Graph
    from .._values.offer import Bringing, Entry
    from .archive_reading import ImageArchive
    from .archive_stream import ArchiveStream

UNPACKERS = 4  # images unpacked at a time


def bring(session: Session, archive: ImageArchive, jobs: Sequence[Bringing]) -> int:
    """Write, unpack and name the images; returns the bytes of the blobs that this namespace lacked."""
    survey = Survey(session, archive, jobs[0].extent)
    graphs = [survey.graph(job.name, job.target) for job in jobs]
    with leased(session) as held:
        missing = _hold(held, graphs)
        ingester = Ingester(session.endpoint.timeout_s, threading.Event())
        configs = _write_documents(held, ingester, survey, graphs)
        layers = {
            layer.digest for graph in graphs for _of, manifest in graph.manifests for layer in manifest.layers
        }
        to_come = {digest: blob for digest, blob in missing.items() if digest in layers}
        arrivals = _Arrivals(archive, to_come, _promised(jobs, graphs, configs))
        locks = ChainLocks()
        with Workers(held, min(UNPACKERS, len(jobs)), "unpack") as unpackers:
            unpacking = [
                unpackers.submit(_unpack, job, graph, configs, arrivals, locks)
                for job, graph in zip(jobs, graphs)
                if job.extent.unpack
            ]
            arrivals.write_all(held, ingester, unpacking)
            for future in unpacking:
                future.result()
        for job in jobs:
            _name(Images(held), job)
    return sum(blob.size for blob in missing.values())


def _hold(session: Session, graphs: Sequence[Graph]) -> dict[str, Descriptor]:
    """What is not here, after the lease has taken hold of what is: another client may be removing it."""
    parts = {of.digest: of for graph in graphs for of, _bytes in graph.documents}
    parts.update({blob.digest: blob for graph in graphs for blob in graph.blobs})
    leases, content = Leases(session), Content(session)
    for digest in parts:
        leases.hold(session.lease, "content", digest)
    return {digest: blob for digest, blob in parts.items() if content.find(digest) is None}


def _write_documents(
    session: Session, ingester: Ingester, survey: Survey, graphs: Sequence[Graph]
) -> dict[str, bytes]:
    """Store indexes, manifests and configs, and complete their labels; returns the configs by digest."""
    configs: dict[str, bytes] = {}
    for graph in graphs:
        for _of, manifest in graph.manifests:
            if manifest.config.digest not in configs:
                content = survey.read(manifest.config)
                configs[manifest.config.digest] = content
                ingester.ingest(session, manifest.config, {}, memory(content))
    documents = {of.digest: (of, content) for graph in graphs for of, content in graph.documents}
    for of, content in documents.values():
        ingester.ingest(session, of, child_labels(of, content), memory(content))
    return configs


def _promised(
    jobs: Sequence[Bringing], graphs: Sequence[Graph], configs: Mapping[str, bytes]
) -> dict[str, str]:
    """What each layer unpacks to, as the image configs promise; unpacking proves it."""
    promised: dict[str, str] = {}
    for job, graph in zip(jobs, graphs):
        for _of, manifest in graph.manifests if job.extent.unpack else ():
            if is_runnable(manifest):
                config = parse_config(configs[manifest.config.digest], manifest.config)
                found = diff_ids(config, manifest.config)
                promised.update(zip((layer.digest for layer in manifest.layers), found))
    return promised


class _Arrivals:
    """The layers that are on their way from the archive, for those who wait to unpack them."""

    def __init__(
        self, archive: ImageArchive, layers: Mapping[str, Descriptor], promised: Mapping[str, str]
    ) -> None:
        self._archive = archive
        self._layers = layers
        self._promised = promised
        self._futures: dict[str, Future[bool]] = {digest: Future() for digest in layers}

    def wait_for(self, blob: Descriptor) -> bool:
        """Whether the blob has come just now, and with its diff id for a label."""
        future = self._futures.get(blob.digest)
        return future is not None and future.result()

    def write_all(self, session: Session, ingester: Ingester, unpacking: Sequence[Future[Any]]) -> None:
        """Write every layer, in the order of the archive; gives up when unpacking has failed."""
        try:
            with self._archive.open() as stream:
                for digest, entry in self._archive.entries(self._layers):
                    for future in unpacking:
                        if future.done():
                            future.result()
                    self._futures[digest].set_result(self._write(session, ingester, stream, digest, entry))
        finally:
            for future in self._futures.values():
                if not future.done():
                    future.set_exception(Failure("the import was given up because another part of it failed"))

    def _write(
        self, session: Session, ingester: Ingester, stream: ArchiveStream, digest: str, entry: Entry
    ) -> bool:
        labels = {gc_labels.UNCOMPRESSED: self._promised[digest]} if digest in self._promised else {}
        try:
            moved = ingester.ingest(session, self._layers[digest], labels, _source(stream, entry))
        except Damaged as exc:
            raise exc.advise("copy or make archive %s again" % self._archive.path) from exc
        return moved > 0 and bool(labels)


def _source(stream: ArchiveStream, entry: Entry) -> Source:
    @contextmanager
    def source(offset: int) -> Iterator[Iterable[bytes]]:
        stream.skip_to(entry.offset + offset)
        yield stream.chunks(entry.size - offset)

    return source


def _unpack(
    session: Session,
    job: Bringing,
    graph: Graph,
    configs: Mapping[str, bytes],
    arrivals: _Arrivals,
    locks: ChainLocks,
) -> None:
    for _of, manifest in graph.manifests:
        if is_runnable(manifest):
            config = configs[manifest.config.digest]
            unpack(session, job.extent.snapshotter, manifest, config, arrivals.wait_for, locks)


def _name(images: Images, job: Bringing) -> None:
    """The name at its target, with the labels that are wanted. Others are their user's and the kubelet's, and stay."""
    found = images.find(job.name)
    labels = {key: text for key, text in job.labels.items() if text}
    if found is None:
        images.create(job.name, job.target, labels)
        return
    is_moved = found.target.digest != job.target.digest
    mask = (["target"] if is_moved else []) + [
        "labels." + key for key, text in job.labels.items() if found.labels.get(key, "") != text
    ]
    if mask:
        images.update(job.name, job.target if is_moved else found.target, labels, mask)
