# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image from a containerd's store to a registry: what moves, in which order, and what stays as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._runtime.push import PushRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.plugins.module_utils._values.image import Image
from ansible_collections.community.containerd.plugins.module_utils._values.platform import parse_platform
from ansible_collections.community.containerd.plugins.module_utils._values.push import Pushed, Shipment
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.lying_registry import Blob, LyingRegistry
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

SOURCE = "containerd.io/distribution.source.127.0.0.1"
FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
ACCESS = RegistryAccess(retry_delay_s=0.01, timeout_s=5.0, plain_http=True, hosts_dir="")


class Trip:
    """One push, seen from both ends."""

    def __init__(self, fake: FakeContainerd, server: LyingRegistry, target: Descriptor) -> None:
        self.verbs = PushRuntime(fake.endpoint(), fake.session())
        self.reference = parse_reference(server.host + "/team/app:1")
        self.target = target

    def survey(self) -> Shipment:
        return self.verbs.survey("app", self.target, self.reference, ACCESS)

    def push(self) -> Pushed:
        return self.verbs.push(self.survey(), self.reference, ACCESS)

    @property
    def offered(self) -> str:
        return self.verbs.offered(self.reference, ACCESS)


def test_all_that_a_registry_lacks_goes_there_the_name_last(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    with LyingRegistry() as server:
        trip = Trip(fake, server, image.target)
        shipment = trip.survey()
        assert {request.method for request in server.requests} == {"HEAD"}
        assert trip.push() == Pushed(shipment.bytes_to_send, 0)
        assert shipment.bytes_to_send == sum(len(data) for data in image.bytes.values())
        assert trip.offered == image.target.digest
        assert [request.method for request in server.requests][-2:] == ["PUT", "HEAD"]
        stored = server.find("team/app", "manifests", "1")
        assert stored is not None
        assert stored.content == image.bytes[image.target.digest]
        assert stored.media_type == image.target.media_type


def test_nothing_changes_in_containerd(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    with LyingRegistry() as server:
        Trip(fake, server, image.target).push()
    assert set(fake.sequence()) <= {"content.Info", "content.Read", "introspection.Plugins"}


def test_what_the_registry_has_is_not_sent(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layers=3).into(store)
    with LyingRegistry() as server:
        for of in (image.config, image.layers[0]):
            server.add_blob("team/app", Blob(of.media_type, image.bytes[of.digest]))
        pushed = Trip(fake, server, image.target).push()
        assert len(server.calls("POST")) == 2
    assert pushed.bytes_sent == image.layers[1].size + image.layers[2].size + image.target.size


def test_what_another_repository_has_is_mounted(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    layer, other = image.layers
    store.space().blobs[layer.digest][SOURCE] = "far/away,team/base"
    store.space().blobs[image.target.digest][SOURCE] = "team/older"
    with LyingRegistry() as server:
        server.add_blob("team/base", Blob(layer.media_type, image.bytes[layer.digest]))
        server.add_blob("team/older", Blob(other.media_type, image.bytes[other.digest]))
        trip = Trip(fake, server, image.target)
        shipment = trip.survey()
        assert {part.blob.digest: part.source for part in shipment.blobs} == {
            image.config.digest: "",
            layer.digest: "team/base",
            other.digest: "team/older",
        }
        assert trip.push() == Pushed(image.config.size + image.target.size, layer.size + other.size)


def test_a_mount_that_is_not_made_is_an_upload(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layers=1).into(store)
    store.space().blobs[image.target.digest][SOURCE] = "team/base"
    with LyingRegistry() as server:
        server.uploads.mounts = False
        layer = image.layers[0]
        server.add_blob("team/base", Blob(layer.media_type, image.bytes[layer.digest]))
        trip = Trip(fake, server, image.target)
        assert trip.survey().bytes_to_mount == layer.size
        assert trip.push().bytes_mounted == 0
        assert server.uploads.left == {}


def test_a_blob_that_is_not_here_may_be_mounted_or_is_told_of(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layers=1).into(store)
    layer = image.layers[0]
    store.space().blobs[image.target.digest][SOURCE] = "team/base"
    del store.space().blobs[layer.digest]
    with LyingRegistry() as server:
        server.add_blob("team/base", Blob(layer.media_type, image.bytes[layer.digest]))
        trip = Trip(fake, server, image.target)
        server.uploads.mounts = False
        with pytest.raises(NotFound, match="did not mount blob %s from repository team/base" % layer.digest):
            trip.push()
        assert trip.offered == ""
        server.uploads.mounts = True
        assert trip.push().bytes_mounted == layer.size


def test_layers_that_may_not_be_distributed_are_left_out(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layer_type=FOREIGN).into(store)
    for layer in image.layers:
        del store.space().blobs[layer.digest]
    with LyingRegistry() as server:
        trip = Trip(fake, server, image.target)
        assert trip.survey().lacking == ()
        trip.push()
        assert len(server.calls("POST")) == 1
        assert trip.offered == image.target.digest


def two_platforms(store: Store) -> tuple[Descriptor, StoredImage, StoredImage]:
    amd64, arm64 = StoredImage("amd64").into(store), StoredImage("arm64").into(store)
    return amd64.index_with(store, {"linux/amd64": amd64, "linux/arm64": arm64}), amd64, arm64


def test_an_index_goes_after_its_children(fake: FakeContainerd, store: Store) -> None:
    index, amd64, arm64 = two_platforms(store)
    with LyingRegistry() as server:
        trip = Trip(fake, server, index)
        pushed = trip.push()
        assert pushed.bytes_sent == index.size + sum(
            len(data) for image in (amd64, arm64) for data in image.bytes.values()
        )
        puts = [request.path.rpartition("/")[2] for request in server.calls("PUT .*/manifests/")]
        assert set(puts[:2]) == {amd64.target.digest, arm64.target.digest}
        assert puts[2:] == ["1"]
        assert trip.offered == index.digest


def test_what_is_lacking_is_told_by_platform(fake: FakeContainerd, store: Store) -> None:
    index, amd64, arm64 = two_platforms(store)
    del store.space().blobs[arm64.target.digest]
    with LyingRegistry() as server:
        shipment = Trip(fake, server, index).survey()
    assert shipment.lacking == ("platform linux/arm64",)
    assert shipment.whole == ("linux/amd64",)


def test_a_layer_that_is_lacking_makes_its_platform_lack(fake: FakeContainerd, store: Store) -> None:
    index, amd64, arm64 = two_platforms(store)
    del store.space().blobs[amd64.layers[0].digest]
    with LyingRegistry() as server:
        shipment = Trip(fake, server, index).survey()
        alone = Trip(fake, server, amd64.target).survey()
    assert shipment.lacking == ("platform linux/amd64",)
    assert shipment.whole == ("linux/arm64",)
    assert alone.lacking == ("blob " + amd64.layers[0].digest,)


def test_an_image_whose_target_is_gone_lacks_it(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    del store.space().blobs[image.target.digest]
    with LyingRegistry() as server:
        assert Trip(fake, server, image.target).survey().lacking == ("manifest " + image.target.digest,)


def test_what_is_lacking_here_may_be_there(fake: FakeContainerd, store: Store) -> None:
    index, _amd64, arm64 = two_platforms(store)
    with LyingRegistry() as server:
        trip = Trip(fake, server, arm64.target)
        trip.push()
        for digest in arm64.digests:
            del store.space().blobs[digest]
        trip.target = index
        assert trip.survey().lacking == ()
        trip.push()
        assert trip.offered == index.digest


def test_a_blob_of_another_size_than_its_image_says_is_damage(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    document = json.loads(image.bytes[image.target.digest])
    document["layers"][0]["size"] += 1
    data = json.dumps(document).encode()
    store.add_blob(data)
    target = Descriptor(image.target.media_type, digest_of(data), len(data))
    with LyingRegistry() as server, pytest.raises(Damaged, match="and its image says"):
        Trip(fake, server, target).survey()


def test_a_failure_leaves_the_name_as_it_was_and_no_upload(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layers=6).into(store)
    with LyingRegistry() as server:
        before = server.add("team/app", "1")
        trip = Trip(fake, server, image.target)
        shipment = trip.survey()
        server.lie("PUT .*/blobs/", status=507, times=1)
        with pytest.raises(Refused, match="answered 507"):
            trip.verbs.push(shipment, trip.reference, ACCESS)
        assert trip.offered == before.manifest.digest
        assert server.uploads.left == {}
        assert trip.push().bytes_sent > 0  # what had arrived is not sent again
        assert trip.offered == image.target.digest


def test_the_parts_that_still_move_are_given_up_when_one_fails(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layers=4).into(store)
    with LyingRegistry() as server:
        trip = Trip(fake, server, image.target)
        shipment = trip.survey()
        server.lie("POST", status=403, times=1)
        server.lie("POST", delay_s=0.5)
        with pytest.raises(Failure):
            trip.verbs.push(shipment, trip.reference, ACCESS)
        assert server.uploads.left == {}
        assert [request.body for request in server.calls("PUT") if request.body] == []


def record(target: Descriptor) -> Image:
    return Image("app:1", target, {})


def test_a_platform_is_chosen_from_an_index(fake: FakeContainerd, store: Store) -> None:
    index, amd64, arm64 = two_platforms(store)
    verbs = PushRuntime(fake.endpoint(), fake.session())
    assert verbs.choose(record(index), None) == index
    assert verbs.choose(record(index), parse_platform("arm64")).digest == arm64.target.digest
    with pytest.raises(NotFound, match="no manifest for platform linux/s390x"):
        verbs.choose(record(index), parse_platform("s390x"))
    del store.space().blobs[arm64.target.digest]
    with pytest.raises(NotFound, match="for platform linux/arm64, which is not here; pull"):
        verbs.choose(record(index), parse_platform("arm64"))


def test_an_image_without_an_index_has_the_platform_of_its_config(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    config = json.dumps({"os": "linux", "architecture": "arm64", "rootfs": {"diff_ids": []}}).encode()
    document: dict[str, Any] = json.loads(image.bytes[image.target.digest])
    document["config"].update(digest=digest_of(config), size=len(config))
    data = json.dumps(document).encode()
    for content in (config, data):
        store.add_blob(content)
    target = Descriptor(image.target.media_type, digest_of(data), len(data))
    verbs = PushRuntime(fake.endpoint(), fake.session())
    assert verbs.choose(record(target), parse_platform("arm64")) == target
    with pytest.raises(NotFound, match="no manifest for platform linux/amd64; .*linux/arm64"):
        verbs.choose(record(target), parse_platform("amd64"))
