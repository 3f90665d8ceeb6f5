# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promise of check mode: the digest that will be there, and every byte that will move, no more and no less.

A registry that writes down what it was asked for, a containerd with a memory, and what accidents do to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import Outcome, reconcile
from ansible_collections.community.containerd.plugins.module_utils._runtime.images import ImageRuntime
from ansible_collections.community.containerd.plugins.module_utils._values import labels
from ansible_collections.community.containerd.tests.lab.lying_registry import Image, LyingRegistry, layer
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.params import params

FIRST, SECOND = layer({"a": b"1" * 5000}), layer({"b": b"2" * 3000})
THIRD = layer({"c": b"3" * 900})


class Host:
    """A registry with one image, and a containerd."""

    def __init__(self, registry: LyingRegistry, fake: FakeContainerd, store: Store) -> None:
        self.registry, self.fake, self.store = registry, fake, store
        self.image: Image = registry.add("team/app", "1", layers=(FIRST, SECOND))
        self.name = registry.host + "/team/app:1"

    def play(self, *, check: bool = False, **said: Any) -> Outcome:
        wish = params("ctr_image", **{"name": [self.name], "plain_http": True, "retries": 0, **said})
        return reconcile(
            decision, ImageRuntime(self.fake.endpoint(), self.fake.session()), wish, dry_run=check
        )

    def served(self, play: Callable[[], Outcome]) -> tuple[Outcome, dict[str, int]]:
        """What came of it, and the bytes that the registry gave, by digest."""
        before = len(self.registry.requests)
        outcome = play()
        given: dict[str, int] = {}
        for request in self.registry.requests[before:]:
            kind, version = request.path.split("/")[-2:]
            blob = self.registry.find("team/app", kind, version)
            if request.method == "GET" and blob is not None:
                start = int(request.headers.get("range", "bytes=0-")[6:].partition("-")[0])
                given[blob.digest] = given.get(blob.digest, 0) + blob.size - start
        return outcome, given

    def lose(self, digest: str) -> None:
        del self.store.space().blobs[digest]
        self.store.bytes.pop(digest)


@pytest.fixture
def host(fake: FakeContainerd, store: Store) -> Iterator[Host]:
    with LyingRegistry() as registry:
        yield Host(registry, fake, store)


def fetched(outcome: Outcome) -> list[int]:
    return [entry["bytes_fetched"] for entry in outcome.values["images"]]


def nothing(host: Host) -> None:
    host.store.spaces.clear()
    host.store.bytes.clear()


def lost_layer(host: Host) -> None:
    host.lose(SECOND.digest)


def lost_config(host: Host) -> None:
    host.lose(host.image.config.digest)


def lost_manifest(host: Host) -> None:
    host.lose(host.image.manifest.digest)


def lost_snapshot(host: Host) -> None:
    snapshots = host.store.space().snapshots
    (top,) = set(snapshots) - {("overlayfs", snapshot.parent) for snapshot in snapshots.values()}
    del snapshots[top]


def half_a_layer(host: Host) -> None:
    host.lose(SECOND.digest)
    host.store.space().ingests["layer-" + SECOND.digest] = bytearray(SECOND.content[:40])


def elsewhere(host: Host) -> None:
    host.store.spaces["other"] = host.store.spaces.pop("default")


def tag_moved(host: Host) -> None:
    host.image = host.registry.add("team/app", "1", layers=(FIRST, THIRD))


# What happened to the image → the bytes of layers that must come for it, and those of documents.
ACCIDENTS: list[tuple[Callable[[Host], None], int, Callable[[Image], int]]] = [
    (nothing, FIRST.size + SECOND.size, lambda image: image.config.size + image.manifest.size),
    (lost_layer, SECOND.size, lambda image: 0),
    (lost_config, 0, lambda image: image.config.size),
    (lost_manifest, 0, lambda image: image.manifest.size),
    (lost_snapshot, 0, lambda image: 0),
    (half_a_layer, SECOND.size - 40, lambda image: 0),
    (elsewhere, 0, lambda image: 0),
    (tag_moved, THIRD.size, lambda image: image.config.size + image.manifest.size),
]


@pytest.mark.parametrize(
    ("accident", "of_layers", "of_documents"), ACCIDENTS, ids=[each[0].__name__ for each in ACCIDENTS]
)
def test_check_mode_promises_what_then_moves(
    host: Host,
    accident: Callable[[Host], None],
    of_layers: int,
    of_documents: Callable[[Image], int],
) -> None:
    host.play()
    accident(host)
    layers = {each.digest for each in host.image.layers}
    promised, looked_at = host.served(lambda: host.play(check=True, pull="always"))
    assert not layers & set(looked_at)  # no layer is fetched to find out
    made, given = host.served(lambda: host.play(pull="always"))
    assert promised.changed and made.changed
    assert (promised.before, promised.after, promised.actions) == (made.before, made.after, made.actions)
    assert fetched(promised) == fetched(made) == [of_layers + of_documents(host.image)]
    assert sum(count for digest, count in given.items() if digest in layers) == of_layers
    assert made.values["images"][0]["digest"] == host.image.manifest.digest
    again = host.play(pull="always")
    assert not again.changed and fetched(again) == [0]


def test_what_two_images_share_is_promised_to_the_first(host: Host) -> None:
    host.registry.add("team/app", "2", layers=(FIRST, layer({"d": b"4"})))
    host.registry.add_manifest("team/app", "3", host.image.manifest)
    names = [host.name[:-1] + version for version in "123"]
    promised, made = host.play(check=True, name=names), host.play(name=names)
    assert fetched(promised) == fetched(made)
    assert fetched(made)[2] == 0
    assert sum(fetched(made)) == sum(len(host.store.bytes[digest]) for digest in host.store.space().blobs)


def test_a_tag_that_has_not_moved_costs_one_head_each(host: Host) -> None:
    names = [host.name]
    for n in range(50):
        host.registry.add_manifest("team/app", "t%d" % n, host.image.manifest)
        names.append(host.name[:-1] + "t%d" % n)
    host.play(name=names)
    before = len(host.registry.requests)
    assert not host.play(check=True, name=names, pull="always").changed
    assert [request.method for request in host.registry.requests[before:]] == ["HEAD"] * 51


def test_a_thousand_names_that_are_here_take_few_calls(host: Host, store: Store) -> None:
    host.play()
    record = store.space().images[host.name]
    names = [host.name[:-1] + "v%d" % n for n in range(1000)]
    store.space().images.update({name: {**record, "name": name} for name in names})
    before, asked = len(host.fake.sequence()), len(host.registry.requests)
    assert not host.play(name=names).changed
    assert len(host.registry.requests) == asked
    calls = host.fake.sequence()[before:]
    assert calls.count("images.List") == 1 and "images.Get" not in calls
    assert len(calls) <= 10


@pytest.mark.parametrize("unpack", [True, False])
def test_the_label_of_the_pin_survives_every_repair(host: Host, unpack: bool) -> None:
    host.play(pinned=True, unpack=unpack)
    host.lose(SECOND.digest)
    assert host.play(unpack=unpack).changed
    assert host.store.space().images[host.name]["labels"] == {labels.PINNED: labels.IS_PINNED}
