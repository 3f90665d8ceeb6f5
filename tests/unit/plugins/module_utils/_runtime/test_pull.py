# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pull as a whole, from a registry that speaks HTTP to a containerd that speaks gRPC: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    NotFound,
)
from ansible_collections.community.containerd.plugins.module_utils._values.image import (
    Extent,
    LookUp,
    Pull,
    Remote,
)
from ansible_collections.community.containerd.plugins.module_utils._values.platform import Platform
from ansible_collections.community.containerd.plugins.module_utils._values.reference import parse_reference
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.lab.lying_registry import Blob, LyingRegistry, layer
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd, Status
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

EXTENT = Extent((Platform("linux", "amd64"),), True, "overlayfs")
ACCESS = RegistryAccess(plain_http=True, retry_delay_s=0.01, timeout_s=5.0, retries=1)


class Host:
    """A registry, a containerd, and the verbs between them."""

    def __init__(self, registry: LyingRegistry, fake: FakeContainerd, store: Store) -> None:
        self.registry, self.fake, self.store = registry, fake, store
        self.runtime = ImageRuntime(fake.endpoint(), fake.session())
        self.access = ACCESS

    def name(self, image: str = "team/app:1") -> str:
        return self.registry.host + "/" + image

    def look_up(self, *images: str, pinned: bool = False) -> dict[str, Remote]:
        questions = []
        for name in map(self.name, images):
            record = self.runtime.records([name]).get(name)
            stored = self.runtime.inspect([record], EXTENT)[name] if record else None
            questions.append(LookUp(name, parse_reference(name), stored, is_pinned=pinned))
        return self.runtime.look_up(questions, EXTENT, self.access)

    def pull(self, *images: str, **extent: Any) -> list[int]:
        offers = self.look_up(*images)
        wanted = Extent(EXTENT.platforms, extent.get("unpack", True), "overlayfs")
        jobs = [
            Pull(name, parse_reference(name), offer.target, offer, wanted) for name, offer in offers.items()
        ]
        return [pulled.bytes_fetched for pulled in self.runtime.pull(jobs, self.access)]

    def is_whole(self, image: str = "team/app:1") -> bool:
        record = self.runtime.records([self.name(image)])[self.name(image)]
        found = self.runtime.inspect([record], EXTENT)[record.name]
        return found.is_complete and found.is_unpacked

    def assert_nothing_left(self) -> None:
        self.store.collect()
        space = self.store.space()
        left = (space.images, space.blobs, space.snapshots, space.ingests, space.leases)
        assert left == ({}, {}, {}, {}, {})


@pytest.fixture
def host(fake: FakeContainerd, store: Store) -> Iterator[Host]:
    with LyingRegistry() as registry:
        made = Host(registry, fake, store)
        registry.add("team/app", "1", layers=(layer({"a": b"1"}), layer({"b": b"2"})))
        yield made


def test_a_pulled_image_is_whole_and_stays_so(host: Host) -> None:
    (moved,) = host.pull("team/app:1")
    host.store.collect()
    assert host.is_whole()
    assert moved == sum(len(host.store.bytes[digest]) for digest in host.store.space().blobs)
    assert (host.store.space().leases, host.store.space().ingests) == ({}, {})


def test_the_name_comes_after_all_that_it_stands_for(host: Host) -> None:
    host.pull("team/app:1")
    calls = host.fake.sequence("leases.Create", "content.Write", "snapshots.Commit", "images.Create")
    assert calls[0] == "leases.Create"
    assert calls[-1] == "images.Create"
    held = host.fake.named("content.Write", "snapshots.Prepare", "diff.Apply", "images.Create")
    assert {call.lease for call in held} == {host.fake.named("leases.Create")[0].request["id"]}


def test_a_look_up_stores_nothing_and_fetches_no_layer(host: Host) -> None:
    offer = host.look_up("team/app:1")[host.name()]
    assert len(offer.missing) == 4
    assert set(offer.configs) == {offer.graph.manifests[0][1].config.digest}
    assert host.store.space().blobs == {}
    asked = [request.path for request in host.registry.requests if "/blobs/" in request.path]
    assert len(asked) == 1


def test_a_registry_is_asked_once_a_task(host: Host) -> None:
    host.look_up("team/app:1")
    count = len(host.registry.requests)
    host.look_up("team/app:1")
    assert len(host.registry.requests) == count


def test_many_images_are_looked_up_and_pulled_at_once(host: Host) -> None:
    shared = layer({"shared": b"!"})
    for n in range(3):
        host.registry.add("many/app%d" % n, "1", layers=(shared, layer({"own": b"%d" % n})))
    names = ["many/app%d:1" % n for n in range(3)]
    host.pull(*names)
    host.store.collect()
    assert all(host.is_whole(name) for name in names)
    assert len(host.registry.calls("GET .*/blobs/" + shared.digest)) == 1
    assert host.store.applied.count(shared.digest) == 1
    assert len(host.fake.named("leases.Create")) == 1


def test_a_whole_image_that_has_not_moved_is_told_by_one_request(host: Host) -> None:
    host.pull("team/app:1")
    fresh = Host(host.registry, host.fake, host.store)
    before = len(host.registry.requests)
    offer = fresh.look_up("team/app:1")[host.name()]
    assert (offer.graph.documents, offer.missing) == ((), ())
    assert [request.method for request in host.registry.requests[before:]] == ["HEAD"]


def test_a_pinned_question_keeps_to_the_digest_that_is_here(host: Host) -> None:
    host.pull("team/app:1")
    old = host.store.space().images[host.name()]["target"]["digest"]
    host.registry.add("team/app", "1", layers=(layer({"new": b"!"}),))
    fresh = Host(host.registry, host.fake, host.store)
    assert fresh.look_up("team/app:1", pinned=True)[host.name()].target.digest == old
    newer = Host(host.registry, host.fake, host.store)
    assert newer.look_up("team/app:1")[host.name()].target.digest != old


def test_a_tag_that_moves_keeps_the_labels_of_its_record(host: Host) -> None:
    host.pull("team/app:1")
    host.store.space().images[host.name()]["labels"] = {"io.cri-containerd.pinned": "pinned"}
    new = host.registry.add("team/app", "1", layers=(layer({"new": b"!"}),))
    fresh = Host(host.registry, host.fake, host.store)
    fresh.pull("team/app:1")
    record = host.store.space().images[host.name()]
    assert record["target"]["digest"] == new.manifest.digest
    assert record["labels"] == {"io.cri-containerd.pinned": "pinned"}
    host.store.collect()
    assert host.is_whole()


def test_only_what_is_missing_is_fetched(host: Host) -> None:
    host.pull("team/app:1")
    offer = host.look_up("team/app:1")[host.name()]
    lost = offer.graph.manifests[0][1].layers[1]
    del host.store.space().blobs[lost.digest], host.store.bytes[lost.digest]
    fresh = Host(host.registry, host.fake, host.store)
    before = len(host.registry.requests)
    assert fresh.pull("team/app:1") == [lost.size]
    asked = [request.path for request in host.registry.requests[before:] if "/blobs/" in request.path]
    assert [path.rpartition("/")[2] for path in asked] == [lost.digest]
    assert host.is_whole()


def test_without_unpack_no_snapshot_is_made(host: Host) -> None:
    host.pull("team/app:1", unpack=False)
    assert host.store.space().snapshots == {}
    assert host.name() in host.store.space().images


def test_what_is_only_packed_is_unpacked_without_a_registry(host: Host) -> None:
    host.pull("team/app:1", unpack=False)
    asked = len(host.registry.requests)
    record = host.runtime.records([host.name()])[host.name()]
    job = Pull(record.name, parse_reference(record.name), record.target, None, EXTENT)
    (pulled,) = host.runtime.pull([job], ACCESS)
    assert (pulled.host, pulled.bytes_fetched) == ("", 0)
    assert len(host.registry.requests) == asked
    host.store.collect()
    assert host.is_whole()


# What goes wrong leaves nothing


@pytest.mark.parametrize(
    ("lie", "kind"),
    [
        ({"content": b"something else"}, Damaged),
        ({"cut_after": 5}, Failure),
        ({"status": 404}, NotFound),
        ({"status": 500}, Failure),
    ],
    ids=["other bytes", "cut", "gone", "broken"],
)
def test_a_layer_that_does_not_come_leaves_nothing(
    host: Host, lie: dict[str, Any], kind: type[Failure]
) -> None:
    host.look_up("team/app:1")
    host.registry.lie("GET .*/blobs/", **lie)
    with pytest.raises(kind):
        host.pull("team/app:1")
    host.assert_nothing_left()


@pytest.mark.parametrize(
    "call", ["content.Write", "snapshots.Prepare", "diff.Apply", "snapshots.Commit", "content.Update"]
)
def test_a_daemon_that_fails_in_the_middle_is_left_with_nothing(host: Host, call: str) -> None:
    host.fake.fail(call, Status(8, "no space left on device"))
    with pytest.raises(Failure, match="no space left"):
        host.pull("team/app:1")
    host.assert_nothing_left()


def test_one_image_that_fails_takes_the_others_with_it(host: Host) -> None:
    made = host.registry.add("bad/app", "1", layers=(layer({"bad": b"!"}),))
    host.registry.lie("GET .*/blobs/" + made.layers[0].digest, status=404)
    with pytest.raises(NotFound):
        host.pull("team/app:1", "bad/app:1")
    host.assert_nothing_left()


def test_a_config_that_does_not_match_is_damaged_before_anything_is_stored(host: Host) -> None:
    made = host.registry.add("bad/app", "1")
    same_size = bytes(made.config.size)
    host.registry.lie("GET .*/blobs/" + made.config.digest, content=same_size)
    with pytest.raises(Damaged, match="with digest sha256:"):
        host.look_up("bad/app:1")
    host.assert_nothing_left()


def mirrored(host: Host, mirror: LyingRegistry, place: Path) -> RegistryAccess:
    """Access to the host's registry by way of a mirror."""
    directory = place / host.registry.host.replace(":", "_")
    directory = directory.with_name(directory.name + "_")
    directory.mkdir()
    text = 'server = "%s"\n[host."%s"]\n' % (host.registry.url, mirror.url)
    (directory / "hosts.toml").write_text(text)
    return ACCESS.replace(hosts_dir=str(place))


def test_of_a_mirror_with_wrong_bytes_the_registry_is_asked_next(host: Host, tmp_path: Path) -> None:
    layers = (layer({"a": b"1"}), layer({"b": b"2"}))
    with LyingRegistry() as mirror:
        image = mirror.add("team/app", "1", layers=layers)
        for blob in (image.config, layers[0]):
            mirror.lie("/blobs/" + blob.digest, content=bytes(blob.size))
        host.access = mirrored(host, mirror, tmp_path)
        (moved,) = host.pull("team/app:1")
        given = [call.path.rpartition("/")[2] for call in host.registry.requests]
        assert given == [image.config.digest, layers[0].digest], "and what was right there is not asked for"
    assert moved == sum(len(host.store.bytes[digest]) for digest in host.store.space().blobs)
    host.store.collect()
    assert host.is_whole()
    assert host.store.space().ingests == {}


def test_wrong_bytes_from_everywhere_are_told_with_hosts_and_digests(host: Host, tmp_path: Path) -> None:
    with LyingRegistry() as mirror:
        blob = mirror.add("team/app", "1", layers=(layer({"a": b"1"}), layer({"b": b"2"}))).layers[0]
        for server in (mirror, host.registry):
            server.lie("/blobs/" + blob.digest, content=bytes(blob.size))
        host.access = mirrored(host, mirror, tmp_path)
        with pytest.raises(Damaged) as caught:
            host.pull("team/app:1")
        named = [mirror.host, host.registry.host, digest_of(bytes(blob.size)), blob.digest]
        assert all(words in caught.value.message for words in named)
    host.assert_nothing_left()


def damaged_parts(host: Host) -> tuple[str, str]:
    """The digests of the manifest and of the config."""
    record = host.runtime.records([host.name()])[host.name()]
    manifest = record.target.digest
    return manifest, host.store.space().blobs[manifest]["containerd.io/gc.ref.content.config"]


def spoil(host: Host, *digests: str) -> None:
    """What a power loss makes of files."""
    for digest in digests:
        host.store.bytes[digest] = bytes(len(host.store.bytes[digest]))


def test_a_damaged_document_is_fetched_again_and_nothing_else(host: Host) -> None:
    host.pull("team/app:1")
    before = {digest: dict(labels) for digest, labels in host.store.space().blobs.items()}
    snapshots, bytes_before = dict(host.store.space().snapshots), dict(host.store.bytes)
    manifest, config = damaged_parts(host)
    spoil(host, manifest, config)
    assert not host.is_whole()
    host.registry.forget()
    host.runtime._offers.clear()
    (moved,) = host.pull("team/app:1")
    assert moved == len(bytes_before[manifest]) + len(bytes_before[config])
    assert not [
        call for call in host.registry.requests if call.path.rpartition("/")[2] not in ("1", manifest, config)
    ]
    host.store.collect()
    assert host.store.bytes == bytes_before
    assert {each: set(labels) for each, labels in host.store.space().blobs.items()} == {
        each: set(labels) for each, labels in before.items()
    }
    assert host.store.space().snapshots == snapshots
    assert host.is_whole()
    assert host.store.space().leases == {}


def test_a_document_that_cannot_be_had_again_takes_nothing_with_it(host: Host) -> None:
    host.pull("team/app:1")
    manifest, _config = damaged_parts(host)
    spoil(host, manifest)
    blobs = set(host.store.space().blobs)
    host.registry.lie("/manifests/" + manifest, status=500)
    host.runtime._offers.clear()
    with pytest.raises(Failure, match="answered 500"):
        host.pull("team/app:1")
    host.store.collect()
    assert set(host.store.space().blobs) == blobs


def test_what_another_namespace_has_damaged_is_told_before_anything_is_done(host: Host) -> None:
    host.pull("team/app:1")
    manifest, _config = damaged_parts(host)
    spoil(host, manifest)
    host.store.space("other").blobs[manifest] = {}
    before = dict(host.store.space().blobs)
    host.runtime._offers.clear()
    with pytest.raises(Damaged, match="since namespace other has it, too; remove the images"):
        host.look_up("team/app:1", pinned=True)
    assert host.store.space().blobs == before


def test_a_layer_that_unpacks_to_something_else_is_damaged(host: Host) -> None:
    lying = StoredImage("lying", diff_ids=["sha256:" + "0" * 64] * 2)
    for blob in (lying.config, *lying.layers):
        host.registry.add_blob("bad/app", Blob(blob.media_type, lying.bytes[blob.digest]))
    host.registry.add_manifest(
        "bad/app", "1", Blob(lying.target.media_type, lying.bytes[lying.target.digest])
    )
    with pytest.raises(Damaged, match="config promises"):
        host.pull("bad/app:1")
    host.assert_nothing_left()


def test_a_name_that_the_registry_does_not_know_is_not_found(host: Host) -> None:
    with pytest.raises(NotFound):
        host.look_up("team/app:2")


def test_an_index_gives_the_platform_that_is_wanted(host: Host) -> None:
    images = {
        "linux/amd64": host.registry.add("multi", "amd64", layers=(layer({"arch": b"amd64"}),)),
        "linux/arm64": host.registry.add("multi", "arm64", layers=(layer({"arch": b"arm64"}),)),
    }
    index = host.registry.add_index("multi", "1", images)
    host.pull("multi:1")
    host.store.collect()
    assert host.is_whole("multi:1")
    blobs = host.store.space().blobs
    assert images["linux/amd64"].manifest.digest in blobs
    assert images["linux/arm64"].manifest.digest not in blobs
    assert blobs[index.digest]["containerd.io/gc.ref.content.m.1"] == images["linux/arm64"].manifest.digest


def test_a_config_too_large_for_a_document_is_not_read(host: Host) -> None:
    huge = Blob("application/vnd.oci.image.config.v1+json", b" " * ((8 << 20) + 1))
    made = host.registry.add("huge", "1")
    changed = made.manifest.content.replace(made.config.digest.encode(), huge.digest.encode()).replace(
        b'"size": %d' % made.config.size, b'"size": %d' % huge.size, 1
    )
    host.registry.add_manifest("huge", "1", Blob(made.manifest.media_type, changed))
    host.registry.add_blob("huge", huge)
    with pytest.raises(Damaged, match="too large"):
        host.look_up("huge:1")
