# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pull: all that a registry has and the store lacks, unpacked while the rest is still coming.

Blobs go in parallel, the layers of each image are unpacked in order as they arrive, and a name points to its
image only once all of it is here. Until then a lease holds what came; when something fails, it lets go.
"""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, Future, wait
from typing import TYPE_CHECKING, Any

from .._services.content import Content
from .._services.images import Images
from .._values.image import Graph, Naming, Pull, Pulled
from .fetch import Fetcher
from .graph import is_runnable, walk
from .lease import leased
from .mending import make_room
from .records import point
from .unpack import ChainLocks, unpack
from .workers import Workers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._services.session import Session
    from .registries import Registries

UNPACKERS = 4  # images unpacked at a time


def pull(session: Session, pulls: Sequence[Pull], registries: Registries) -> list[Pulled]:
    """Complete the images and point their names at them; on failure nothing new stays behind."""
    with leased(session) as held:
        damaged = {digest for job in pulls if job.remote for digest in job.remote.damaged}
        if damaged:
            make_room(held, damaged)
        graphs = [_graph(held, job) for job in pulls]
        with Workers(held, min(UNPACKERS, len(pulls)), "unpack") as unpackers, Fetcher(
            held, registries, registries.access
        ) as fetcher:
            for job, graph in zip(pulls, graphs):
                fetcher.begin(job, graph)
            locks = ChainLocks()
            images = [
                unpackers.submit(_complete, job, graph, fetcher, locks) for job, graph in zip(pulls, graphs)
            ]
            _wait_for(images)
            moved = fetcher.moved()
        for job in pulls:
            if job.remote is not None:
                point(Images(held), Naming(job.name, job.target, {}))
    return [Pulled(job.name, job.remote.host if job.remote else "", moved.get(job.name, 0)) for job in pulls]


def _graph(session: Session, job: Pull) -> Graph:
    """What the image consists of: as the registry told, or, when only unpacking is left, as stored."""
    if job.remote is not None:
        return job.remote.graph
    content = Content(session)
    return walk(job.target, job.extent.platforms, job.name, lambda of: content.read(of.digest))


def _complete(session: Session, job: Pull, graph: Graph, fetcher: Fetcher, locks: ChainLocks) -> None:
    """Unpack one image as its layers arrive, then store its documents."""
    if job.extent.unpack:
        configs: Mapping[str, bytes] = job.remote.configs if job.remote else {}
        for _of, manifest in graph.manifests:
            if is_runnable(manifest):
                digest = manifest.config.digest
                config = configs.get(digest) or Content(session).read(digest)
                unpack(session, job.extent.snapshotter, manifest, config, fetcher.wait_for, locks)
    fetcher.finish(session, job, graph)


def _wait_for(images: Sequence[Future[Any]]) -> None:
    """Until all are complete, or the first failure as soon as there is one."""
    done, _pending = wait(images, return_when=FIRST_EXCEPTION)
    for image in done:
        image.result()
