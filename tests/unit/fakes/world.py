# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host as the decisions see it: images, containers and tasks in memory, with every verb that they may use.

Each verb that changes something is written down in `applied`; each that asks a registry, in `asked`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.community.containerd.plugins.module_utils._services.runtime_options import (
    encode_options,
    options_of,
)
from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._spec.identity import with_groups
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Container,
    Creation,
    Host,
    Identity,
    ImageFacts,
)
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    NotFound,
    Refused,
    TimedOut,
)
from ansible_collections.community.containerd.plugins.module_utils._values.execution import Command, Executed
from ansible_collections.community.containerd.plugins.module_utils._values.image import (
    Extent,
    Graph,
    Image,
    LookUp,
    Naming,
    Pull,
    Pulled,
    Remote,
    Stored,
)
from ansible_collections.community.containerd.plugins.module_utils._values.image_details import Details
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import (
    chain_of,
    parse_config,
    parse_manifest,
)
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.plugins.module_utils._values.task import Exit, Stdio, Task

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
HOST = "registry.example"
STOP_SIGNAL_LABEL = "io.containerd.image.config.stop-signal"
ENDED_AT = "2026-01-01T00:00:00.000000000Z"


class Build:
    """One build of an image: a manifest with two layers. Another `version` is another build."""

    def __init__(self, version: str = "1", **config: Any) -> None:
        layers = [_descriptor(LAYER, ("layer %s %d" % (version, n)).encode()) for n in range(2)]
        diffs = [digest_of(("diff %s %d" % (version, n)).encode()) for n in range(2)]
        made = {"config": {"Cmd": ["/bin/true"], **config}, "rootfs": {"diff_ids": diffs}, "os": "linux"}
        self.config_bytes = json.dumps(made).encode()
        self.config = _descriptor(CONFIG, self.config_bytes)
        listed = [_written(each) for each in layers]
        document = {"schemaVersion": 2, "config": _written(self.config), "layers": listed}
        self.document = json.dumps(document).encode()
        self.target = _descriptor(MANIFEST, self.document)
        self.manifest = parse_manifest(self.document, self.target)
        self.graph = Graph(((self.target, self.document),), ((self.target, self.manifest),))
        self.blobs = (self.target, *self.graph.blobs)

    @property
    def chain_id(self) -> str:
        return chain_of(self.config_bytes, self.config)[-1]

    def remote(self, missing: Sequence[Descriptor]) -> Remote:
        configs = {self.config.digest: self.config_bytes}
        return Remote(self.target, HOST, self.graph, configs, tuple(missing))

    def stored(
        self, name: str, *, lacks: int = 0, unpacked: bool = True, labels: Mapping[str, str] | None = None
    ) -> Stored:
        """`lacks` counts blobs that are missing, from the last layer on."""
        missing = self.blobs[len(self.blobs) - lacks :]
        size = sum(blob.size for blob in self.blobs) - sum(blob.size for blob in missing)
        return Stored(Image(name, self.target, labels or {}), (), size, missing, is_unpacked=unpacked)

    def facts(self, name: str) -> ImageFacts:
        return ImageFacts(name, {}, parse_config(self.config_bytes, self.config), self.chain_id)


def _descriptor(media_type: str, data: bytes) -> Descriptor:
    return Descriptor(media_type, digest_of(data), len(data))


def _written(of: Descriptor) -> dict[str, Any]:
    return {"mediaType": of.media_type, "digest": of.digest, "size": of.size}


class ImageWorld:
    """The verbs for images."""

    def __init__(self, *builds: Build) -> None:
        self.builds = {build.target.digest: build for build in builds}
        self.registry: dict[str, Build] = {}  # by full name
        self.here: dict[str, Stored] = {}  # by record name
        self.containers_of: dict[str, list[str]] = {}
        self.applied: list[str] = []
        self.asked: list[LookUp] = []
        self.problems: dict[str, str] = {}  # by record name
        self.is_abandoned = False  # a pull that died has left its lease

    def put(self, name: str, build: Build, **how: Any) -> None:
        self.builds[build.target.digest] = build
        self.here[name] = build.stored(name, **how)

    def offer(self, name: str, build: Build) -> None:
        self.builds[build.target.digest] = build
        self.registry[name] = build

    def snapshotter(self, wish: str | None) -> str:
        return wish or "overlayfs"

    def records(self, names: Sequence[str]) -> dict[str, Image]:
        return {name: self.here[name].image for name in names if name in self.here}

    def all_records(self, filters: Sequence[str] = ()) -> list[Image]:
        """Of containerd's grammar this world knows `name~=TEXT`."""
        texts = [each.partition("name~=")[2] for each in filters]
        found = [stored.image for stored in self.here.values()]
        return [image for image in found if not texts or any(text in image.name for text in texts)]

    def inspect(self, images: Sequence[Image], extent: Extent) -> dict[str, Stored]:
        return {image.name: self.here[image.name] for image in images}

    def describe(
        self, images: Sequence[Image], extent: Extent, config: bool, usage: bool
    ) -> dict[str, Details]:
        return {image.name: self._details(self.here[image.name], config, usage) for image in images}

    def _details(self, stored: Stored, config: bool, usage: bool) -> Details:
        document = json.loads(self.builds[stored.image.target.digest].config_bytes)
        told = {
            key: document.get(key) for key in ("architecture", "os", "variant", "created", "author", "config")
        }
        return Details(
            stored,
            ("linux/amd64", "linux/arm64"),
            {"digest": self.builds[stored.image.target.digest].config.digest, **told} if config else None,
            {"overlayfs": 8192} if usage else {},
            self.problems.get(stored.image.name, ""),
        )

    def are_pulls_abandoned(self, images: Sequence[Image]) -> bool:
        return self.is_abandoned

    def give_up_abandoned(self) -> None:
        self.applied.append("give up")
        self.is_abandoned = False

    def users(self, names: Sequence[str]) -> dict[str, list[str]]:
        return {name: self.containers_of.get(name, []) for name in names}

    def look_up(
        self, questions: Sequence[LookUp], extent: Extent, access: RegistryAccess
    ) -> dict[str, Remote]:
        self.asked += questions
        return {question.name: self._remote(question) for question in questions}

    def _remote(self, question: LookUp) -> Remote:
        stored = question.stored
        if stored is not None and question.is_pinned:
            return self.builds[stored.image.target.digest].remote(stored.missing)
        build = self.registry.get(str(question.reference))
        if build is None:
            raise NotFound("image %s is not known to the registry" % question.reference, "check the name")
        if stored is None or stored.image.target.digest != build.target.digest:
            return build.remote(build.blobs)
        if stored.is_complete:
            return Remote(stored.image.target, HOST, Graph((), ()), {}, ())
        return build.remote(stored.missing)

    def pull(self, pulls: Sequence[Pull], access: RegistryAccess) -> list[Pulled]:
        self.applied.append("pull")
        return [self._pull(job) for job in pulls]

    def _pull(self, job: Pull) -> Pulled:
        before = self.here.get(job.name)
        labels = before.image.labels if before else {}
        is_unpacked = job.extent.unpack or (job.remote is None and before is not None and before.is_unpacked)
        build = self.builds[job.target.digest]
        self.here[job.name] = build.stored(job.name, unpacked=is_unpacked, labels=labels)
        if job.remote is None:
            return Pulled(job.name, "", 0)
        return Pulled(job.name, job.remote.host, sum(blob.size for blob in job.remote.missing))

    def name(self, namings: Sequence[Naming]) -> None:
        self.applied.append("name")
        for naming in namings:
            before = self.here.get(naming.name)
            made = self.builds[naming.target.digest].stored(
                naming.name, labels=before.image.labels if before else {}
            )
            self.here[naming.name] = made
            self._label(naming.name, naming.labels)

    def label(self, labels: Mapping[str, Mapping[str, str]]) -> None:
        self.applied.append("label")
        for name, wanted in labels.items():
            self._label(name, wanted)

    def _label(self, name: str, wanted: Mapping[str, str]) -> None:
        stored = self.here[name]
        merged = {key: text for key, text in {**stored.image.labels, **wanted}.items() if text}
        self.here[name] = stored.replace(image=stored.image.replace(labels=merged))

    def remove(self, names: Sequence[str], sync: bool) -> None:
        self.applied.append("remove")
        for name in names:
            del self.here[name]


class TaskWorld:
    """The verbs for tasks. `stubborn` processes end by KILL alone."""

    def __init__(self) -> None:
        self.containers: dict[str, Container] = {}
        self.tasks_of: dict[str, Task] = {}
        self.applied: list[str] = []
        self.exits: dict[str, int] = {}  # of processes that end by themselves
        self._next_pid = 100

    def declare(self, name: str = "web", status: str = "absent", **labels: str) -> None:
        self.containers[name] = Container(
            name, "nginx", labels, "io.containerd.runc.v2", "overlayfs", name, {"process": {}}
        )
        if status != "absent":
            self._set(name, status)

    def _set(self, name: str, status: str, exit_code: int = 0) -> None:
        before = self.tasks_of.get(name)
        if before is None or status == "running" and before.status not in ("paused", "pausing"):
            self._next_pid += 1
        ended = Exit(exit_code, ENDED_AT) if status == "stopped" else Exit(0, "")
        pid = before.pid if before and before.status in ("paused", "pausing") else self._next_pid
        self.tasks_of[name] = Task(name, pid, status, Stdio(), ended)

    def namespaces(self) -> list[str]:
        return ["default"]

    def container(self, container_id: str) -> Container | None:
        return self.containers.get(container_id)

    def task(self, container_id: str) -> Task | None:
        return self.tasks_of.get(container_id)

    def start(self, container_id: str, log_uri: str | None) -> None:
        self.applied.append("start")
        self._set(container_id, "running")

    def stop(self, container_id: str, signal_number: int, timeout_s: float) -> Exit:
        self.applied.append("stop %d %g" % (signal_number, timeout_s))
        before = self.tasks_of.get(container_id)
        if before is not None and before.status == "created":
            del self.tasks_of[container_id]
            return Exit(0, "")
        self._set(container_id, "stopped", 128 + signal_number)
        return self.tasks_of[container_id].exit

    def kill(self, container_id: str, signal_number: int) -> Exit | None:
        self.applied.append("kill %d" % signal_number)
        if signal_number != 9:
            return None
        if self.tasks_of[container_id].status == "created":
            del self.tasks_of[container_id]
            return Exit(0, "")
        self._set(container_id, "stopped", 137)
        return self.tasks_of[container_id].exit

    def pause(self, container_id: str) -> None:
        self.applied.append("pause")
        self._set(container_id, "paused")

    def resume(self, container_id: str) -> None:
        self.applied.append("resume")
        self._set(container_id, "running")

    def wait(self, container_id: str, timeout_s: float) -> Exit:
        task = self.tasks_of.get(container_id)
        if task is None:
            raise NotFound("there is no task", "start it")
        if task.status != "stopped":
            if container_id not in self.exits:
                raise TimedOut("it still runs", "wait longer")
            self._set(container_id, "stopped", self.exits[container_id])
        return self.tasks_of[container_id].exit

    def delete(self, container_id: str) -> Exit:
        self.applied.append("delete")
        task = self.tasks_of.pop(container_id)
        return task.exit


class ContainerWorld(TaskWorld):
    """The verbs for containers, over images and tasks."""

    groups_of = {"wheel": 10, "audio": 29}
    files: dict[str, str] = {}
    directories = ("/srv/root", "/srv/other")
    users_of = {"web": Identity(33, 33, (33,)), "root": Identity(0, 0, (0,))}

    def __init__(self, images: ImageWorld) -> None:
        super().__init__()
        self.images = images
        self.parents: dict[str, str | None] = {}
        self.own_files: dict[str, str] = {}
        self.cdi: dict[str, str] = {}
        self.snapshotter = images.snapshotter
        self.records = images.records
        self.inspect = images.inspect
        self.look_up = images.look_up

    def pull(self, pulls: Sequence[Pull], access: RegistryAccess) -> list[Pulled]:
        self.applied.append("pull")
        return self.images.pull(pulls, access)

    def image_facts(self, image: Image) -> ImageFacts | None:
        stored = self.images.here[image.name]
        lost = {blob.digest for blob in stored.missing}
        build = self.images.builds[image.target.digest]
        return None if lost & {build.target.digest, build.config.digest} else build.facts(image.name)

    def image_config(self, container: Container, image: Image) -> Mapping[str, Any] | None:
        build = self.images.builds[image.target.digest]
        is_same = self.parents.get(container.id) == build.chain_id
        return json.loads(build.config_bytes) if is_same else None  # type: ignore[no-any-return]

    def parent(self, container: Container) -> str | None:
        return self.parents.get(container.id)

    def identity(self, container: Container, user: str) -> Identity:
        return self.users_of[user]

    def group_ids(self, container: Container, groups: Sequence[str]) -> tuple[int, ...]:
        return tuple(int(group) if group.isdecimal() else self.groups_of[group] for group in groups)

    def host(self) -> Host:
        return Host("host", ("CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"))

    release = "1.7.24"

    def version(self) -> str:
        return self.release

    def runtime_options(self, container: Container) -> Mapping[str, Any]:
        return options_of(container)

    def cdi_files(self) -> dict[str, str]:
        return self.cdi

    def check_directory(self, path: str) -> None:
        if path not in self.directories:
            raise Refused("there is no directory %s" % path, "make it")

    def device(self, path: str) -> Mapping[str, Any]:
        return {"path": path, "type": "c", "major": 1, "minor": 3, "fileMode": 0o666, "uid": 0, "gid": 0}

    def read_file(self, path: str) -> str:
        return self.files[path]

    def own_directory(self, container_id: str) -> str:
        return "/own/" + container_id

    def own_file(self, path: str) -> str:
        return self.own_files.get(path, "")

    def create(self, creation: Creation, snapshotter: str) -> None:
        self.applied.append("create")
        config: dict[str, Any] = {"config": {}}
        if not creation.wish.rootfs:
            build = self.images.builds[self.images.here[creation.image].image.target.digest]
            config = json.loads(build.config_bytes)
            self.parents[creation.id] = build.chain_id
        uid, _colon, gid = (creation.wish.user or "0").partition(":")
        identity = (
            Identity(int(uid), int(gid or 0), (int(gid or 0),)) if uid.isdecimal() else self.users_of[uid]
        )
        groups = "".join("%s:x:%d:\n" % each for each in self.groups_of.items())
        identity = with_groups(identity, creation.wish.groups or (), groups)
        spec = build_spec(
            creation.wish, config, identity, namespace="default", container_id=creation.id, host=None
        )
        stop_signal = creation.stop_signal or config["config"].get("StopSignal") or "SIGTERM"
        labels = {STOP_SIGNAL_LABEL: stop_signal, "from": "the image", **creation.labels}
        runtime = creation.runtime or "io.containerd.runc.v2"
        options = {"runtime": {"options": encode_options(creation.runtime_options)}}
        self.containers[creation.id] = Container(
            creation.id,
            creation.image,
            labels,
            runtime,
            "" if creation.wish.rootfs else snapshotter,
            "" if creation.wish.rootfs else creation.id,
            spec,
            extra=options,
        )
        self.own_files.update((mount.source, text) for mount, text in creation.wish.files)

    def replace(
        self, creation: Creation, snapshotter: str, signal_number: int, timeout_s: float, starts: bool
    ) -> None:
        applied = self.applied
        self.applied = []
        self.remove(creation.id, signal_number, timeout_s)
        self.create(creation, snapshotter)
        if starts:
            self.start(creation.id, None)
        self.applied = [*applied, "replace %d %g%s" % (signal_number, timeout_s, " start" if starts else "")]

    def relabel(self, container_id: str, labels: Mapping[str, str]) -> None:
        self.applied.append("relabel")
        old = self.containers[container_id]
        kept = {key: value for key, value in {**old.labels, **labels}.items() if value}
        self.containers[container_id] = old.replace(labels=kept)

    def limit(self, container_id: str, resources: Mapping[str, Any]) -> None:
        self.applied.append("limit " + " ".join(sorted(resources)))
        old = self.containers[container_id]
        linux = {**old.spec["linux"], "resources": {**old.spec["linux"]["resources"], **resources}}
        self.containers[container_id] = old.replace(spec={**old.spec, "linux": linux})

    def remove(self, container_id: str, signal_number: int, timeout_s: float) -> None:
        self.applied.append("remove %d %g" % (signal_number, timeout_s))
        del self.containers[container_id]
        self.tasks_of.pop(container_id, None)
        self.parents.pop(container_id, None)


class CommandWorld(TaskWorld):
    """The verbs for commands."""

    def __init__(self, *paths: str) -> None:
        super().__init__()
        self.paths = set(paths)
        self.result = Executed(7, 0, b"out\n", b"", 1.0, 2.5)

    def has_path(self, task: Task, path: str) -> bool:
        return path in self.paths

    def execute(self, container: Container, command: Command) -> Executed:
        self.applied.append("execute " + " ".join(command.argv))
        return self.result
