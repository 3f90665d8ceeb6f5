# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One blob into the content store, in its turn and with its labels, wherever its bytes come from.

Knows refs, labels and whose turn it is to write; never which image is wanted, or why.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.ingests import Ingests, Source
from .._values import labels as gc_labels
from .._values import source as source_label
from .._values.descriptor import CONFIG_TYPES, Descriptor
from .._values.errors import Damaged, Failure, Locked, Refused
from .._values.manifest import parse_index, parse_manifest

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .._services.session import Session

LAYER_PREFIXES = ("application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs.")
LOCK_PAUSE_S = 0.02  # first wait for another client that writes the same blob; doubled up to
MAX_LOCK_PAUSE_S = 1.0


class Ingester:
    """Stores blobs, for as long as ``stop`` is not set and nothing stands still for ``timeout_s``."""

    def __init__(self, timeout_s: float, stop: threading.Event) -> None:
        self._timeout_s = timeout_s
        self._stop = stop

    def ingest(
        self,
        session: Session,
        blob: Descriptor,
        labels: Mapping[str, str],
        source: Source,
        doubt: Callable[[Refused], None] | None = None,
    ) -> int:
        """Store one blob. What a failure leaves of it goes with our lease, unless another client goes on from it.

        When other bytes came than were promised, ``doubt`` hears the store's words, and unless it raises,
        ``source`` is asked for the blob again, from the first byte.
        """
        ingests, ref = Ingests(session), ref_of(blob)
        while True:
            try:
                moved = self._write_in_turn(ingests, ref, blob, labels, source)
                break
            except Refused as exc:
                if exc.code != "FAILED_PRECONDITION":
                    raise
                _abort(ingests, ref)  # nobody may go on from bytes that are wrong
                if doubt is None:
                    raise _damaged(blob, exc) from exc
                doubt(exc)
        if not moved:  # what was here before takes no diff id on trust
            proven = {key: value for key, value in labels.items() if key != gc_labels.UNCOMPRESSED}
            add_labels(Content(session), blob.digest, proven)
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


def memory(document: bytes) -> Source:
    @contextmanager
    def source(offset: int) -> Iterator[Iterable[bytes]]:
        yield (document[offset:],)

    return source


def child_labels(of: Descriptor, document: bytes) -> dict[str, str]:
    """The edges along which the garbage collector walks from a document to what hangs on it."""
    children = parse_index(document, of) if of.is_index else parse_manifest(document, of).children
    found: dict[str, str] = {}
    counts: dict[str, int] = {}
    for child in children:
        kind = _edge_of(child)
        number = counts.get(kind, 0)
        counts[kind] = number + 1
        found[gc_labels.GC_CONTENT + (kind if kind == "config" else kind + str(number))] = child.digest
    return found


def _edge_of(child: Descriptor) -> str:
    """What containerd's own clients call the edge to it, each kind counted for itself."""
    if child.media_type in CONFIG_TYPES:
        return "config"
    if child.is_manifest:
        return "m."
    return "l." if child.media_type.startswith(LAYER_PREFIXES) else ""


def add_labels(content: Content, digest: str, wanted: Mapping[str, str]) -> None:
    """Complete the labels of a blob that was here before; sources add up, as containerd's clients have it."""
    blob = content.find(digest)
    if blob is None:
        return
    new: dict[str, str] = {}
    for key, value in wanted.items():
        merged = value
        if key.startswith(source_label.PREFIX):
            merged = ",".join(sorted({value, *blob.labels.get(key, value).split(",")}))
        if blob.labels.get(key) != merged and gc_labels.fits(key, merged):
            new[key] = merged
    if new:
        content.set_labels(digest, new)


def _damaged(blob: Descriptor, exc: Refused) -> Damaged:
    return Damaged(
        "what arrived as blob %s is not what that digest promises: %s" % (blob.digest, exc.message),
        "have it made or sent again, then run the task again",
        call=exc.call,
        code=exc.code,
    )


def _abort(ingests: Ingests, ref: str) -> None:
    with suppress(Failure):  # the failure that led here is the one to tell
        ingests.abort(ref)
