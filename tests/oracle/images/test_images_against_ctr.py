# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our modules make in one namespace, held against what the stock ctr makes in another of the same daemon.

Images: target, content with its labels, snapshot chain with its labels. Containers: the whole record but its
spec, which tests/oracle/spec compares. Where we mean to differ, DIFFERENCES says so and why.
"""

from __future__ import annotations

import functools
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.containers import Containers
from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.messages import snapshots as rpc
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab import images, layers, namespaces, standard_images
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.world import Lab

ARCHITECTURE = standard_images.ARCHITECTURE


def _layer(seed: int, compression: str = "gzip") -> layers.Layer:
    data = random.Random(seed).randbytes(50_000)
    return layers.layer({f"data/{seed}": data, "shared": data[:10]}, compression=compression)


def _image(*parts: layers.Layer, **more: Any) -> images.Image:
    return images.image(parts, architecture=ARCHITECTURE, cmd=["sh"], **more)


def _zstd() -> images.Image:
    """As a builder makes it that compresses with zstd."""
    plain = _layer(39, "none")
    assert isinstance(plain.source, bytes)
    packed = images.Blob.of_bytes(
        layers.zstd_frame(plain.source), media_type=images.MEDIA_TYPES["oci", "layer"] + "+zstd"
    )
    made = _image(plain)
    return images.assemble(made.config, [packed], platform=made.platform)


KINDS = (
    "oci",
    "zstd",
    "huge-labels",
    "docker",
    "uncompressed",
    "many-layers",
    "a-layer-twice",
    "index",
    "docker-index",
    "index-with-attestation",
)


@functools.cache
def _kinds() -> dict[str, images.Image | images.Index]:
    """By name: every kind of image whose traces in the store could differ."""
    many = _image(*(_layer(seed) for seed in range(1, 9)), labels={"org.example": "x"})
    other = "arm64" if ARCHITECTURE != "arm64" else "amd64"
    foreign = images.image([_layer(20)], architecture=other)
    return {
        "oci": _image(_layer(30)),
        "zstd": _zstd(),
        "huge-labels": _image(_layer(40), labels={"org.example.huge": "x" * 5000}),
        "docker": _image(_layer(31), _layer(32), dialect="docker"),
        "uncompressed": _image(_layer(33, "none"), _layer(34)),
        "many-layers": many,
        "a-layer-twice": _image(_layer(35), _layer(36), _layer(35)),
        "index": images.index([foreign, many]),
        "docker-index": images.index([_image(_layer(37), dialect="docker")], dialect="docker"),
        "index-with-attestation": images.index(
            [_image(_layer(38)), foreign], attestation_of=_image(_layer(38))
        ),
        "runnable": images.image(
            [layers.layer(standard_images.busybox_entries())],
            architecture=ARCHITECTURE,
            cmd=["sh", "-c", "echo from the image; sleep 1000"],
            labels={"org.example.image": "runnable"},
            stop_signal="SIGKILL",
        ),
    }


# Where we mean to differ from ctr: on which of its versions, and why.
DIFFERENCES = {
    "snapshots-name-themselves": (
        ("1.6", "1.7"),
        "their label containerd.io/snapshot.ref lets several clients unpack the same layer at once; the CRI, nerdctl "
        "and ctr 2 set it too",
    ),
    "no-documents-of-other-platforms": (
        ("2.1",),
        "what was not asked for is not fetched, as with ctr 1 and ctr 2 --skip-metadata",
    ),
    "every-source-of-a-layer": (
        ("2.1",),
        "ctr 2 skips a layer that is unpacked, and with it the label for a second repository, which ctr 1 adds",
    ),
}
REF_LABEL = "containerd.io/snapshot.ref"
SOURCE_LABEL = "containerd.io/distribution.source."


@pytest.fixture(scope="session")
def kinds(lab: Lab) -> dict[str, str]:
    """The reference of each kind in the plain registry."""
    registry, found = lab.registries["plain"], {}
    for name, thing in _kinds().items():
        images.push(registry.client(), f"equal/{name}", "1", thing)
        found[name] = f"{registry.host}/equal/{name}:1"
    return found


@dataclass(frozen=True)
class Pair:
    """Two empty namespaces of one daemon: one for us, one for ctr."""

    daemon: Daemon
    ours: str
    theirs: str

    def session(self, namespace: str) -> Session:
        return Session(Endpoint(self.daemon.address, namespace, 30.0))

    def pull(self, who: str, reference: str, lab: Lab) -> None:
        if who == "ours":
            modules.done(modules.run("ctr_image", self.daemon, self.ours, name=reference))
        else:
            flags = lab.registries["plain"].ctr_flags()
            self.daemon.ctr("images", "pull", *flags, reference, namespace=self.theirs)

    def differs_in(self, what: str) -> bool:
        return self.daemon.version in DIFFERENCES[what][0]


@pytest.fixture
def pair(daemon: Daemon) -> Iterator[Pair]:
    base = f"{daemon.namespace}-{uuid.uuid4().hex[:6]}"
    yield Pair(daemon, base + "-us", base + "-ctr")
    for name in (base + "-us", base + "-ctr"):
        namespaces.remove(daemon, name)


def image_of(session: Session, name: str) -> dict[str, Any]:
    found = Images(session).find(name)
    assert found is not None
    target = found.target
    return {
        "name": found.name,
        "labels": dict(found.labels),
        "target": (target.media_type, target.digest, target.size, dict(target.annotations)),
    }


def content_of(session: Session) -> dict[str, Any]:
    return {blob.digest: (blob.size, dict(blob.labels)) for blob in Content(session).list()}


def snapshots_of(session: Session) -> dict[str, Any]:
    answers = session.stream(rpc.LIST, {"snapshotter": "overlayfs", "filters": []})
    return {
        info["name"]: (info["parent"], info["kind"], dict(info["labels"]))
        for answer in answers
        for info in answer["info"]
    }


def unequal(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The entries in which the two differ: ours, theirs."""
    keys = {**ours, **theirs}
    return {key: (ours.get(key), theirs.get(key)) for key in keys if ours.get(key) != theirs.get(key)}


def foreign_documents() -> set[str]:
    """Manifests and configs in the indexes above that are not for this machine."""
    found = set()
    for kind in _kinds().values():
        for each in kind.images if isinstance(kind, images.Index) else ():
            if each.platform["architecture"] != ARCHITECTURE:
                found |= {each.manifest.digest, each.config.digest}
    return found


def unequal_content(pair: Pair) -> dict[str, tuple[Any, Any]]:
    ours, theirs = content_of(pair.session(pair.ours)), content_of(pair.session(pair.theirs))
    if pair.differs_in("no-documents-of-other-platforms"):
        theirs = {digest: value for digest, value in theirs.items() if digest not in foreign_documents()}
    return unequal(ours, theirs)


def unequal_snapshots(pair: Pair) -> dict[str, tuple[Any, Any]]:
    ours, theirs = snapshots_of(pair.session(pair.ours)), snapshots_of(pair.session(pair.theirs))
    if pair.differs_in("snapshots-name-themselves"):
        for name, (_parent, _kind, labels) in ours.items():
            assert labels.pop(REF_LABEL, name) == name
    return unequal(ours, theirs)


def without_sources(pair: Pair, found: dict[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """The entries that differ in more than that we name a source which ctr forgot."""

    def bare(value: Any) -> Any:
        size, labels = value
        return size, {key: text for key, text in labels.items() if not key.startswith(SOURCE_LABEL)}

    if not pair.differs_in("every-source-of-a-layer"):
        return found
    return {
        key: (one, other)
        for key, (one, other) in found.items()
        if one is None or other is None or bare(one) != bare(other)
    }


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_leaves_the_same_traces(pair: Pair, lab: Lab, kinds: dict[str, str], kind: str) -> None:
    for who in ("ours", "theirs"):
        pair.pull(who, kinds[kind], lab)
    ours, theirs = pair.session(pair.ours), pair.session(pair.theirs)
    assert image_of(ours, kinds[kind]) == image_of(theirs, kinds[kind])
    assert unequal_content(pair) == {}
    assert unequal_snapshots(pair) == {}
    check = pair.daemon.ctr("images", "check", namespace=pair.ours)
    assert " complete (" in check and check.rstrip().endswith("true")
    assert check == pair.daemon.ctr("images", "check", namespace=pair.theirs)


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_two_images_that_share_layers_leave_the_same_traces(
    pair: Pair, lab: Lab, kinds: dict[str, str], first: str
) -> None:
    for who in (first, "theirs" if first == "ours" else "ours"):
        for kind in ("many-layers", "index"):
            pair.pull(who, kinds[kind], lab)
    assert without_sources(pair, unequal_content(pair)) == {}
    assert unequal_snapshots(pair) == {}


def test_an_image_pulled_by_ctr_is_whole_to_us_and_ours_to_ctr(
    pair: Pair, lab: Lab, kinds: dict[str, str]
) -> None:
    for kind in ("docker", "index"):
        pair.pull("theirs", kinds[kind], lab)
        assert not modules.run("ctr_image", pair.daemon, pair.theirs, name=kinds[kind]).changed
        pair.pull("ours", kinds[kind], lab)
        session = pair.session(pair.ours)
        content, snapshots = content_of(session), snapshots_of(session)
        flags = lab.registries["plain"].ctr_flags()
        pair.daemon.ctr("images", "pull", *flags, kinds[kind], namespace=pair.ours)
        assert snapshots_of(session) == snapshots
        more = unequal(content, content_of(session))
        assert set(more) <= (
            foreign_documents() if pair.differs_in("no-documents-of-other-platforms") else set()
        )


def record_of(session: Session, container_id: str) -> dict[str, Any]:
    """A container's record as containerd keeps it, but for its times and its spec."""
    found = Containers(session).find(container_id)
    assert found is not None
    record = dict(found.extra)
    record["spec"] = record["spec"]["type_url"]
    return {key: value for key, value in record.items() if key not in ("created_at", "updated_at")}


def test_a_container_has_the_same_record(pair: Pair, lab: Lab, kinds: dict[str, str]) -> None:
    image = kinds["runnable"]
    for who in ("ours", "theirs"):
        pair.pull(who, image, lab)
    made = {"name": "same", "image": image, "labels": {"org.example/a": "b"}, "state": "present"}
    modules.done(modules.run("ctr_container", pair.daemon, pair.ours, **made))
    flags = ("--label", "org.example/a=b")
    pair.daemon.ctr("containers", "create", *flags, "--", image, "same", namespace=pair.theirs)
    ours, theirs = pair.session(pair.ours), pair.session(pair.theirs)
    assert record_of(ours, "same") == record_of(theirs, "same")
    assert unequal_snapshots(pair) == {}
    assert not modules.run("ctr_container", pair.daemon, pair.theirs, **made).changed


def test_ctr_runs_our_image_and_our_container(pair: Pair, lab: Lab, kinds: dict[str, str]) -> None:
    image, daemon, namespace = kinds["runnable"], pair.daemon, pair.ours
    pair.pull("ours", image, lab)
    said = daemon.ctr(
        "run", "--rm", "--", image, "r" + uuid.uuid4().hex[:8], "echo", "hello", namespace=namespace
    )
    assert said == "hello\n"
    made = {"name": "ours", "image": image, "state": "present"}
    modules.done(modules.run("ctr_container", daemon, namespace, **made))
    daemon.ctr("tasks", "start", "--detach", "--null-io", "ours", namespace=namespace)
    assert modules.done(modules.run("ctr_task", daemon, namespace, container="ours"))["changed"] is False
    said = daemon.ctr("tasks", "exec", "--exec-id", "e", "ours", "cat", "/etc/hostname", namespace=namespace)
    assert said == "busybox\n"


def test_our_modules_run_what_ctr_made(pair: Pair, lab: Lab, kinds: dict[str, str]) -> None:
    image, daemon, namespace = kinds["runnable"], pair.daemon, pair.theirs
    pair.pull("theirs", image, lab)
    daemon.ctr("containers", "create", "--", image, "stock", namespace=namespace)

    def task(state: str) -> dict[str, Any]:
        return modules.done(modules.run("ctr_task", daemon, namespace, container="stock", state=state))

    for state, status in (("started", "RUNNING"), ("paused", "PAUSED"), ("started", "RUNNING")):
        assert task(state)["changed"] and not task(state)["changed"]
        assert status in daemon.ctr("tasks", "list", namespace=namespace)
    entering = {"container": "stock", "argv": ["cat", "/etc/hostname"]}
    assert modules.done(modules.run("ctr_exec", daemon, namespace, **entering))["stdout"] == "busybox"
    assert task("stopped")["changed"] and task("absent")["changed"]
    assert daemon.ctr("tasks", "list", "--quiet", namespace=namespace) == ""
    gone = {"name": "stock", "state": "absent"}
    assert modules.done(modules.run("ctr_container", daemon, namespace, **gone))["changed"]
    assert daemon.ctr("containers", "list", "--quiet", namespace=namespace) == ""
