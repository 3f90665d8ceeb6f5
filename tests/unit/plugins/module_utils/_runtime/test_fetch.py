# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blobs into the store: refs and labels as containerd's own clients write them, each blob once, in its turn."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import fetch
from ansible_collections.community.containerd.plugins.module_utils._runtime.fetch import Fetcher
from ansible_collections.community.containerd.plugins.module_utils._runtime.ingest import ref_of
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Failure,
    Locked,
    Refused,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.image import Extent, Pull
from ansible_collections.community.containerd.plugins.module_utils._values.reference import (
    Reference,
    parse_reference,
)
from ansible_collections.community.containerd.plugins.module_utils._values.registry import RegistryAccess
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

SOURCE = "containerd.io/distribution.source.ghcr.io"
UNCOMPRESSED = "containerd.io/uncompressed"


class Registry:
    """A registry that gives the blobs of some images, and writes down what was asked."""

    def __init__(self, *images: StoredImage, breaks_at: int | None = None) -> None:
        self.bytes = {digest: data for image in images for digest, data in image.bytes.items()}
        self.breaks_at = breaks_at
        self.asked: list[tuple[str, int]] = []

    def of(self, reference: Reference) -> Registry:
        return self

    def senders(self, reference: Reference, blob: Descriptor) -> Sender:
        return Sender(self, blob)

    @contextlib.contextmanager
    def send(self, blob: Descriptor, offset: int) -> Iterator[Iterator[bytes]]:
        self.asked.append((blob.digest, offset))
        yield self._chunks(self.bytes[blob.digest][offset:])

    def _chunks(self, data: bytes) -> Iterator[bytes]:
        if self.breaks_at is not None:
            yield data[: self.breaks_at]
            raise Unreachable("the registry went away", "run the task again")
        for at in range(0, len(data), 100):
            yield data[at : at + 100]


class Sender:
    """The one host that has a blob. That others are asked, test_pull.py shows."""

    def __init__(self, registry: Registry, blob: Descriptor) -> None:
        self.registry, self.wanted = registry, blob

    def send(self, offset: int) -> contextlib.AbstractContextManager[Iterator[bytes]]:
        return self.registry.send(self.wanted, offset)

    def doubt(self, refusal: Refused) -> None:
        raise refusal


def job(image: StoredImage, name: str = "ghcr.io/team/app:1") -> Pull:
    return Pull(name, parse_reference(name), image.target, image.remote(), Extent((), True, "overlayfs"))


def access(**given: object) -> RegistryAccess:
    return RegistryAccess(**{"timeout_s": 0.2, "retry_delay_s": 0.01, **given})  # type: ignore[arg-type]


def fetch_all(session: Session, registry: Registry, *jobs: Pull) -> list[int]:
    with Fetcher(session, registry, access()) as fetcher:  # type: ignore[arg-type]
        for each in jobs:
            assert each.remote is not None
            fetcher.begin(each, each.remote.graph)
        for each in jobs:
            assert each.remote is not None
            fetcher.finish(session, each, each.remote.graph)
        return [fetcher.moved().get(each.name, 0) for each in jobs]


def test_an_image_arrives_with_the_labels_that_hold_it(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    (moved,) = fetch_all(fake.session(), Registry(image), job(image))
    assert moved == sum(len(data) for data in image.bytes.values())
    blobs = store.space().blobs
    assert set(blobs) == set(image.digests)
    assert all(labels[SOURCE] == "team/app" for labels in blobs.values())
    assert {key: value for key, value in blobs[image.target.digest].items() if "gc.ref" in key} == {
        "containerd.io/gc.ref.content.config": image.config.digest,
        "containerd.io/gc.ref.content.l.0": image.layers[0].digest,
        "containerd.io/gc.ref.content.l.1": image.layers[1].digest,
    }
    assert store.space().ingests == {}


def test_a_layer_that_is_to_be_unpacked_arrives_with_its_diff_id(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    fetch_all(fake.session(), Registry(image), job(image))
    found = [store.space().blobs[layer.digest][UNCOMPRESSED] for layer in image.layers]
    assert found == image.diff_ids


def test_no_diff_id_is_taken_on_trust_for_what_is_not_unpacked(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    fetch_all(fake.session(), Registry(image), job(image).replace(extent=Extent((), False, "overlayfs")))
    assert not any(UNCOMPRESSED in labels for labels in store.space().blobs.values())


def test_a_lying_config_does_not_relabel_a_layer_that_is_here(fake: FakeContainerd, store: Store) -> None:
    honest = StoredImage().into(store)
    store.space().blobs[honest.layers[0].digest][UNCOMPRESSED] = honest.diff_ids[0]
    liar = StoredImage(diff_ids=["sha256:" + "0" * 64] * 2)
    fetch_all(fake.session(), Registry(liar), job(liar))
    assert store.space().blobs[honest.layers[0].digest][UNCOMPRESSED] == honest.diff_ids[0]


def test_the_config_is_known_already_and_not_asked_for_again(fake: FakeContainerd, store: Store) -> None:
    image, registry = StoredImage(), Registry(StoredImage())
    fetch_all(fake.session(), registry, job(image))
    assert {digest for digest, _offset in registry.asked} == {layer.digest for layer in image.layers}


def test_the_manifest_comes_last(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    fetch_all(fake.session(), Registry(image), job(image))
    commits = [call.request["ref"] for call in fake.named("content.Write") if call.request["action"] == 2]
    assert commits[-1] == "manifest-" + image.target.digest


def test_what_two_images_share_is_fetched_once_and_counted_once(fake: FakeContainerd, store: Store) -> None:
    image, registry = StoredImage(), Registry(StoredImage())
    jobs = (job(image), job(image, "ghcr.io/other/app:2"))
    first, second = fetch_all(fake.session(), registry, *jobs)
    assert len(registry.asked) == len(image.layers)
    assert (first, second) == (sum(len(data) for data in image.bytes.values()), 0)
    for layer in image.layers:
        assert store.space().blobs[layer.digest][SOURCE] == "other/app,team/app"


def test_what_is_here_is_not_asked_for(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage().into(store)
    registry = Registry(image)
    assert fetch_all(fake.session(), registry, job(image)) == [0]
    assert registry.asked == []
    assert all(SOURCE in labels for labels in store.space().blobs.values())


def test_an_interrupted_layer_goes_on_from_its_byte(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    registry = Registry(image)
    layer = image.layers[0]
    store.space().ingests[ref_of(layer)] = bytearray(image.bytes[layer.digest][:7])
    fetch_all(fake.session(), registry, job(image))
    assert (layer.digest, 7) in registry.asked


def test_a_registry_that_goes_away_is_the_failure(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    with pytest.raises(Unreachable, match="went away"):
        fetch_all(fake.session(), Registry(image, breaks_at=3), job(image))
    assert image.target.digest not in store.space().blobs


def test_bytes_that_are_not_what_was_promised_leave_no_ingest(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage(layers=1)
    registry = Registry(image)
    registry.bytes = {digest: bytes(len(data)) for digest, data in registry.bytes.items()}
    with pytest.raises(Failure):
        fetch_all(fake.session(), registry, job(image))
    assert store.space().ingests == {}
    assert not set(store.space().blobs) & {layer.digest for layer in image.layers}


# Whose turn it is


def test_a_locked_blob_is_waited_for(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    ref = ref_of(image.layers[0])
    store.locked.add(ref)
    timer = threading.Timer(0.1, store.locked.discard, (ref,))
    timer.start()
    fetch_all(fake.session(), Registry(image), job(image))
    timer.join()
    assert set(store.space().blobs) == set(image.digests)


def test_a_lock_whose_holder_gets_on_is_waited_for_beyond_the_timeout(
    fake: FakeContainerd, store: Store
) -> None:
    image = StoredImage()
    ref = ref_of(image.layers[0])
    store.locked.add(ref)
    store.space().ingests[ref] = bytearray()
    done = threading.Event()

    def get_on() -> None:
        for _byte in range(8):
            done.wait(0.06)
            store.space().ingests[ref] += b"."
        del store.space().ingests[ref]
        store.locked.discard(ref)

    thread = threading.Thread(target=get_on)
    thread.start()
    fetch_all(fake.session(), Registry(image), job(image))  # its timeout is 0.2 s
    thread.join()
    assert set(store.space().blobs) == set(image.digests)


def test_a_lock_that_stands_still_is_given_up(fake: FakeContainerd, store: Store) -> None:
    image = StoredImage()
    ref = ref_of(image.layers[0])
    store.locked.add(ref)
    with pytest.raises(Locked):
        fetch_all(fake.session(), Registry(image), job(image))


# Sources


@pytest.mark.parametrize(
    ("name", "label", "value"),
    [
        ("nginx", "docker.io", "library/nginx"),
        ("ghcr.io/a/b:1", "ghcr.io", "a/b"),
        ("localhost:5000/a", "localhost", "a"),
        ("127.0.0.1:5000/a/b/c", "127.0.0.1", "a/b/c"),
    ],
)
def test_the_source_is_the_host_without_port(name: str, label: str, value: str) -> None:
    expected = {"containerd.io/distribution.source." + label: value}
    assert fetch._source_label(parse_reference(name)) == expected
