# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing from end to end: an archive, the decision about it, and a containerd that speaks gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_import as decision
from ansible_collections.community.containerd.plugins.module_utils._reconcile.archive_verbs import ImportVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.image_archives import (
    ImportRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Failure,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.plugins.module_utils._values.platform import host_platform
from ansible_collections.community.containerd.tests.unit.fakes.archives import (
    NAME,
    Multi,
    Saved,
    layout,
    named,
    of_blobs,
    saved,
    write,
)
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, plan_of, rehearse
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import (
    StoredImage,
    message,
    written,
)

ONE, TWO = StoredImage("one"), StoredImage("two", layers=3)
HERE = str(host_platform())
ELSEWHERE = "linux/s390x"
OTHER_NAME = "docker.io/library/other:1"


class World(ImportRuntime):
    """A host, which remembers what was done to it."""

    def __init__(self, fake: FakeContainerd) -> None:
        super().__init__(fake.endpoint(), fake.session())
        self.fake = fake
        self.store = Store(fake)
        self.applied: list[str] = []

    def bring(self, path: str, jobs: Any) -> int:
        self.applied.append("bring")
        return super().bring(path, jobs)

    def defer(self, path: str, jobs: Any) -> int:
        self.applied.append("defer")
        return super().defer(path, jobs)

    def assert_whole(self, name: str, digests: list[str]) -> None:
        """The image survives the garbage collector, and nothing else does."""
        self.store.collect()
        space = self.store.space()
        assert name in space.images
        assert set(digests) <= set(space.blobs)
        assert (space.leases, space.ingests) == ({}, {})


@pytest.fixture
def new() -> Iterator[Callable[..., World]]:
    """A host on which some images are, by name."""
    with ExitStack() as stack:

        def make(**images: StoredImage) -> World:
            world = World(stack.enter_context(FakeContainerd()))
            for name, image in images.items():
                image.into(world.store).named(world.store, name)
            return world

        yield make


def play(path: str, make: Callable[[], World], **said: Any) -> Played:
    given = params("ctr_image_import", path=path, **said)
    return rehearse(decision, make, given, runtime=ImportRuntime, verbs=ImportVerbs)


def plain(tmp_path: Path, **how: Any) -> str:
    return write(tmp_path / "a.tar", layout((ONE, named(NAME)), **how))


@pytest.mark.parametrize("compress", [False, True])
def test_an_image_comes_with_all_that_holds_it(tmp_path: Path, new: Any, compress: bool) -> None:
    path = write(tmp_path / "a.tar", layout((ONE, named(NAME))), compress=compress)
    played = play(path, new)
    assert played.real.before == {NAME: {"state": "absent"}}
    assert played.real.after == {
        NAME: {"state": "present", "digest": ONE.target.digest, "complete": True, "unpacked": True}
    }
    assert played.real.values["bytes_written"] == sum(map(len, ONE.bytes.values()))
    assert played.again.values["bytes_written"] == 0
    played.world.assert_whole(NAME, ONE.digests)
    space = played.world.store.space()
    assert space.images[NAME]["target"]["annotations"] == named(NAME)
    assert space.blobs[ONE.layers[0].digest] == {"containerd.io/uncompressed": ONE.diff_ids[0]}
    assert ("overlayfs", ONE.chain[-1]) in space.snapshots
    assert played.real.values["images"][0]["unpacked"] is True
    assert "lacking" not in played.real.values


def test_the_name_comes_last_and_all_of_it_under_a_lease(tmp_path: Path, new: Any) -> None:
    world = play(plain(tmp_path), new).world
    calls = world.fake.sequence("leases.Create", "content.Write", "snapshots.Commit", "images.Create")
    assert (calls[0], calls[-1]) == ("leases.Create", "images.Create")
    held = world.fake.named("content.Write", "snapshots.Prepare", "diff.Apply", "images.Create")
    assert {call.lease for call in held} == {world.fake.named("leases.Create")[0].request["id"]}


def test_check_mode_counts_the_bytes_that_are_written(tmp_path: Path, new: Any) -> None:
    def make() -> World:
        world: World = new()
        world.store.add_blob(ONE.bytes[ONE.layers[0].digest])
        return world

    path = plain(tmp_path)
    step = plan_of(decision, make(), params("ctr_image_import", path=path))
    expected = sum(len(data) for digest, data in ONE.bytes.items() if digest != ONE.layers[0].digest)
    assert step.after.to_write == expected
    assert play(path, make).real.values["bytes_written"] == expected


def test_only_what_is_missing_is_written(tmp_path: Path, new: Any) -> None:
    layer = ONE.layers[1]

    def make() -> World:
        world: World = new(**{NAME: ONE})
        del world.store.space().blobs[layer.digest], world.store.bytes[layer.digest]
        return world

    played = play(plain(tmp_path), make)
    assert played.real.actions == ("repaired image %s: wrote 1 missing blobs" % NAME,)
    assert played.real.values["bytes_written"] == layer.size
    sent = [call.request for call in played.world.fake.named("content.Write") if call.request["data"]]
    assert sum(len(each["data"]) for each in sent) == layer.size
    assert {each["ref"] for each in sent} == {"layer-" + layer.digest}


def test_a_blob_that_is_here_need_not_be_in_the_archive(tmp_path: Path, new: Any) -> None:
    def make() -> World:
        world: World = new(other=ONE)
        return world

    lacks = [layer.digest for layer in ONE.layers] + [ONE.config.digest]
    played = play(plain(tmp_path, lacks=lacks), make)
    assert played.real.values["bytes_written"] == 0
    played.world.assert_whole(NAME, ONE.digests)


def test_an_image_that_is_only_packed_is_unpacked(tmp_path: Path, new: Any) -> None:
    def make() -> World:
        world: World = new()
        ONE.into(world.store, unpacked=False).named(world.store, NAME)
        return world

    assert play(plain(tmp_path), make).real.actions == ("unpacked image %s for snapshotter overlayfs" % NAME,)
    played = play(plain(tmp_path), make, unpack=False)
    assert not played.real.changed
    assert played.real.after == {NAME: {"state": "present", "digest": ONE.target.digest, "complete": True}}


def test_a_name_moves_and_keeps_its_labels(tmp_path: Path, new: Any) -> None:
    def make() -> World:
        world: World = new()
        TWO.into(world.store).named(world.store, NAME, {"mine": "1", "old": "1"})
        return world

    played = play(plain(tmp_path), make, labels={"new": "2", "old": ""})
    moved = "moved image %s from %s to %s" % (NAME, TWO.target.digest, ONE.target.digest)
    assert played.real.actions == (moved,)
    assert played.real.before[NAME] == {"state": "present", "digest": TWO.target.digest}
    assert played.world.store.space().images[NAME]["labels"] == {"mine": "1", "new": "2"}
    assert played.real.values["images"][0]["labels"] == {"mine": "1", "new": "2"}
    assert played.world.store.space().images[NAME]["target"]["digest"] == ONE.target.digest


def test_labels_alone_are_a_change_that_leaves_the_target_alone(tmp_path: Path, new: Any) -> None:
    played = play(plain(tmp_path), lambda: new(**{NAME: ONE}), labels={"a": "b"})
    assert played.real.actions == ("labelled image %s: a" % NAME,)
    assert played.real.after[NAME]["labels"] == {"a": "b"}
    image = played.world.store.space().images[NAME]
    assert (image["labels"], image["target"]) == ({"a": "b"}, message(ONE.target))


def test_what_docker_saved_is_brought_as_containerd_would(tmp_path: Path, new: Any) -> None:
    image, again = Saved(), Saved("one", 1)
    path = write(tmp_path / "a.tar", saved((image, ["app:1"]), (again, ["other:1"])))
    played = play(path, new)
    assert set(played.real.after) == {NAME, OTHER_NAME}
    played.world.assert_whole(NAME, image.diff_ids)
    written_bytes = [image.config, again.config, *image.layers]
    manifests = [entry["digest"] for entry in played.real.values["images"]]
    expected = sum(map(len, written_bytes)) + sum(len(played.world.store.bytes[each]) for each in manifests)
    assert played.real.values["bytes_written"] == expected


def test_only_the_selected_image_is_brought(tmp_path: Path, new: Any) -> None:
    path = write(tmp_path / "a.tar", layout((ONE, named(NAME)), (TWO, named(OTHER_NAME))))
    world = play(path, new, name=["other:1"]).world
    assert set(world.store.space().images) == {OTHER_NAME}
    assert set(world.store.space().blobs) == set(TWO.digests)


def test_the_index_of_the_archive_holds_all_its_images(tmp_path: Path, new: Any) -> None:
    path = write(tmp_path / "a.tar", layout((ONE, {}), (TWO, {})))
    played = play(path, new, index_name="all")
    played.world.assert_whole("all", [*ONE.digests, *TWO.digests])
    (entry,) = played.real.values["images"]
    assert entry["size"] == sum(len(played.world.store.bytes[d]) for d in played.world.store.space().blobs)


# Platforms


def multi(tmp_path: Path, *lacks: StoredImage) -> tuple[Multi, str]:
    made = Multi({HERE: ONE, ELSEWHERE: TWO})
    listed = [{**written(made.target), "annotations": named(NAME)}]
    gone = [digest for image in lacks for digest in image.digests]
    return made, write(tmp_path / "a.tar", of_blobs(made.bytes, listed, lacks=gone))


def test_by_default_only_the_platform_of_the_host_is_brought(tmp_path: Path, new: Any) -> None:
    made, path = multi(tmp_path, TWO)
    played = play(path, new)
    assert set(played.world.store.space().blobs) == {made.target.digest, *ONE.digests}
    assert played.real.values["images"][0]["platforms"] == [HERE]


@pytest.mark.parametrize("gone", [[], [TWO]])
def test_all_platforms_are_those_that_are_there(tmp_path: Path, new: Any, gone: list[StoredImage]) -> None:
    _made, path = multi(tmp_path, *gone)
    played = play(path, new, all_platforms=True)
    brought = [HERE] if gone else [HERE, ELSEWHERE]
    assert played.real.values["images"][0]["platforms"] == brought


def test_a_platform_of_which_a_layer_lacks_is_not_there(tmp_path: Path, new: Any) -> None:
    made = Multi({HERE: ONE, ELSEWHERE: TWO})
    listed = [{**written(made.target), "annotations": named(NAME)}]
    files = of_blobs(made.bytes, listed, lacks=[TWO.layers[2].digest])
    path = write(tmp_path / "a.tar", files)
    played = play(path, new, all_platforms=True)
    assert played.real.values["images"][0]["platforms"] == [HERE]


@pytest.mark.parametrize(
    ("gone", "said", "says"),
    [
        ([TWO], {"platform": [ELSEWHERE]}, "holds document sha256:.*; export the image with all"),
        ([], {"platform": ["linux/riscv64"]}, "has no manifest for platform linux/riscv64"),
        ([ONE, TWO], {"all_platforms": True}, "holds no platform of image .* as a whole"),
    ],
)
def test_a_platform_that_is_not_there_is_told(
    tmp_path: Path, new: Any, gone: list[StoredImage], said: dict[str, Any], says: str
) -> None:
    _made, path = multi(tmp_path, *gone)
    with pytest.raises(NotFound, match=says):
        plan_of(decision, new(), params("ctr_image_import", path=path, **said))


def test_an_index_within_an_index_is_followed(tmp_path: Path, new: Any) -> None:
    inner = Multi({HERE: ONE})
    outer = Multi({})
    data = outer.bytes[outer.target.digest].replace(
        b'"manifests": []', b'"manifests": [%s]' % _json(inner).encode()
    )
    from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of

    target = {"mediaType": outer.target.media_type, "digest": digest_of(data), "size": len(data)}
    files = of_blobs({**inner.bytes, digest_of(data): data}, [{**target, "annotations": named(NAME)}])
    played = play(write(tmp_path / "a.tar", files), new, all_platforms=True)
    played.world.assert_whole(NAME, ONE.digests)


def _json(of: Multi) -> str:
    import json

    return json.dumps(written(of.target))


def test_an_image_that_is_for_another_platform_is_refused_unless_it_is_wanted(
    tmp_path: Path, new: Any
) -> None:
    path = write(tmp_path / "a.tar", saved((Saved(architecture="s390x"), ["app:1"])))
    with pytest.raises(NotFound, match="is not for platform .*set platform to what it is for .linux/s390x"):
        plan_of(decision, new(), params("ctr_image_import", path=path))
    for said in ({"platform": [ELSEWHERE]}, {"all_platforms": True}):
        assert play(path, new, **said).real.changed


def test_of_an_index_of_images_only_those_for_this_host_are_brought(tmp_path: Path, new: Any) -> None:
    machine = HERE.split("/")[1]
    image, other = Saved("a", architecture=machine), Saved("b", architecture="s390x")
    path = write(tmp_path / "a.tar", saved((image, []), (other, [])))
    blobs = play(path, new, index_name="i").world.store.space().blobs
    assert set(image.diff_ids) <= set(blobs) and not set(other.diff_ids) & set(blobs)


# A catalogue: the documents of an archive whose layers may have to be sent yet


def test_a_catalogue_tells_what_it_lacks_and_changes_nothing(tmp_path: Path, new: Any) -> None:
    lacks = [layer.digest for layer in ONE.layers]
    path = plain(tmp_path, lacks=lacks, catalogue=b"")
    given = params("ctr_image_import", path=path)
    world = new()
    outcome = decision_run(world, given, dry_run=False)
    assert not outcome.changed
    assert outcome.values["lacking"] == lacks
    assert world.applied == ["defer"]
    assert world.store.space().blobs == {} and world.store.space().leases == {}
    dry = decision_run(new(), given, dry_run=True)
    assert dry.changed and dry.values["bytes_written"] == sum(map(len, ONE.bytes.values()))
    assert dry.after[NAME]["complete"] is True


def test_a_catalogue_of_what_is_here_does_all_at_once(tmp_path: Path, new: Any) -> None:
    lacks = [layer.digest for layer in ONE.layers]
    played = play(plain(tmp_path, lacks=lacks, catalogue=b""), lambda: new(other=ONE))
    assert played.real.values["lacking"] == []
    played.world.assert_whole(NAME, ONE.digests)


def decision_run(world: World, given: Any, *, dry_run: bool) -> Any:
    from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import reconcile

    return reconcile(decision, world, given, dry_run=dry_run)


# What must not be


def test_a_layer_that_is_nowhere_is_told_before_anything_is_written(tmp_path: Path, new: Any) -> None:
    path, world = plain(tmp_path, lacks=[ONE.layers[1].digest]), new()
    with pytest.raises(NotFound, match="holds blob " + ONE.layers[1].digest):
        decision_run(world, params("ctr_image_import", path=path), dry_run=False)
    assert world.fake.named("content.Write", "leases.Create") == []


def lying(tmp_path: Path, data: bytes, **how: Any) -> str:
    files = layout((ONE, named(NAME)))
    files["blobs/" + ONE.layers[1].digest.replace(":", "/")] = data
    return write(tmp_path / "a.tar", files, **how)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"short", "holds 5 bytes as blob .* whose descriptor promises"),
        (bytes(ONE.layers[1].size), "is not what that digest promises.*copy or make archive"),
    ],
)
@pytest.mark.parametrize("compress", [False, True])
def test_a_lying_archive_leaves_nothing(
    tmp_path: Path, new: Any, data: bytes, says: str, compress: bool
) -> None:
    path, world = lying(tmp_path, data, compress=compress), new()
    with pytest.raises(Failure, match=says) as caught:
        decision_run(world, params("ctr_image_import", path=path), dry_run=False)
    assert caught.value.kind == "damaged"
    world.store.collect()
    space = world.store.space()
    left = (space.images, space.blobs, space.snapshots, space.ingests, space.leases)
    assert left == ({}, {}, {}, {}, {})


def test_a_layer_that_unpacks_to_something_else_leaves_nothing(tmp_path: Path, new: Any) -> None:
    liar, world = StoredImage("liar", layers=3, diff_ids=StoredImage("x", layers=3).diff_ids), new()
    path = write(tmp_path / "a.tar", layout((liar, named(NAME))))
    with pytest.raises(Failure, match="but the image config promises"):
        decision_run(world, params("ctr_image_import", path=path), dry_run=False)
    world.store.collect()
    assert (world.store.space().images, world.store.space().blobs) == ({}, {})


def test_an_archive_cut_off_while_it_is_read_leaves_nothing(tmp_path: Path, new: Any) -> None:
    path, world = plain(tmp_path), new()
    given = params("ctr_image_import", path=path)
    world.listing(path)
    with open(path, "r+b") as file:
        file.truncate(600)
    with pytest.raises(Failure, match="ends in the middle"):
        decision_run(world, given, dry_run=False)
    world.store.collect()
    assert (world.store.space().images, world.store.space().blobs) == ({}, {})


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"digests": True}, "digests needs base_name"),
        ({"labels": {"a": 1}}, "is no string"),
        ({"labels": {"": "x"}}, "has no name"),
        ({"labels": {"a": "x" * 5000}}, "longer than"),
        ({"path": None, "src": "/a.tar"}, "only the action plugin"),
        ({"platform": ["a/b/c/d"]}, "malformed"),
        ({"platform": ["arm64"], "all_platforms": True}, "exclude each other"),
    ],
)
def test_wishes_that_cannot_be_are_refused(said: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        decision.want(params("ctr_image_import", **{"path": "/a.tar", **said}))


def test_a_source_on_the_host_is_a_path() -> None:
    assert decision.want(params("ctr_image_import", src="/a.tar", remote_src=True)).path == "/a.tar"
