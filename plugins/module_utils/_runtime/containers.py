# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for containers: declare, relabel, remove; the verbs for images and tasks come along.

The order is ours to keep: containerd removes the record of a running container without a word.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from .._services.content import Content
from .._services.namespaces import DEFAULT_RUNTIME, DEFAULT_RUNTIME_LABEL, namespace_labels
from .._services.snapshots import Snapshots
from .._values.container import Container, Creation, Identity, ImageFacts
from .._values.descriptor import chain_of, parse_config
from .._values.errors import AlreadyExists, Failure, NotFound, Refused
from .._values.platform import host_platform
from .graph import walk
from .images import ImageRuntime
from .tasks import TaskRuntime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._services.session import Session
    from .._values.endpoint import Endpoint
    from .._values.image import Extent, Image, LookUp, Pull, Pulled, Remote, Stored
    from .._values.registry import RegistryAccess

STOP_SIGNAL_LABEL = "io.containerd.image.config.stop-signal"
MAX_LABEL_BYTES = 4096  # key and value together; containerd refuses the whole container for a longer one


class ContainerRuntime(TaskRuntime):
    """The verbs that a decision about containers may use."""

    def __init__(self, endpoint: Endpoint, session: Session | None = None) -> None:
        super().__init__(endpoint, session)
        self._images = ImageRuntime(endpoint, self.session)

    def snapshotter(self, wish: str | None) -> str:
        return self._images.snapshotter(wish)

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        return self._images.records(names)

    def inspect(self, images: Sequence[Image], extent: Extent) -> dict[str, Stored]:
        return self._images.inspect(images, extent)

    def look_up(
        self, questions: Sequence[LookUp], extent: Extent, access: RegistryAccess
    ) -> dict[str, Remote]:
        return self._images.look_up(questions, extent, access)

    def pull(self, pulls: Sequence[Pull], access: RegistryAccess) -> list[Pulled]:
        return self._images.pull(pulls, access)

    def image_facts(self, image: Image) -> ImageFacts | None:
        """What a container takes over from this image; None when a part of that is not here."""
        content = Content(self.session)
        try:
            graph = walk(image.target, (host_platform(),), image.name, lambda of: content.read(of.digest))
            config = graph.manifests[0][1].config
            document = content.read(config.digest)
        except NotFound:
            return None
        chain = chain_of(document, config)
        return ImageFacts(
            image.name, image.labels, parse_config(document, config), chain[-1] if chain else ""
        )

    def parent(self, container: Container) -> str | None:
        """The chain id that the container's snapshot stands on; None when the snapshot is gone."""
        return Snapshots(self.session, container.snapshotter).find_parent(container.snapshot_key)

    def identity(self, container: Container, user: str) -> Identity:
        """Who ``user`` is in the container's own file system, whether it runs or not."""
        from .._spec.identity import resolve_identity
        from .rootfs import read_users

        mounts = Snapshots(self.session, container.snapshotter).mounts(container.snapshot_key)
        return resolve_identity(user, *read_users(mounts))

    def create(self, creation: Creation, snapshotter: str) -> None:
        """Make the snapshot and the record; on failure neither stays."""
        from .lease import leased, sweep

        sweep(self.session)  # a run that was killed may have left a snapshot of that name
        facts = self._facts(creation.image)
        with leased(self.session) as held:
            self._prepare(held, snapshotter, creation.id, facts)
            try:
                container = self._build(held, snapshotter, creation, facts)
                self._containers.create(container)
            except BaseException:
                with suppress(Failure):  # the first failure is the one to tell
                    Snapshots(held, snapshotter).remove(creation.id)
                raise

    def _facts(self, name: str) -> ImageFacts:
        image = self.records([name]).get(name)
        facts = self.image_facts(image) if image else None
        if facts is None:
            raise NotFound("image %s is not here" % name, "set pull=missing")
        return facts

    def _prepare(self, held: Session, snapshotter: str, key: str, facts: ImageFacts) -> None:
        try:
            Snapshots(held, snapshotter).prepare(key, facts.chain_id, {})
        except AlreadyExists as exc:
            raise exc.advise("a snapshot of that name is left from elsewhere: choose another name") from exc
        except NotFound as exc:
            raise exc.advise("the image is not unpacked: run ctr_image for it first") from exc

    def _build(self, held: Session, snapshotter: str, creation: Creation, facts: ImageFacts) -> Container:
        from .._spec.builder import build_spec
        from .._spec.identity import resolve_identity, resolve_image_identity
        from .host import read_host
        from .rootfs import read_users

        users = read_users(Snapshots(held, snapshotter).mounts(creation.id))
        if creation.wish.user is None:
            image_user = (facts.config.get("config") or {}).get("User") or ""
            identity = resolve_image_identity(image_user, *users)
        else:
            identity = resolve_identity(creation.wish.user, *users)
        spec = build_spec(
            creation.wish,
            facts.config,
            identity,
            namespace=self.session.endpoint.namespace,
            container_id=creation.id,
            host=read_host() if creation.wish.network_mode == "host" else None,
        )
        runtime = creation.runtime or self._default_runtime()
        labels = _labels(creation, facts)
        return Container(creation.id, creation.image, labels, runtime, snapshotter, creation.id, spec)

    def _default_runtime(self) -> str:
        return namespace_labels(self.session).get(DEFAULT_RUNTIME_LABEL) or DEFAULT_RUNTIME

    def relabel(self, container_id: str, labels: Mapping[str, str]) -> None:
        """Set these labels; the others, the user's and other clients', stay."""
        self._relabel(self._need(container_id), labels)

    def remove(self, container_id: str, signal_number: int, timeout_s: float) -> None:
        """Stop the process, then remove task, snapshot and record, so that no step leaves an orphan."""
        container = self._containers.find(container_id)
        if container is None:
            return
        self.stop(container_id, signal_number, timeout_s)
        self.delete(container_id)
        if container.snapshot_key:
            with suppress(NotFound):
                Snapshots(self.session, container.snapshotter).remove(container.snapshot_key)
        self._containers.delete(container_id)


def _labels(creation: Creation, facts: ImageFacts) -> dict[str, str]:
    """The image's labels under the user's, as containerd's clients have it; oversized ones of the image drop."""
    image = facts.config.get("config") or {}
    inherited = {**(image.get("Labels") or {}), **facts.labels}
    labels = {k: v for k, v in inherited.items() if k and len(k) + len(v) <= MAX_LABEL_BYTES}
    labels[STOP_SIGNAL_LABEL] = creation.stop_signal or image.get("StopSignal") or "SIGTERM"
    labels.update(creation.labels)
    for key, value in creation.labels.items():
        if not key or len(key) + len(value) > MAX_LABEL_BYTES:
            raise Refused(
                "label %s is longer than the %d bytes that containerd takes" % (key, MAX_LABEL_BYTES),
                "shorten it, or make it an annotation",
            )
    return labels
