# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A namespace with thousands of images and containers, and the tasks that look at them.

Its images differ in config and manifest and share one layer, and its containers have no snapshot: they take no room.
Must never know who wins.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from measure import Contestant, in_turns
from tasks import Tasks, host_python_with_requests

from ansible_collections.community.containerd.plugins.module_utils._runtime.ingest import child_labels, memory
from ansible_collections.community.containerd.plugins.module_utils._runtime.lease import leased
from ansible_collections.community.containerd.plugins.module_utils._services.containers import Containers
from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.ingests import Ingests
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.images import Blob
from ansible_collections.community.containerd.tests.lab.registries import Registry

NAMESPACE = "bench-many"
IMAGES, NAMES_EACH = 1000, 5
SETTLED = '"changed": false'
TAGS = 50
CONTAINERS = 1000


@dataclass(frozen=True)
class Crowd:
    """1,000 images of five names each, 1,000 containers, and 50 tags in a registry."""

    daemon: Daemon
    registry: Registry
    tasks: Tasks

    @contextmanager
    def prepared(self) -> Iterator[list[Contestant]]:
        """Everything that takes turns, once all is in place; taken away afterwards."""
        names = self._multiply()
        tags = self._tag()
        self._declare()
        try:
            yield list(self._contestants(names, tags))
        finally:
            containers = Containers(self._session)
            for container in list(containers.iterate()):
                containers.delete(container.id)
            listed = self.daemon.ctr("images", "ls", "-q", namespace=NAMESPACE).split()
            for at in range(0, len(listed), 500):
                self.daemon.ctr("images", "rm", *listed[at : at + 500], namespace=NAMESPACE)
            self.daemon.ctr("images", "rm", "--sync", "none", namespace=NAMESPACE)

    def _task(self, module: str, **args: object) -> list[str]:
        where = {"address": self.daemon.address, "namespace": NAMESPACE}
        python = host_python_with_requests() if args.get("pull") == "always" else "/usr/bin/python3"
        return self.tasks.command(f"community.containerd.{module}", {**where, **args}, python=python)

    def _contestants(self, names: list[str], tags: list[str]) -> Iterator[Contestant]:
        whole = [str(self.daemon.ctr_path), "-a", self.daemon.address, "-n", NAMESPACE]
        ctr = [*whole, "images"]
        yield Contestant("ctr_image", [self._task("ctr_image", name=names[:IMAGES])], SETTLED)
        yield Contestant("ctr_image_info", [self._task("ctr_image_info")], SETTLED)
        yield Contestant("ctr images check", [[*ctr, "check"]])
        yield Contestant("ctr images ls", [[*ctr, "ls"]])
        yield Contestant("ctr_container_info", [self._task("ctr_container_info", spec=False)], SETTLED)
        yield Contestant("ctr containers ls", [[*whole, "containers", "ls"]])
        check = self._task("ctr_image", name=tags, pull="always", plain_http=True, _ansible_check_mode=True)
        yield Contestant("check mode", [check], SETTLED)
        pull = [*ctr, "pull", *self.registry.ctr_flags()]
        yield Contestant("ctr images pull", [[*pull, tag] for tag in tags])

    def _declare(self) -> None:
        """Containers like one that a task has made."""
        make = self._task("ctr_container", name="bench", image=self._image, state="present")
        in_turns([Contestant("make", [make])], rounds=0)
        containers = Containers(self._session)
        model = containers.find("bench")
        if model is None:
            raise LookupError("bench")
        for number in range(1, CONTAINERS):
            containers.create(model.replace(id=f"bench-{number}", snapshot_key=""))

    def _tag(self) -> list[str]:
        """Tags that are here, and where the registry has them."""
        client, tags = self.registry.client(), []
        source = Images(self._session).find(self._image)
        if source is None:
            raise LookupError(self._image)
        document = Content(self._session).read(source.target.digest)
        for number in range(TAGS):
            manifest = Blob.of_bytes(document, media_type=source.target.media_type)
            client.push_manifest("busybox", f"bench-{number}", manifest)
            tags.append(f"{self.registry.host}/busybox:bench-{number}")
        make = Contestant("make", [self._task("ctr_image", name=tags, pull="always", plain_http=True)])
        in_turns([make], rounds=0)
        return tags

    @cached_property
    def _session(self) -> Session:
        return Session(Endpoint(self.daemon.address, NAMESPACE, 60.0))

    @property
    def _image(self) -> str:
        return f"{self.registry.host}/busybox:1"

    def _multiply(self) -> list[str]:
        """Images like one that was pulled, each with a config of its own; returns the names."""
        make = Contestant("make", [self._task("ctr_image", name=self._image, pull="always", plain_http=True)])
        in_turns([make], rounds=0)
        names = []
        with leased(self._session) as session:
            images, content = Images(session), Content(session)
            source = images.find(self._image)
            if source is None:
                raise LookupError(self._image)
            manifest = json.loads(content.read(source.target.digest))
            config = json.loads(content.read(manifest["config"]["digest"]))
            blob = content.find(manifest["config"]["digest"])
            for number in range(IMAGES):
                config["config"]["Labels"] = {"number": str(number)}
                data = json.dumps(config).encode()
                of = Descriptor(manifest["config"]["mediaType"], digest_of(data), len(data))
                _store(session, of, data, dict(blob.labels) if blob else {})
                manifest["config"].update(digest=of.digest, size=of.size)
                data = json.dumps(manifest).encode()
                of = Descriptor(source.target.media_type, digest_of(data), len(data))
                _store(session, of, data, child_labels(of, data))
                for name in range(NAMES_EACH):
                    names.append(f"registry.example/bench/{number}:{name}")
                    images.create(names[-1], of, {"org.example.number": str(number)})
        return sorted(
            names, key=lambda name: name.rpartition(":")[2]
        )  # the first names of all images, then the next


def _store(session: Session, of: Descriptor, data: bytes, labels: dict[str, str]) -> None:
    Ingests(session).write("bench-" + of.digest, of, labels, memory(data))
