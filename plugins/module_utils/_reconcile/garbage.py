# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the garbage collector of containerd would leave, computed: from the roots along the labels. Pure.

Its rules are those of containerd's docs/garbage-collection.md. It is containerd that removes; this foretells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Union

from .._values.labels import GC_ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._values.holdings import Holdings
    from .._values.image import Image

    Node = Union[str, "tuple[str, str]"]  # a digest, or a snapshotter and a key

_CONTENT = "containerd.io/gc.ref.content"
_SNAPSHOT = "containerd.io/gc.ref.snapshot."
_FLAT = "containerd.io/gc.flat"
_HELD_SNAPSHOT = "snapshots/"


def edges(labels: Mapping[str, str]) -> Iterator[Node]:
    """Where labels lead: ``gc.ref.content[.x|/x]`` to a blob, ``gc.ref.snapshot.NAME[/x]`` to a snapshot."""
    for key, value in labels.items():
        if key.startswith(_CONTENT) and key[len(_CONTENT) : len(_CONTENT) + 1] in ("", ".", "/"):
            yield value
        elif key.startswith(_SNAPSHOT):
            yield key[len(_SNAPSHOT) :].partition("/")[0], value


class Graph:
    """The blobs and snapshots of a namespace, and what leads from one to the other."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._from: dict[Node, list[Node]] = {
            blob.digest: list(edges(blob.labels)) for blob in holdings.blobs
        }
        for snapshotter, snapshot in holdings.snapshots:
            parents: list[Node] = [(snapshotter, snapshot.parent)] if snapshot.parent else []
            self._from[snapshotter, snapshot.key] = parents + list(edges(snapshot.labels))

    def reach(self, *nodes: Node) -> set[Node]:
        """All that is there and that these lead to, themselves included."""
        reached: set[Node] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node in self._from and node not in reached:
                reached.add(node)
                waiting += self._from[node]
        return reached

    def of_image(self, image: Image) -> set[Node]:
        """What an image keeps: its content, and the snapshots that its configs lead to."""
        return self.reach(image.target.digest, *edges(image.labels))

    def tops_of(self, image: Image) -> set[Node]:
        """The snapshots in which the layers of an image end; those below are others' as much as its own."""
        content = [node for node in self.of_image(image) if isinstance(node, str)]
        led = (to for node in content for to in self._from[node])
        return {to for to in led if isinstance(to, tuple)}

    def in_use(self) -> set[Node]:
        """What containers and leases keep."""
        nodes: list[Node] = []
        flat: set[Node] = set()
        for use in self._holdings.uses:
            nodes += [(use.snapshotter, use.snapshot_key), *edges(use.labels)]
        for lease in self._holdings.leases:
            held = [_node(kind, key) for kind, key in lease.held]
            if _FLAT in lease.labels:
                flat.update(held)
            else:
                nodes += held
        return self.reach(*nodes) | {node for node in flat if node in self._from}

    def garbage(self) -> set[Node]:
        """What nothing leads to."""
        rooted: list[Node] = [b.digest for b in self._holdings.blobs if GC_ROOT in b.labels]
        rooted += [(name, s.key) for name, s in self._holdings.snapshots if GC_ROOT in s.labels]
        kept = self.in_use() | self.reach(*rooted)
        for image in self._holdings.images:
            kept |= self.of_image(image)
        return set(self._from) - kept


def _node(kind: str, key: str) -> Node:
    return (kind[len(_HELD_SNAPSHOT) :], key) if kind.startswith(_HELD_SNAPSHOT) else key
