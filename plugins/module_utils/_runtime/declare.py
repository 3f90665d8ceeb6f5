# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declaring containers: from an image to a snapshot and a record, and back to nothing.

The order is ours to keep: containerd removes the record of a running container without a word.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from .._services.containers import Containers
from .._services.content import Content
from .._services.images import Images
from .._services.namespaces import DEFAULT_RUNTIME, DEFAULT_RUNTIME_LABEL, namespace_labels
from .._services.snapshots import Snapshots
from .._spec.builder import build_spec
from .._spec.identity import resolve_identity, resolve_image_identity, with_groups
from .._values import labels
from .._values.container import NO_IMAGE, Container, Creation, ImageFacts
from .._values.errors import AlreadyExists, Failure, NotFound, Refused
from .._values.manifest import chain_of, parse_config
from .._values.platform import host_platform
from .graph import walk
from .host import read_host
from .lease import leased, sweep
from .lifecycle import Lifecycle
from .own_files import forget, keeping
from .rootfs import read_users, read_users_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._services.session import Session
    from .._values.image import Image


def image_facts(session: Session, image: Image) -> ImageFacts | None:
    """What a container takes over from this image; None when a part of that is not here."""
    content = Content(session)
    try:
        graph = walk(image.target, (host_platform(),), image.name, lambda of: content.read(of.digest))
        config = graph.manifests[0][1].config
        document = content.read(config.digest)
    except NotFound:
        return None
    chain = chain_of(document, config)
    return ImageFacts(image.name, image.labels, parse_config(document, config), chain[-1] if chain else "")


def create(session: Session, creation: Creation, snapshotter: str) -> None:
    """Make the snapshot, if there is to be one, the files and the record; on failure none of them stays."""
    sweep(session)  # a run that was killed may have left a snapshot of that name
    with keeping(session, creation.id, creation.wish.files), leased(session) as held:
        container = prepare(held, creation, snapshotter, creation.id)
        with _removing(Snapshots(held, container.snapshotter), container.snapshot_key):
            Containers(held).create(container)


def prepare(held: Session, creation: Creation, snapshotter: str, key: str) -> Container:
    """The record to be, on a snapshot ``key`` of its own that the lease of ``held`` holds, or on a directory."""
    if creation.wish.rootfs:
        return _build(held, creation, NO_IMAGE, read_users_of(creation.wish.rootfs))
    image = Images(held).find(creation.image)
    facts = image_facts(held, image) if image else None
    if facts is None:
        raise NotFound("image %s is not here" % creation.image, "set pull=missing")
    snapshots = Snapshots(held, snapshotter)
    _prepare(snapshots, key, facts)
    with _removing(snapshots, key):
        users = read_users(snapshots.mounts(key))
        return _build(held, creation, facts, users).replace(snapshotter=snapshotter, snapshot_key=key)


@contextmanager
def _removing(snapshots: Snapshots, key: str) -> Iterator[None]:
    """Remove the snapshot when the ``with`` fails; the first failure is the one to tell."""
    try:
        yield
    except BaseException:
        if key:
            with suppress(Failure):
                snapshots.remove(key)
        raise


def _prepare(snapshots: Snapshots, key: str, facts: ImageFacts) -> None:
    try:
        snapshots.prepare(key, facts.chain_id, {})
    except AlreadyExists as exc:
        raise exc.advise("a snapshot of that name is left from elsewhere: choose another name") from exc
    except NotFound as exc:
        raise exc.advise("the image is not unpacked: run ctr_image for it first") from exc


def _build(session: Session, creation: Creation, facts: ImageFacts, users: tuple[str, str]) -> Container:
    """The record to be, without a snapshot; ``users`` are the texts of passwd and group in its file system."""
    if creation.wish.user is None:
        image_user = (facts.config.get("config") or {}).get("User") or ""
        identity = resolve_image_identity(image_user, *users)
    else:
        identity = resolve_identity(creation.wish.user, *users)
    if creation.wish.groups:
        identity = with_groups(identity, creation.wish.groups, users[1])
    needs_host = creation.wish.privileged or creation.wish.network_mode == "host"
    spec = build_spec(
        creation.wish,
        facts.config,
        identity,
        namespace=session.endpoint.namespace,
        container_id=creation.id,
        host=read_host() if needs_host else None,
    )
    runtime = creation.runtime or namespace_labels(session).get(DEFAULT_RUNTIME_LABEL) or DEFAULT_RUNTIME
    return Container(
        creation.id,
        creation.image,
        _labels(creation, facts),
        runtime,
        "",
        "",
        spec,
        extra=_runtime_options(creation),
    )


def _runtime_options(creation: Creation) -> dict[str, Any]:
    if not creation.runtime_options:
        return {}
    from .._services.runtime_options import encode_options

    return {"runtime": {"options": encode_options(creation.runtime_options)}}


def _labels(creation: Creation, facts: ImageFacts) -> dict[str, str]:
    """The image's labels under the user's, as containerd's clients have it; oversized ones of the image drop."""
    image = facts.config.get("config") or {}
    inherited = {**(image.get("Labels") or {}), **facts.labels}
    kept = {k: v for k, v in inherited.items() if labels.fits(k, v)}
    kept[labels.STOP_SIGNAL] = creation.stop_signal or image.get("StopSignal") or "SIGTERM"
    for key, value in creation.labels.items():
        if not labels.fits(key, value):
            raise Refused(
                "label %s is longer than the %d bytes that containerd takes" % (key, labels.MAX_BYTES),
                "shorten it, or make it an annotation",
            )
        kept[key] = value
    return kept


def remove(session: Session, container_id: str, signal_number: int, timeout_s: float) -> None:
    """Stop the process, then remove task, snapshot, record and files, so that no step leaves an orphan."""
    containers, lifecycle = Containers(session), Lifecycle(session)
    container = containers.find(container_id)
    if container is None:
        return
    lifecycle.stop(container_id, signal_number, timeout_s)
    lifecycle.delete(container_id)
    if container.snapshot_key:
        with suppress(NotFound):
            Snapshots(session, container.snapshotter).remove(container.snapshot_key)
    forget(session, container)
    containers.delete(container_id)
    sweep(session)  # a run that was killed while it made the container may have left a lease
