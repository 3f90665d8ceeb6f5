# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image from the content store to a registry: looked at from both ends, then moved, the name last.

Blobs go in parallel, then the documents, children first, so that nobody ever sees a name whose image is not there.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, wait
from typing import TYPE_CHECKING, Any

from .._services.content import Content
from .._values.errors import Damaged, Failure, NotFound
from .._values.manifest import parse_config, select_manifests
from .._values.platform import fitting, normalise
from .._values.push import Part, Pushed, Shipment
from .._values.source import source_key
from .blob_reading import blobs_folder, stream
from .graph import walk
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from .._services.registry.target import Target
    from .._services.session import Session
    from .._values.descriptor import Descriptor
    from .._values.image import Graph, Image
    from .._values.platform import Platform
    from .._values.reference import Reference
    from .._values.registry import RegistryAccess

# Layers that their maker keeps for himself; containerd's clients neither fetch them by default nor push them.
_NOT_DISTRIBUTABLE = (
    "application/vnd.oci.image.layer.nondistributable.",
    "application/vnd.docker.image.rootfs.foreign.",
)
_MAX_SOURCES = 3  # repositories that are asked whether a blob can be mounted from them


def choose(content: Content, image: Image, platform: Platform) -> Descriptor:
    """The manifest of an image for one platform."""

    def read(of: Descriptor) -> bytes:
        try:
            return content.read(of.digest)
        except NotFound as exc:
            words = "image %s has manifest %s for platform %s, which is not here" % (
                image.name,
                of.digest,
                platform,
            )
            raise NotFound(
                words, "pull that platform with ctr_image first", call=exc.call, code=exc.code
            ) from exc

    of, manifest = walk(image.target, (platform,), image.name, read).manifests[0]
    if not image.target.is_index:
        _check_platform(parse_config(read(manifest.config), manifest.config), of, platform, image.name)
    return of


def _check_platform(config: Mapping[str, object], of: Descriptor, wanted: Platform, name: str) -> None:
    """An image without an index has one platform, which its config tells."""
    os_name, architecture, variant = (str(config.get(key) or "") for key in ("os", "architecture", "variant"))
    own = normalise(os_name, architecture, variant)
    if own not in fitting(wanted):
        select_manifests((of.replace(platform=own),), (wanted,), name)


def survey(
    session: Session,
    name: str,
    target: Descriptor,
    reference: Reference,
    registry: Target,
    access: RegistryAccess,
) -> Shipment:
    """What of an image is here, what is there, and what has to move; sends nothing."""
    content = Content(session)
    absent: list[Descriptor] = []

    def read(document: Descriptor) -> bytes | None:
        try:
            return content.read(document.digest)
        except NotFound:
            absent.append(document)
            return None

    graph = walk(target, (), name, read)
    origin = _origin(content, target, reference)
    with Workers(session, access.max_concurrent_downloads, "survey") as workers:
        below = [workers.submit(_look_at_document, registry, of, data) for of, data in graph.documents[1:]]
        lost = [workers.submit(_look_at_document, registry, of, None) for of in absent if of != target]
        blobs = [
            workers.submit(_look_at_blob, registry, blob, reference, origin)
            for blob in graph.blobs
            if not blob.media_type.startswith(_NOT_DISTRIBUTABLE)
        ]
        content_of_target = graph.documents[0][1] if graph.documents else b""
        last = Part(target, content_of_target, is_here=bool(graph.documents))
        documents = [*_results(lost), *reversed(_results(below)), last]
        return _shipment(target, graph, documents, _results(blobs))


def _origin(content: Content, target: Descriptor, reference: Reference) -> str:
    """The repositories that the image came from, as far as they are on the host that it goes to."""
    blob = content.find(target.digest)
    return blob.labels.get(source_key(reference.host), "") if blob else ""


def _look_at_document(_session: Session, registry: Target, of: Descriptor, data: bytes | None) -> Part:
    there = registry.find(of.digest) == of.digest
    return Part(of, data or b"", is_here=data is not None, is_there=there)


def _look_at_blob(
    session: Session, registry: Target, blob: Descriptor, reference: Reference, origin: str
) -> Part:
    here = Content(session).find(blob.digest)
    if here is not None and here.size != blob.size:
        raise Damaged(
            "blob %s has %d bytes here, and its image says %d" % (blob.digest, here.size, blob.size),
            "remove the image and pull it again",
        )
    if registry.has(blob.digest):
        return Part(blob, is_here=here is not None, is_there=True)
    known = here.labels.get(source_key(reference.host), "") if here else ""
    source = next(
        (place for place in _sources(known or origin, reference) if registry.is_in(place, blob.digest)), ""
    )
    return Part(blob, is_here=here is not None, source=source)


def _sources(label: str, reference: Reference) -> list[str]:
    """The repositories of a label, the nearest first: they are likeliest to be open to who may push here."""
    own = reference.repository.split("/")

    def distance(place: str) -> int:
        return -sum(1 for ours, theirs in zip(own, place.split("/")) if ours == theirs)

    places = [place for place in label.split(",") if place and place != reference.repository]
    return sorted(places, key=distance)[:_MAX_SOURCES]


def _shipment(target: Descriptor, graph: Graph, documents: Sequence[Part], blobs: Sequence[Part]) -> Shipment:
    gone = {part.blob.digest for part in blobs if part.is_lacking}
    whole: list[str] = []
    lacking = [_words(part.blob) for part in documents if part.is_lacking]
    for of, manifest in graph.manifests:
        missing = [blob.digest for blob in manifest.children if blob.digest in gone]
        if missing:
            lacking += [_words(of)] if of.platform else ["blob " + digest for digest in missing]
        elif of.platform:
            whole.append(str(of.platform))
    return Shipment(target, tuple(documents), tuple(blobs), tuple(lacking), tuple(whole))


def _words(of: Descriptor) -> str:
    known = of.platform is not None and of.platform.os != "unknown"  # that of an attestation says nothing
    return "platform %s" % of.platform if known else "manifest %s" % of.digest


def ship(
    session: Session,
    shipment: Shipment,
    reference: Reference,
    registry: Target,
    access: RegistryAccess,
) -> Pushed:
    """Send what is lacking, and point the reference at the target last."""
    todo = [part for part in shipment.blobs if not part.is_there]
    stop = threading.Event()
    folder = blobs_folder(session) if todo else ""
    with Workers(session, access.max_concurrent_downloads, "push") as workers:
        futures = [workers.submit(_send, registry, part, folder, stop) for part in todo]
        try:
            moved = _results(futures)
        except BaseException:
            stop.set()
            raise
    sent = sum(part.blob.size for part, has_moved in zip(todo, moved) if has_moved)
    mounted = sum(part.blob.size for part, has_moved in zip(todo, moved) if not has_moved)
    for part in shipment.documents[:-1]:
        if not part.is_there:
            registry.put(part.blob.digest, part.blob, part.content)
            sent += part.blob.size
    last = shipment.documents[-1]
    registry.put(reference.version, last.blob, last.content)
    return Pushed(sent + last.blob.size, mounted)


def _results(futures: Sequence[Future[Any]]) -> list[Any]:
    """All results, or the first failure as soon as there is one."""
    done, _pending = wait(futures, return_when=FIRST_EXCEPTION)
    for future in done:
        future.result()
    return [future.result() for future in futures]


def _send(session: Session, registry: Target, part: Part, folder: str, stop: threading.Event) -> bool:
    """Whether the bytes had to move."""
    from .._services.registry.upload import Upload

    def read(offset: int) -> Iterator[bytes]:
        if not part.is_here:
            raise NotFound(
                "registry %s did not mount blob %s from repository %s, and the blob is not here"
                % (registry.host, part.blob.digest, part.source),
                "pull the image with all_platforms=true first",
            )
        return _until(stop, stream(session, folder, part.blob, offset))

    return Upload(registry, part.blob, read).run(part.source)


def _until(stop: threading.Event, chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if stop.is_set():
            raise Failure("the push was given up because another part of it failed", "see that failure")
        yield chunk
