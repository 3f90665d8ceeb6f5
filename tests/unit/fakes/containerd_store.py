# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containerd remembers, as far as our calls can tell: content, leases, images, snapshots, containers, tasks.

Behaves as containerd 1.6 to 2.1 were seen to behave, garbage collection along labels included. Processes are a
status and an exit code: `Process.ignores` and `Store.on_start` make them do more.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import zlib
from collections import defaultdict
from typing import Any, Callable, NamedTuple

from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    NAMES,
    Answer,
    Call,
    FakeContainerd,
    HangUp,
    Status,
)

INVALID, NOT_FOUND, EXISTS, PRECONDITION, OUT_OF_RANGE, UNAVAILABLE = 3, 5, 6, 9, 11, 14
CREATED, RUNNING, STOPPED, PAUSED = 1, 2, 3, 4
GC_ROOT = "containerd.io/gc.root"
SNAPSHOTTERS = ("overlayfs", "native")
GONE_AT = {"seconds": 1_700_000_000, "nanos": 5}
SNAPSHOT_BYTES = 4096  # what every snapshot takes
PATIENCE_S = 10.0


class Snapshot(NamedTuple):
    parent: str
    kind: int  # 1 view, 2 active, 3 committed
    labels: dict[str, str]


class Process:
    """A task or an exec: nothing runs, but it can be waited for."""

    def __init__(self, pid: int, stdio: dict[str, Any]) -> None:
        self.pid, self.stdio = pid, stdio
        self.status, self.exit_status = CREATED, 0
        self.ignores: set[int] = set()
        self.resources: dict[str, Any] = {}  # that it got while it was there
        self.pending: list[int] = []  # signals that a frozen process has not heard yet
        self.ended = threading.Event()
        self.on_signal: Callable[[int], None] | None = None  # in place of dying
        self.on_close_stdin: Callable[[], None] = lambda: None

    def end(self, exit_status: int) -> None:
        self.status, self.exit_status = STOPPED, exit_status
        self.ended.set()

    def hear(self, signal: int) -> None:
        if self.status == PAUSED:
            self.pending.append(signal)
        elif self.on_signal is not None:
            self.on_signal(signal)
        elif signal not in self.ignores and self.status in (CREATED, RUNNING):
            self.end(128 + signal)


class Namespace:
    def __init__(self) -> None:
        self.labels: dict[str, str] = {}
        self.blobs: dict[str, dict[str, str]] = {}  # digest: labels; the bytes are shared by all namespaces
        self.ingests: dict[str, bytearray] = {}
        self.leased_ingests: set[str] = set()  # the others stay for 24 hours
        self.images: dict[str, dict[str, Any]] = {}
        self.containers: dict[str, dict[str, Any]] = {}
        self.leases: dict[str, dict[str, str]] = {}
        self.held: dict[str, set[Any]] = defaultdict(
            set
        )  # by lease: digests, (snapshotter, key), ("ingest", ref)
        self.snapshots: dict[tuple[str, str], Snapshot] = {}
        self.processes: dict[tuple[str, str], Process] = {}


class Store:
    """Serves `fake` from memory."""

    def __init__(self, fake: FakeContainerd) -> None:
        self.spaces: dict[str, Namespace] = {}
        self.bytes: dict[str, bytes] = {}
        self.locked: set[str] = set()  # refs that somebody else is writing
        self._writers: dict[
            tuple[str, str], dict[str, Any]
        ] = {}  # by ref: the scratch of the call that has it
        self.on_start: Callable[[Process, dict[str, Any] | None], None] = lambda process, spec: None
        self.root = ""  # the directory under which snapshots are; by default none is
        self.content_root = ""  # where the files of blobs are; by default this tells of none
        self.applied: list[str] = []  # digests of layers, in the order of unpacking
        self._next_pid = 1000
        self._guard = threading.RLock()
        unguarded = {"tasks.Wait"}
        for name in set(_SERVED) & set(NAMES):
            handler = getattr(self, "_" + name.replace(".", "_"))
            fake.on(name, handler if name in unguarded else self._guarded(handler))

    def _guarded(self, handler: Callable[[Call, Namespace], Answer]) -> Callable[[Call], Answer]:
        def handle(call: Call) -> Answer:
            with self._guard:
                return handler(call, self._space(call))

        return handle

    def space(self, name: str = "default") -> Namespace:
        return self.spaces.setdefault(name, Namespace())

    def _space(self, call: Call) -> Namespace:
        if not call.namespace:
            raise Status(PRECONDITION, "namespace is required: failed precondition")
        space = self.spaces.get(call.namespace) or Namespace()
        if call.lease and call.lease not in space.leases:
            raise Status(NOT_FOUND, "lease does not exist: not found")
        return space

    def _hold(self, call: Call, thing: Any) -> None:
        if call.lease:
            self.space(call.namespace).held[call.lease].add(thing)

    # For tests: put things there, look at them, collect garbage.

    def add_blob(
        self, data: bytes, labels: dict[str, str] | None = None, *, namespace: str = "default"
    ) -> str:
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        self.bytes[digest] = data
        self.space(namespace).blobs[digest] = dict(labels or {})
        return digest

    def process(self, container: str = "web", *, exec_id: str = "", status: int = RUNNING) -> Process:
        self._next_pid += 1
        process = Process(self._next_pid, {})
        process.status = status
        if status == STOPPED:
            process.ended.set()
        self.space().processes[container, exec_id] = process
        return process

    def collect(self, namespace: str = "default") -> None:
        """Remove what no image, container or lease leads to (containerd's metadata/gc.go)."""
        space = self.space(namespace)
        alive: set[Any] = set()
        todo: list[Any] = [thing for held in space.held.values() for thing in held]
        todo += [image["target"]["digest"] for image in space.images.values()]
        todo += [(c["snapshotter"], c["snapshot_key"]) for c in space.containers.values()]
        todo += [digest for digest, labels in space.blobs.items() if GC_ROOT in labels]
        todo += [key for key, snapshot in space.snapshots.items() if GC_ROOT in snapshot.labels]
        while todo:
            thing = todo.pop()
            if thing in alive:
                continue
            alive.add(thing)
            todo += self._edges(space, thing)
        space.blobs = {digest: labels for digest, labels in space.blobs.items() if digest in alive}
        known = {digest for each in self.spaces.values() for digest in each.blobs}
        self.bytes = {digest: data for digest, data in self.bytes.items() if digest in known}
        space.snapshots = {key: each for key, each in space.snapshots.items() if key in alive}
        for ref in [each for each in space.leased_ingests if ("ingest", each) not in alive]:
            space.leased_ingests.discard(ref)
            space.ingests.pop(ref, None)

    def _edges(self, space: Namespace, thing: Any) -> list[Any]:
        if isinstance(thing, tuple):
            snapshot = space.snapshots.get(thing)
            return [(thing[0], snapshot.parent)] if snapshot and snapshot.parent else []
        found: list[Any] = []
        for key, value in space.blobs.get(thing, {}).items():
            if key.startswith("containerd.io/gc.ref.content."):
                found.append(value)
            elif key.startswith("containerd.io/gc.ref.snapshot."):
                found.append((key[len("containerd.io/gc.ref.snapshot.") :], value))
        return found

    # namespaces, leases

    def _namespaces_List(self, call: Call, space: Namespace) -> Answer:
        return {"namespaces": [{"name": n, "labels": s.labels} for n, s in sorted(self.spaces.items())]}

    def _namespaces_Get(self, call: Call, space: Namespace) -> Answer:
        name = call.request["name"]
        return {
            "namespace": {"name": name, "labels": self.spaces[name].labels if name in self.spaces else {}}
        }

    def _namespaces_Create(self, call: Call, space: Namespace) -> Answer:
        made = _need_part(call.request["namespace"], "namespace")
        if made["name"] in self.spaces:
            raise Status(EXISTS, "namespace %r: already exists" % made["name"])
        self.space(made["name"]).labels = dict(made["labels"])
        return {"namespace": made}

    def _namespaces_Update(self, call: Call, space: Namespace) -> Answer:
        wanted = _need_part(call.request["namespace"], "namespace")
        labels = self.space(wanted["name"]).labels
        for path in call.request["update_mask"]["paths"]:
            key = path[len("labels.") :]
            labels[key] = wanted["labels"].get(key, "")
            if not labels[key]:
                del labels[key]
        return {"namespace": {"name": wanted["name"], "labels": labels}}

    def _namespaces_Delete(self, call: Call, space: Namespace) -> Answer:
        found = _need(self.spaces, call.request["name"], "namespace")
        kinds = ("images", "blobs", "containers", "snapshots")
        held = [kind for kind in kinds if getattr(found, kind)]
        if held:
            raise Status(PRECONDITION, "namespace must be empty, but it still has " + ", ".join(held))
        del self.spaces[call.request["name"]]
        return {}

    def _introspection_Plugins(self, call: Call, space: Namespace) -> Answer:
        kind = "io.containerd.snapshotter.v1"
        plugins: list[dict[str, Any]] = [{"type": kind, "id": name} for name in SNAPSHOTTERS]
        plugins.append({"type": kind, "id": "zfs", "init_err": {"message": "skip plugin"}})
        content = {
            "type": "io.containerd.content.v1",
            "id": "content",
            "exports": {"root": self.content_root},
        }
        wanted = call.request["filters"]
        return {"plugins": [p for p in (*plugins, content) if not wanted or "type==%s" % p["type"] in wanted]}

    def _version_Version(self, call: Call, space: Namespace) -> Answer:
        return {"version": "v1.7.24", "revision": "88bf19b"}

    def _introspection_Server(self, call: Call, space: Namespace) -> Answer:
        return {"uuid": "84383418-7ea1-473e-90ed-2e236871a084", "pid": 731}

    def _leases_Create(self, call: Call, space: Namespace) -> Answer:
        space = self.space(call.namespace)
        if call.request["id"] in space.leases:
            raise Status(EXISTS, "lease exists")
        space.leases[call.request["id"]] = call.request["labels"]
        return {"lease": {"id": call.request["id"], "labels": call.request["labels"]}}

    def _leases_List(self, call: Call, space: Namespace) -> Answer:
        wanted = [text[len('labels."') : -1] for text in call.request["filters"]]
        found = [(i, labels) for i, labels in space.leases.items() if not wanted or wanted[0] in labels]
        return {"leases": [{"id": i, "labels": labels} for i, labels in found]}

    def _leases_Delete(self, call: Call, space: Namespace) -> Answer:
        if space.leases.pop(call.request["id"], None) is None:
            raise Status(NOT_FOUND, "lease not found")
        space.held.pop(call.request["id"], None)
        self.collect(call.namespace)
        return {}

    def _leases_ListResources(self, call: Call, space: Namespace) -> Answer:
        _need(space.leases, call.request["id"], "lease")
        return {"resources": [_resource(held) for held in sorted(space.held[call.request["id"]], key=str)]}

    def _leases_AddResource(self, call: Call, space: Namespace) -> Answer:
        resource = _need_part(call.request["resource"], "resource")
        _need(space.leases, call.request["id"], "lease")
        kind, _slash, snapshotter = resource["type"].partition("/")
        held = (snapshotter, resource["id"]) if kind == "snapshots" else resource["id"]
        space.held[call.request["id"]].add(held)
        return {}

    # images

    def _images_Get(self, call: Call, space: Namespace) -> Answer:
        return {"image": _need(space.images, call.request["name"], "image")}

    def _images_List(self, call: Call, space: Namespace) -> Answer:
        return {"images": list(space.images.values())}

    def _images_Create(self, call: Call, space: Namespace) -> Answer:
        image = _need_part(call.request["image"], "image", "target")
        space = self.space(call.namespace)
        if image["name"] in space.images:
            raise Status(EXISTS, "image %s: already exists" % image["name"])
        space.images[image["name"]] = image
        return {"image": image}

    def _images_Update(self, call: Call, space: Namespace) -> Answer:
        image = _need_part(call.request["image"], "image", "target")
        there = _need(space.images, image["name"], "image")
        _update(there, image, call.request["update_mask"])
        return {"image": there}

    def _images_Delete(self, call: Call, space: Namespace) -> Answer:
        _need(space.images, call.request["name"], "image")
        del space.images[call.request["name"]]
        self.collect(call.namespace)
        return {}

    # content

    def _content_Info(self, call: Call, space: Namespace) -> Answer:
        return {"info": self._info(space, call.request["digest"])}

    def _info(self, space: Namespace, digest: str) -> dict[str, Any]:
        labels = _need(space.blobs, digest, "content")
        return {"digest": digest, "size": len(self.bytes[digest]), "labels": labels}

    def _content_List(self, call: Call, space: Namespace) -> Answer:
        found = [self._info(space, digest) for digest in space.blobs]
        return [{"info": found[at : at + 2]} for at in range(0, len(found), 2)]

    def _content_Read(self, call: Call, space: Namespace) -> Answer:
        _need(space.blobs, call.request["digest"], "content")
        data, first = self.bytes[call.request["digest"]], call.request["offset"]
        return [{"data": data[at : at + 1000], "offset": at} for at in range(first, len(data), 1000)]

    def _content_Delete(self, call: Call, space: Namespace) -> Answer:
        _need(space.blobs, call.request["digest"], "content")
        del space.blobs[call.request["digest"]]
        return {}

    def _content_Update(self, call: Call, space: Namespace) -> Answer:
        info = _need_part(call.request["info"], "info")
        there = self._info(space, info["digest"])
        _update(there, info, call.request["update_mask"])
        return {"info": there}

    def _content_Status(self, call: Call, space: Namespace) -> Answer:
        return {"status": {"offset": len(_need(space.ingests, call.request["ref"], "ingest"))}}

    def _content_ListStatuses(self, call: Call, space: Namespace) -> Answer:
        return {
            "statuses": [
                {"ref": ref, "offset": len(data), "updated_at": GONE_AT}
                for ref, data in space.ingests.items()
            ]
        }

    def _content_Abort(self, call: Call, space: Namespace) -> Answer:
        _need(space.ingests, call.request["ref"], "ingest")
        del space.ingests[call.request["ref"]]
        return {}

    def _content_Write(self, call: Call, space: Namespace) -> Answer:
        space, request = self.space(call.namespace), call.request
        ref, expected = request["ref"], request["expected"] or call.scratch.get("expected", "")
        writer = self._writers.get((call.namespace, ref), call.scratch)
        is_taken = writer is not call.scratch and not writer.get("has_ended")
        if is_taken or ref in self.locked:
            raise Status(UNAVAILABLE, "ref %s locked for 1s: unavailable" % ref)
        if expected in space.blobs:
            raise Status(EXISTS, "content %s: already exists" % expected)
        self._writers[call.namespace, ref] = call.scratch
        call.scratch["expected"] = expected
        if expected in self.bytes and ref not in space.ingests:
            space.ingests[ref] = bytearray(self.bytes[expected])  # another namespace has it
        ingest = space.ingests.setdefault(ref, bytearray())
        if call.lease:
            space.leased_ingests.add(ref)
            self._hold(call, ("ingest", ref))
        if request["data"]:
            if request["offset"] != len(ingest):
                raise Status(OUT_OF_RANGE, "unexpected offset %d" % request["offset"])
            ingest += request["data"]
        if request["action"] == 2:
            self._commit(call, space, bytes(ingest))
        return {"action": request["action"], "offset": len(ingest)}

    def _commit(self, call: Call, space: Namespace, data: bytes) -> None:
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        if len(data) != call.request["total"] or digest != call.scratch["expected"]:
            words = "unexpected commit digest %s, expected %s: failed precondition"
            raise Status(PRECONDITION, words % (digest, call.scratch["expected"]))
        self.bytes[digest] = data
        space.blobs[digest] = call.request["labels"]
        del space.ingests[call.request["ref"]]
        self._hold(call, digest)

    # snapshots, diff

    def _snapshot(self, call: Call, space: Namespace, name: str = "key") -> tuple[str, str]:
        snapshotter = call.request["snapshotter"]
        if snapshotter not in SNAPSHOTTERS:
            raise Status(INVALID, "snapshotter not loaded: %s: invalid argument" % snapshotter)
        return snapshotter, call.request[name]

    def _snapshots_Stat(self, call: Call, space: Namespace) -> Answer:
        key = self._snapshot(call, space)
        found: Snapshot = _need(space.snapshots, key, "snapshot")
        return {"info": _described_snapshot(key[1], found)}

    def _snapshots_View(self, call: Call, space: Namespace) -> Answer:
        return self._new_snapshot(call, 1)

    def _snapshots_List(self, call: Call, space: Namespace) -> Answer:
        found = [
            (key[1], each) for key, each in space.snapshots.items() if key[0] == call.request["snapshotter"]
        ]
        infos = [_described_snapshot(name, each) for name, each in found]
        return [{"info": infos[at : at + 2]} for at in range(0, len(infos), 2)]

    def _snapshots_Usage(self, call: Call, space: Namespace) -> Answer:
        _need(space.snapshots, self._snapshot(call, space), "snapshot")
        return {"size": SNAPSHOT_BYTES, "inodes": 3}

    def _snapshots_Prepare(self, call: Call, space: Namespace) -> Answer:
        return self._new_snapshot(call, 2)

    def _new_snapshot(self, call: Call, kind: int) -> Answer:
        space = self.space(call.namespace)
        key = self._snapshot(call, space)
        parent = call.request["parent"]
        if key in space.snapshots:
            raise Status(EXISTS, "snapshot %s: already exists" % key[1])
        if parent:
            _need(space.snapshots, (key[0], parent), "parent snapshot")
        space.snapshots[key] = Snapshot(parent, kind, call.request["labels"])
        self._hold(call, key)
        return self._snapshots_Mounts(call, space)

    def _snapshots_Mounts(self, call: Call, space: Namespace) -> Answer:
        key = self._snapshot(call, space)
        _need(space.snapshots, key, "snapshot")
        source = "%s/%s" % (self.root or "/snapshots", key[1].replace("/", "-"))
        if self.root:
            os.makedirs(source, exist_ok=True)
        return {"mounts": [{"type": "bind", "source": source, "options": ["rw", "rbind"]}]}

    def _snapshots_Commit(self, call: Call, space: Namespace) -> Answer:
        key, name = self._snapshot(call, space), self._snapshot(call, space, "name")
        if name in space.snapshots:
            raise Status(EXISTS, "snapshot %s: already exists" % name[1])
        active: Snapshot = _need(space.snapshots, key, "snapshot")
        del space.snapshots[key]
        space.snapshots[name] = Snapshot(active.parent, 3, call.request["labels"])
        self._hold(call, name)
        return {}

    def _snapshots_Remove(self, call: Call, space: Namespace) -> Answer:
        key = self._snapshot(call, space)
        _need(space.snapshots, key, "snapshot")
        if any(each.parent == key[1] for each in space.snapshots.values()):
            raise Status(PRECONDITION, "cannot remove snapshot with child: failed precondition")
        del space.snapshots[key]
        return {}

    def _diff_Apply(self, call: Call, space: Namespace) -> Answer:
        layer = _need_part(call.request["diff"], "diff")
        _need(space.blobs, layer["digest"], "content")
        data = self.bytes[layer["digest"]]
        plain = zlib.decompress(data, 31) if data[:2] == b"\x1f\x8b" else data
        self.applied.append(layer["digest"])
        return {"applied": {"digest": "sha256:" + hashlib.sha256(plain).hexdigest(), "size": len(plain)}}

    # containers

    def _containers_Get(self, call: Call, space: Namespace) -> Answer:
        return {"container": _need(space.containers, call.request["id"], "container")}

    def _containers_ListStream(self, call: Call, space: Namespace) -> Answer:
        return [{"container": each} for each in space.containers.values()]

    def _containers_Create(self, call: Call, space: Namespace) -> Answer:
        container = _need_part(call.request["container"], "runtime", "spec")
        space = self.space(call.namespace)
        if container["id"] in space.containers:
            raise Status(EXISTS, "container %s: already exists" % container["id"])
        space.containers[container["id"]] = container
        return {"container": container}

    def _containers_Update(self, call: Call, space: Namespace) -> Answer:
        container = _need_part(call.request["container"], "runtime", "spec")
        there = _need(space.containers, container["id"], "container")
        _update(there, container, call.request["update_mask"])
        return {"container": there}

    def _containers_Delete(self, call: Call, space: Namespace) -> Answer:
        _need(space.containers, call.request["id"], "container")
        del space.containers[call.request["id"]]
        return {}

    # tasks

    def _process(self, call: Call, space: Namespace) -> Process:
        key = call.request["container_id"], call.request.get("exec_id", "")
        process: Process = _need(space.processes, key, "process")
        return process

    def _tasks_Get(self, call: Call, space: Namespace) -> Answer:
        return {"process": _described(call.request["container_id"], "", self._process(call, space))}

    def _tasks_List(self, call: Call, space: Namespace) -> Answer:
        found = [(key[0], each) for key, each in space.processes.items() if not key[1]]
        return {"tasks": [_described(name, name, process) for name, process in found]}

    def _tasks_Metrics(self, call: Call, space: Namespace) -> Answer:
        return {"metrics": []}  # of cgroups that nobody has

    def _tasks_ListPids(self, call: Call, space: Namespace) -> Answer:
        name = call.request["container_id"]
        _need(space.containers, name, "container")
        found = [(key[1], each.pid) for key, each in space.processes.items() if key[0] == name]
        return {"processes": [{"pid": pid} for _exec_id, pid in found]}

    def _tasks_Create(self, call: Call, space: Namespace) -> Answer:
        name = call.request["container_id"]
        _need(space.containers, name, "container")
        if (name, "") in space.processes:
            raise Status(EXISTS, "task %s: already exists" % name)
        process = self.process(name, status=CREATED)
        process.stdio = call.request
        return {"container_id": name, "pid": process.pid}

    def _tasks_Exec(self, call: Call, space: Namespace) -> Answer:
        _need_part(call.request["spec"], "spec")
        name = call.request["container_id"]
        _need(space.processes, (name, ""), "task")
        self.process(name, exec_id=call.request["exec_id"], status=CREATED).stdio = call.request
        return {}

    def _tasks_Start(self, call: Call, space: Namespace) -> Answer:
        process = self._process(call, space)
        process.status = RUNNING
        self.on_start(process, process.stdio.get("spec"))
        return {"pid": process.pid}

    def _tasks_Kill(self, call: Call, space: Namespace) -> Answer:
        process = self._process(call, space)
        if process.status == STOPPED:
            raise Status(NOT_FOUND, "process already finished: not found")
        process.hear(call.request["signal"])
        return {}

    def _tasks_Pause(self, call: Call, space: Namespace) -> Answer:
        process = self._process(call, space)
        if process.status != RUNNING:
            raise Status(PRECONDITION, "not running: failed precondition")
        process.status = PAUSED
        return {}

    def _tasks_Resume(self, call: Call, space: Namespace) -> Answer:
        process = self._process(call, space)
        if process.status != PAUSED:
            raise Status(PRECONDITION, "not paused: failed precondition")
        process.status = RUNNING
        for signal in process.pending:
            process.hear(signal)
        return {}

    def _tasks_Update(self, call: Call, space: Namespace) -> Answer:
        process, resources = self._process(call, space), _need_part(call.request["resources"])
        if process.status not in (CREATED, RUNNING, PAUSED):
            raise Status(PRECONDITION, "not running: failed precondition")
        process.resources.update(json.loads(resources["value"]))
        return {}

    def _tasks_CloseIO(self, call: Call, space: Namespace) -> Answer:
        self._process(call, space).on_close_stdin()
        return {}

    def _tasks_Wait(self, call: Call) -> Answer:
        process = self._process(call, self._space(call))
        if not process.ended.wait(PATIENCE_S):
            raise HangUp
        return {"exit_status": process.exit_status, "exited_at": GONE_AT}

    def _tasks_Delete(self, call: Call, space: Namespace) -> Answer:
        process = self._process(call, space)
        if process.status not in (CREATED, STOPPED):
            raise Status(PRECONDITION, "task must be stopped before deletion: failed precondition")
        del space.processes[call.request["container_id"], call.request.get("exec_id", "")]
        exited_at = GONE_AT if process.status == STOPPED else None
        return {"pid": process.pid, "exit_status": process.exit_status, "exited_at": exited_at}

    _tasks_DeleteProcess = _tasks_Delete


_SERVED = [
    name[1:].replace("_", ".")
    for name in vars(Store)
    if name[0] == "_" and name[1:].partition("_")[2][:1].isupper()
]


def _described_snapshot(key: str, found: Snapshot) -> dict[str, Any]:
    return {"name": key, "parent": found.parent, "kind": found.kind, "labels": found.labels}


def _resource(held: Any) -> dict[str, str]:
    """As a lease lists what it holds."""
    if not isinstance(held, tuple):
        return {"id": held, "type": "content"}
    return {"id": held[1], "type": "ingests" if held[0] == "ingest" else "snapshots/" + held[0]}


def _need(there: Any, key: Any, kind: str) -> Any:
    if key not in there:
        name = key[-1] if isinstance(key, tuple) and key[-1] else key
        raise Status(NOT_FOUND, "%s %s: not found" % (kind, name))
    return there[key]


def _need_part(message: dict[str, Any] | None, *parts: str) -> dict[str, Any]:
    """Where containerd dereferences without a look: a request that lacks a part kills the daemon."""
    if message is None or any(part in message and message[part] is None for part in parts):
        raise HangUp
    return message


def _update(there: dict[str, Any], new: dict[str, Any], mask: dict[str, Any] | None) -> None:
    """Masked fields alone; a masked label that is not in the message goes. Without a mask, all."""
    paths: list[str] = mask["paths"] if mask else list(new)
    for path in paths:
        field, _dot, key = path.partition(".")
        if not key:
            there[field] = new[field]
        elif new[field].get(key):
            there[field][key] = new[field][key]
        else:
            there[field].pop(key, None)


def _described(name: str, container_id: str, process: Process) -> dict[str, Any]:
    stdio = {key: process.stdio.get(key, "") for key in ("stdin", "stdout", "stderr")}
    is_over = process.status == STOPPED
    return {
        "id": name,
        "container_id": container_id,
        "pid": process.pid,
        "status": process.status,
        "terminal": bool(process.stdio.get("terminal")),
        "exit_status": process.exit_status,
        "exited_at": GONE_AT if is_over else None,
        **stdio,
    }
