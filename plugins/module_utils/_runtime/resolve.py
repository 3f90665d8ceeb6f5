# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the registries offer: the digest behind each reference, its manifests and configs, and what is lacking."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.content import Content
from .._values.descriptor import MAX_DOCUMENT_BYTES, Descriptor
from .._values.digest import is_genuine
from .._values.errors import Damaged, NotFound
from .._values.image import Extent, Graph, LookUp, Remote
from .arrived import bytes_arrived
from .graph import walk
from .mending import check_alone
from .presence import platforms_of
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .._services.registry.client import Registry
    from .._services.session import Session
    from .._values.reference import Reference
    from .registries import Registries

_NOTHING = Graph((), ())


def look_up(
    session: Session, questions: Sequence[LookUp], extent: Extent, registries: Registries
) -> dict[str, Remote]:
    """The answers by name; the first failure ends it."""
    if len(questions) == 1:
        return {questions[0].name: _look_up(session, questions[0], extent, registries.of)}
    count = min(len(questions), registries.access.max_concurrent_downloads)
    with Workers(session, count, "look-up") as workers:
        answers = {q.name: workers.submit(_look_up, q, extent, registries.of) for q in questions}
        return {name: answer.result() for name, answer in answers.items()}


def _look_up(
    session: Session, question: LookUp, extent: Extent, registry_of: Callable[[Reference], Registry]
) -> Remote:
    registry, stored = registry_of(question.reference), question.stored
    if stored is not None and question.is_pinned:
        target, source = stored.image.target, registry.host
    else:
        target, source = registry.locate(question.reference)
        if stored is not None and stored.is_complete and stored.image.target.digest == target.digest:
            return Remote(stored.image.target, source, _NOTHING, {}, ())
    content = Content(session)
    damaged: set[str] = set()

    def read(document: Descriptor) -> bytes:
        """From the store when it has the right bytes."""
        with suppress(NotFound):
            found = content.read(document.digest)
            if is_genuine(found, document.digest):
                return found
            check_alone(session, document.digest)
            damaged.add(document.digest)
        return registry.document(question.reference, document)

    graph = walk(target, extent.platforms, question.name, read)
    configs = {manifest.config.digest: _config(read, manifest.config) for _of, manifest in graph.manifests}
    wanted = [of for of, _bytes in graph.documents] + list(graph.blobs)
    missing = tuple(blob for blob in wanted if blob.digest in damaged or content.find(blob.digest) is None)
    arrived = bytes_arrived(session, missing) if missing else {}
    return Remote(target, source, graph, configs, missing, platforms_of(graph), frozenset(damaged), arrived)


def _config(read: Callable[[Descriptor], bytes], config: Descriptor) -> bytes:
    if config.size > MAX_DOCUMENT_BYTES:
        raise Damaged("image config %s is too large" % config.digest, "rebuild the image")
    return read(config)
