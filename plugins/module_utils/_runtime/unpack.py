# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers into a chain of committed snapshots, as containerd's own clients do it."""

from __future__ import annotations

import base64
import os
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .._services import diff
from .._services.content import Content
from .._services.leases import Leases
from .._services.snapshots import Snapshots
from .._values import labels as gc_labels
from .._values.digest import chain_ids
from .._values.errors import AlreadyExists, Damaged, Failure, Locked
from .._values.manifest import Manifest, diff_ids, parse_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._services.session import Session
    from .._values.container import SnapshotMount
    from .._values.descriptor import Descriptor

REF_LABEL = "containerd.io/snapshot.ref"
ATTEMPTS = 5  # at a layer that other clients unpack, and may fail with, at the same time
INHERITED_PREFIX = "containerd.io/snapshot/"  # annotations of a layer that its snapshot takes over


class ChainLocks:
    """One lock for each snapshot to be, so that images that share layers do not unpack them twice."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def of(self, chain_id: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(chain_id, threading.Lock())


def unpack(
    session: Session,
    snapshotter: str,
    manifest: Manifest,
    config: bytes,
    wait_for: Callable[[Descriptor], bool],
    locks: ChainLocks,
) -> None:
    """Extend the chain up to the top layer, each as soon as ``wait_for`` says that its blob is here.

    It tells as well whether that blob has its diff id for a label already.

    Ends by labelling the config with the top of the chain, which keeps the snapshots from then on.
    """
    snapshots, content = Snapshots(session, snapshotter), Content(session)
    diffs = diff_ids(parse_config(config, manifest.config), manifest.config)
    chain = chain_ids(diffs)
    if len(diffs) != len(manifest.layers):
        raise Damaged(
            "image config %s names %d layers, its manifest %d"
            % (manifest.config.digest, len(diffs), len(manifest.layers)),
            "rebuild and push the image",
        )
    for position, layer in enumerate(manifest.layers):
        has_diff_id = wait_for(layer)
        parent = chain[position - 1] if position else ""
        with locks.of(chain[position]):
            for _attempt in range(ATTEMPTS):
                if _is_kept(session, snapshots, snapshotter, chain[position]) or _apply(
                    session, snapshots, layer, diffs[position], parent, chain[position]
                ):
                    break
            else:
                raise Locked(
                    "snapshot %s comes and goes, as other clients make and remove it" % chain[position],
                    "run the task again once they are done",
                )
        if not has_diff_id:  # a change of labels waits for the disk
            content.set_labels(layer.digest, {gc_labels.UNCOMPRESSED: diffs[position]})
    wait_for(manifest.config)
    if chain:
        content.set_labels(manifest.config.digest, {gc_labels.GC_SNAPSHOT + snapshotter: chain[-1]})


def _is_kept(session: Session, snapshots: Snapshots, snapshotter: str, chain_id: str) -> bool:
    """Whether a snapshot is there, and ours to build on: another client's goes when that client fails."""
    if not snapshots.exists(chain_id):
        return False
    Leases(session).hold(session.lease, "snapshots/" + snapshotter, chain_id)
    return snapshots.exists(chain_id)


def _apply(
    session: Session, snapshots: Snapshots, layer: Descriptor, diff_id: str, parent: str, chain_id: str
) -> bool:
    """Unpack a layer; False when another client was faster with the same one."""
    labels = {k: v for k, v in layer.annotations.items() if k.startswith(INHERITED_PREFIX)}
    labels[REF_LABEL] = chain_id
    try:
        with _extracting(snapshots, chain_id, parent, labels) as (key, mounts):
            applied = diff.apply(session, layer, mounts)
            if applied != diff_id:
                raise Damaged(
                    "layer %s unpacks to %s, but the image config promises %s"
                    % (layer.digest, applied, diff_id),
                    "rebuild and push the image",
                )
            snapshots.commit(chain_id, key, labels)
    except AlreadyExists:
        return False
    return True


@contextmanager
def _extracting(
    snapshots: Snapshots, chain_id: str, parent: str, labels: Mapping[str, str]
) -> Iterator[tuple[str, list[SnapshotMount]]]:
    """A writable snapshot to unpack into, which does not outlive a failure."""
    unique = base64.urlsafe_b64encode(os.urandom(3)).decode()
    key = "extract-%d-%s %s" % (time.time_ns() % 1_000_000_000, unique, chain_id)
    mounts = snapshots.prepare(key, parent, labels)
    try:
        yield key, mounts
    except BaseException:
        with suppress(Failure):  # the lease's end removes it as well; the first failure is the one to tell
            snapshots.remove(key)
        raise
