# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images whose parts were lost, and images of every make: whole again, by what is missing and no byte more.

The registry counts what it gives; check mode has to have promised just that.
"""

from __future__ import annotations

import gzip
import json
import random
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.ingests import Ingests
from ansible_collections.community.containerd.plugins.module_utils._services.leases import Leases
from ansible_collections.community.containerd.plugins.module_utils._services.messages import content as rpc
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values import labels
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Locked
from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab import namespaces
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.layers import zstd_frame
from ansible_collections.community.containerd.tests.lab.lying_registry import (
    LAYER,
    MANIFEST,
    Blob,
    Image,
    LyingRegistry,
    layer,
)

DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
HALF = 60_000  # bytes of a layer that had come before


class Host:
    """One namespace of a daemon, a registry, and an image of two layers that nobody else has."""

    def __init__(self, daemon: Daemon, namespace: str, liar: LyingRegistry) -> None:
        self.daemon, self.namespace, self.liar = daemon, namespace, liar
        self.name = liar.host + "/team/app:1"
        self.session = Session(Endpoint(daemon.address, namespace, 30.0))

    def add(self, *layers: Blob, **how: object) -> Image:
        return self.liar.add("team/app", "1", layers=layers, **how)  # type: ignore[arg-type]

    def play(self, *, check: bool = False, **options: object) -> dict[str, object]:
        wanted = {"name": self.name, "retries": 0, "_ansible_check_mode": check, **options}
        return modules.done(modules.run("ctr_image", self.daemon, self.namespace, **wanted))

    def given(self, since: int, digests: Iterable[str]) -> int:
        """The bytes of these blobs that the registry has sent."""
        total = 0
        for request in self.liar.requests[since:]:
            kind, version = request.path.split("/")[-2:]
            blob = self.liar.find("team/app", kind, version)
            if request.method == "GET" and blob is not None and blob.digest in digests:
                start = request.headers.get("range", "bytes=0-")[len("bytes=") :]
                total += blob.size - int(start.partition("-")[0])
        return total

    def is_whole(self) -> bool:
        check = self.daemon.ctr("images", "check", namespace=self.namespace)
        return " complete (" in check and check.rstrip().endswith("true")

    def lose(self, digest: str) -> None:
        self.daemon.ctr("content", "rm", digest, namespace=self.namespace)
        blob = Path(self.daemon.root, "io.containerd.content.v1.content/blobs/sha256", digest[7:])
        modules.wait_until(lambda: not blob.exists(), "the blob is gone from the disk")


@pytest.fixture
def host(daemon: Daemon, namespace: str, liar: LyingRegistry) -> Iterator[Host]:
    yield Host(daemon, namespace, liar)
    namespaces.remove(daemon, namespace + "-other")


def random_layer(size: int = 200_000) -> Blob:
    return layer({uuid.uuid4().hex: random.Random(uuid.uuid4().int).randbytes(size)})


def bytes_fetched(result: dict[str, object]) -> int:
    (entry,) = result["images"]  # type: ignore[misc]
    return int(entry["bytes_fetched"])


def lost_layer(host: Host, image: Image) -> tuple[int, int]:
    host.lose(image.layers[1].digest)
    return image.layers[1].size, 0


def lost_config(host: Host, image: Image) -> tuple[int, int]:
    host.lose(image.config.digest)
    return 0, image.config.size


def lost_manifest(host: Host, image: Image) -> tuple[int, int]:
    # Without it the garbage collector would take all the rest before anybody could repair it.
    host.daemon.ctr("leases", "create", "--id", "keeper", namespace=host.namespace)
    for blob in (image.config, *image.layers):
        Leases(host.session).hold("keeper", "content", blob.digest)
    host.lose(image.manifest.digest)
    return 0, image.manifest.size


def lost_snapshots(host: Host, image: Image) -> tuple[int, int]:
    config = Content(host.session).find(image.config.digest)
    assert config is not None
    top = config.labels[labels.GC_SNAPSHOT + "overlayfs"]
    host.daemon.ctr("snapshots", "rm", top, namespace=host.namespace)
    return 0, 0


def is_locked(host: Host, request: Mapping[str, Any]) -> bool:
    try:
        with host.session.open(rpc.WRITE) as stream:
            stream.send({**request, "action": rpc.STAT})
            return stream.receive() is None
    except Locked:
        return True


def half_an_ingest(host: Host, image: Image) -> tuple[int, int]:
    lost = image.layers[1]
    host.lose(lost.digest)

    request = {"ref": "layer-" + lost.digest, "total": lost.size, "expected": lost.digest}
    with host.session.open(rpc.WRITE) as stream:
        for more in ({"action": rpc.STAT}, {"action": rpc.WRITING, "data": lost.content[:HALF]}):
            stream.send({**request, **more})
            assert stream.receive() is not None
    # Whoever wrote it may hold it for a moment longer.
    modules.wait_until(lambda: not is_locked(host, request), "the ingest is free")
    return lost.size - HALF, 0


def another_namespace_has_it(host: Host, image: Image) -> tuple[int, int]:
    lost = image.layers[1]
    host.lose(lost.digest)
    other = host.session.within(host.namespace + "-other")
    lease = "keeper-" + uuid.uuid4().hex[:6]
    Leases(other).create(lease, {})
    of = Descriptor(LAYER, lost.digest, lost.size)

    @contextmanager
    def source(offset: int) -> Iterator[Iterable[bytes]]:
        yield [lost.content[offset:]]

    Ingests(other.under(lease)).write("layer-" + lost.digest, of, {}, source)
    return 0, 0


ACCIDENTS: tuple[Callable[[Host, Image], tuple[int, int]], ...] = (
    lost_layer,
    lost_config,
    lost_manifest,
    lost_snapshots,
    half_an_ingest,
    another_namespace_has_it,
)


@pytest.mark.parametrize("accident", ACCIDENTS, ids=[each.__name__ for each in ACCIDENTS])
@pytest.mark.parametrize("pull", ["missing", "always"])
def test_a_damaged_store_is_repaired_by_what_is_missing(
    host: Host, pull: str, accident: Callable[[Host, Image], tuple[int, int]]
) -> None:
    image = host.add(random_layer(), random_layer())
    host.play()
    of_layers, of_documents = accident(host, image)
    layers = {each.digest for each in image.layers}

    start = len(host.liar.requests)
    promised = host.play(check=True, pull=pull)
    assert host.given(start, layers) == 0

    start = len(host.liar.requests)
    made = host.play(pull=pull)
    assert promised["changed"] and made["changed"]
    assert promised["actions"] == made["actions"] and promised["diff"] == made["diff"]
    assert bytes_fetched(promised) == bytes_fetched(made) == of_layers + of_documents
    assert host.given(start, layers) == of_layers
    assert host.is_whole()

    assert not host.play(check=True, pull=pull)["changed"] and not host.play(pull=pull)["changed"]
    here = inventory.take(host.daemon, host.namespace)
    assert not here.ingests and not set(here.leases) - {"keeper"}


SPOILS: dict[str, Callable[[bytes], bytes]] = {
    "zeroed": lambda content: bytes(len(content)),
    "flipped": lambda content: content.replace(b"sha256:", b"sha256;", 1),
    "emptied": lambda content: b"",
}


@pytest.mark.parametrize("how", SPOILS)
def test_a_document_that_is_damaged_on_the_disk_is_put_right(host: Host, how: str) -> None:
    image = host.add(random_layer(), random_layer())
    host.play()
    before = inventory.take(host.daemon, host.namespace)
    for blob in (image.manifest, image.config):
        path = Path(host.daemon.root, "io.containerd.content.v1.content/blobs/sha256", blob.digest[7:])
        path.chmod(0o644)
        path.write_bytes(SPOILS[how](blob.content))
    told = modules.done(modules.run("ctr_image_info", host.daemon, host.namespace, name=[host.name]))
    assert told["images"][0]["problem"] == "blob %s is damaged" % image.manifest.digest
    start = len(host.liar.requests)
    promised = host.play(check=True)
    made = host.play()
    assert promised["changed"] and made["changed"]
    assert promised["actions"] == made["actions"] and promised["diff"] == made["diff"]
    assert bytes_fetched(promised) == bytes_fetched(made) == image.manifest.size + image.config.size
    assert host.given(start, {each.digest for each in image.layers}) == 0
    assert not host.play(check=True)["changed"] and not host.play(pull="always")["changed"]
    assert inventory.take(host.daemon, host.namespace) == before
    assert host.is_whole()


def test_what_is_damaged_in_two_namespaces_is_told_and_left_as_it_is(host: Host) -> None:
    image = host.add(random_layer())
    host.play()
    other = host.namespace + "-other"
    modules.done(modules.run("ctr_image", host.daemon, other, name=host.name, unpack=False))
    path = Path(host.daemon.root, "io.containerd.content.v1.content/blobs/sha256", image.manifest.digest[7:])
    path.chmod(0o644)
    path.write_bytes(bytes(image.manifest.size))
    before = inventory.take(host.daemon, host.namespace)
    for check in (True, False):
        result = modules.run(
            "ctr_image", host.daemon, host.namespace, name=host.name, _ansible_check_mode=check
        )
        assert "namespace %s has it, too" % other in modules.complaint(result, "damaged")
    assert inventory.take(host.daemon, host.namespace) == before
    host.daemon.ctr("images", "rm", "--sync", host.name, namespace=other)
    assert host.play()["changed"]
    assert host.is_whole()


def plain(blob: Blob) -> bytes:
    return gzip.decompress(blob.content)


OCI_TAR, DOCKER_TAR = "application/vnd.oci.image.layer.v1.tar", "application/vnd.docker.image.rootfs.diff.tar"
MAKES: dict[str, tuple[str, str, Callable[[Blob], bytes]]] = {
    "OCI, uncompressed": (MANIFEST, OCI_TAR, plain),
    "OCI, gzip": (MANIFEST, LAYER, lambda blob: blob.content),
    "OCI, zstd": (MANIFEST, OCI_TAR + "+zstd", lambda blob: zstd_frame(plain(blob))),
    "Docker, uncompressed": (DOCKER, DOCKER_TAR, plain),
    "Docker, gzip": (DOCKER, DOCKER_TAR + ".gzip", lambda blob: blob.content),
}


@pytest.mark.parametrize("make", MAKES)
def test_layers_of_every_make_are_unpacked(host: Host, make: str) -> None:
    manifest_type, media_type, packed = MAKES[make]
    made = random_layer()
    blob = Blob(media_type, packed(made))
    # The diff id in the config is that of the tar, which the registry cannot tell of a zstd layer.
    honest = host.add(Blob(OCI_TAR, plain(made)), config={"Labels": {"huge": "x" * 5000}})
    document = {
        "schemaVersion": 2,
        "mediaType": manifest_type,
        "config": honest.config.descriptor,
        "layers": [blob.descriptor],
    }
    host.liar.add_blob("team/app", blob)
    host.liar.add_manifest("team/app", "1", Blob(manifest_type, json.dumps(document).encode()))
    promised, pulled = host.play(check=True), host.play()
    assert bytes_fetched(promised) == bytes_fetched(pulled) > blob.size
    assert host.is_whole()
    assert not host.play(pull="always")["changed"]


def test_schema_1_is_refused_in_a_clear_word(host: Host) -> None:
    host.add(random_layer(), media_type="application/vnd.docker.distribution.manifest.v1+prettyjws")
    before = inventory.take(host.daemon, host.namespace)
    refusal = modules.run("ctr_image", host.daemon, host.namespace, name=host.name, retries=0)
    assert "Docker's schema 1 format" in modules.complaint(refusal, "unsupported")
    assert inventory.take(host.daemon, host.namespace) == before


def test_with_sync_the_space_is_free_when_the_task_ends(host: Host) -> None:
    image = host.add(random_layer(4_000_000))
    root = host.daemon.root
    snapshots = Path(root, "io.containerd.snapshotter.v1.overlayfs/snapshots")
    before = {path.name for path in snapshots.iterdir()} if snapshots.is_dir() else set()
    host.play()
    blobs = [
        Path(root, "io.containerd.content.v1.content/blobs/sha256", blob.digest[7:])
        for blob in (image.manifest, image.config, *image.layers)
    ]
    assert all(blob.exists() for blob in blobs)
    assert {path.name for path in snapshots.iterdir()} - before
    host.play(state="absent", sync=True)
    assert not any(blob.exists() for blob in blobs)
    assert not {path.name for path in snapshots.iterdir()} - before


def test_a_pull_by_us_keeps_what_others_wrote_on_the_record(host: Host) -> None:
    host.add(random_layer())
    host.play(pinned=True, labels={"org.example.team": "blue"})
    host.daemon.ctr("images", "label", host.name, "org.example.other=theirs", namespace=host.namespace)
    moved = host.add(random_layer())
    host.play(pull="always")
    record = Images(host.session).find(host.name)
    assert record is not None and record.target.digest == moved.manifest.digest
    assert record.labels == {
        labels.PINNED: labels.IS_PINNED,
        "org.example.team": "blue",
        "org.example.other": "theirs",
    }
