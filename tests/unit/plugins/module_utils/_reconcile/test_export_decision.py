# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive holds the wanted images and nothing else: decided on real files and a containerd that speaks gRPC."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import image_export
from ansible_collections.community.containerd.plugins.module_utils._reconcile.engine import (
    Outcome,
    reconcile,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.export import ExportRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    NotFound,
    Refused,
)
from ansible_collections.community.containerd.plugins.module_utils._values.platform import host_platform
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.files import Files
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import (
    CONFIG,
    StoredImage,
    message,
)

NAME = "docker.io/library/nginx:1"
HOST = str(host_platform())
OTHER = "linux/s390x"


class Bench:
    """A daemon with two images, and a place for an archive."""

    def __init__(self, fake: FakeContainerd, store: Store, folder: Path) -> None:
        self.fake, self.store, self.path = fake, store, folder / "a.tar"
        self.one = StoredImage("one").into(store).named(store, NAME)
        self.two = StoredImage("two", layers=1).into(store).named(store, "example.com/two:2")
        self.files = Files()

    def index(self, name: str, **platforms: StoredImage) -> str:
        """An image of several platforms, under this name; its digest."""
        images = {"linux/" + key if "/" not in key else key: image for key, image in platforms.items()}
        target = self.one.index_with(self.store, images)
        self.store.space().images[name] = {"name": name, "target": message(target), "labels": {}}
        return target.digest

    def run(self, *names: str, dry: bool = False, **said: Any) -> Outcome:
        runtime = ExportRuntime(Endpoint(self.fake.address, "default", 5.0), self.files)
        given = params("ctr_image_export", **{"names": list(names) or [NAME], "path": str(self.path), **said})
        return reconcile(image_export, runtime, given, dry_run=dry)

    def climb(self, *names: str, **said: Any) -> Outcome:
        """Predicted, made, predicted again, asked for again; what was made."""
        dry, made, again_dry, again = (self.run(*names, dry=n in (0, 2), **said) for n in range(4))
        assert (dry.changed, dry.actions, dry.before, dry.after) == (
            True,
            made.actions,
            made.before,
            made.after,
        )
        assert dry.values == made.values == again.values
        assert not again_dry.changed and not again.changed and again.before == again.after == made.after
        assert made.values["size"] == self.path.stat().st_size
        return made

    def names(self) -> list[str]:
        with tarfile.open(self.path) as tar:
            return tar.getnames()

    def read(self, name: str) -> Any:
        with tarfile.open(self.path) as tar:
            file = tar.extractfile(name)
            assert file is not None
            return json.loads(file.read())


@pytest.fixture
def bench(fake: FakeContainerd, store: Store, tmp_path: Path) -> Bench:
    return Bench(fake, store, tmp_path)


def blob(digest: str) -> str:
    return "blobs/" + digest.replace(":", "/")


def test_a_new_archive_holds_every_blob_once(bench: Bench) -> None:
    made = bench.climb(NAME, "example.com/two:2")
    assert made.actions == (
        "write %s with %s, example.com/two:2 (%d bytes)" % (bench.path, NAME, made.values["size"]),
    )
    wanted = [*bench.one.digests, *bench.two.digests]
    assert sorted(name for name in bench.names() if name.count("/") == 2) == sorted(map(blob, wanted))
    assert bench.names()[:5] == ["blobs", "blobs/sha256", "oci-layout", "index.json", "manifest.json"]
    assert set(os.listdir(bench.path.parent)) == {"a.tar"}


def test_the_archive_names_images_for_containerd_and_for_docker(bench: Bench) -> None:
    bench.run("nginx:1", "example.com/two:2")
    listed = bench.read("index.json")["manifests"]
    assert [entry["annotations"]["io.containerd.image.name"] for entry in listed] == [
        NAME,
        "example.com/two:2",
    ]
    assert [entry["digest"] for entry in listed] == [bench.one.target.digest, bench.two.target.digest]
    first, second = bench.read("manifest.json")
    assert (first["RepoTags"], second["RepoTags"]) == (["nginx:1"], ["example.com/two:2"])
    assert first["Config"] == blob(bench.one.config.digest)
    assert first["Layers"] == [blob(layer.digest) for layer in bench.one.layers]


def test_the_order_of_names_and_the_time_leave_no_trace(bench: Bench) -> None:
    bench.run(NAME, "example.com/two:2")
    first = bench.path.read_bytes()
    assert not bench.run("example.com/two:2", NAME, NAME).changed
    forced = bench.run("example.com/two:2", NAME, force=True)
    assert forced.changed and forced.before == forced.after
    assert bench.path.read_bytes() == first


def test_an_archive_that_somebody_else_wrote_is_as_good(bench: Bench, tmp_path: Path) -> None:
    bench.run()
    other = tmp_path / "other.tar"
    with tarfile.open(bench.path) as tar, tarfile.open(other, "w", format=tarfile.GNU_FORMAT) as copy:
        for entry in reversed(tar.getmembers()):
            entry.mtime, entry.mode, entry.uname = 1_700_000_000, 0o444, "root"
            copy.addfile(entry, tar.extractfile(entry) if entry.isreg() else None)
    os.replace(other, bench.path)
    assert not bench.run().changed


def test_a_tag_that_moved_is_told_by_both_digests(bench: Bench) -> None:
    bench.run()
    bench.two.named(bench.store, NAME)
    made = bench.climb()
    assert made.before["images"] == {NAME: bench.one.target.digest}
    assert made.after["images"] == {NAME: bench.two.target.digest}
    assert made.actions[0].startswith("replace ")


@pytest.mark.parametrize(
    ("data", "complaint"),
    [(b"", "empty file"), (b"no tar file " * 100, "invalid header"), (b"\0" * 10240, "")],
)
def test_what_is_no_archive_is_replaced(bench: Bench, data: bytes, complaint: str) -> None:
    bench.path.write_bytes(data)
    made = bench.climb()
    if complaint:
        assert made.before["state"] == "no archive: " + complaint
    assert made.after["state"] == "archive"


def test_an_archive_that_ends_early_is_replaced(bench: Bench) -> None:
    bench.run()
    whole = bench.path.read_bytes()
    for size in range(512, len(whole) - 1024 - 512, 512):
        bench.path.write_bytes(whole[: size - 1])
        assert bench.run(dry=True).changed, size


def test_a_document_with_other_bytes_is_found_without_reading_layers(bench: Bench) -> None:
    bench.run()
    whole = bench.path.read_bytes()
    for digest, is_found in ((bench.one.target.digest, True), (bench.one.layers[0].digest, False)):
        data = bench.one.bytes[digest]
        bench.path.write_bytes(whole.replace(data, data[:-1] + b"!"))
        assert bench.run(dry=True).changed is is_found
        assert bench.run(dry=True, force=True).changed


def test_a_mode_alone_is_set_without_writing_anew(bench: Bench) -> None:
    bench.run()
    inode = bench.path.stat().st_ino
    bench.files.mode = "0640"
    made = bench.climb()
    assert made.actions == ("set mode to 0640 of %s" % bench.path,)
    assert (made.before["mode"], made.after["mode"]) == ("0600", "0640")
    assert bench.path.stat().st_ino == inode


def test_a_new_file_has_its_mode_from_the_start(bench: Bench) -> None:
    bench.files.mode = "0640"
    assert bench.climb().after["mode"] == "0640"


@pytest.mark.parametrize(
    ("form", "has", "lacks"),
    [
        (None, {"oci-layout", "index.json", "manifest.json"}, set()),
        ("oci", {"oci-layout", "index.json"}, {"manifest.json"}),
        ("docker", {"manifest.json"}, {"oci-layout", "index.json"}),
    ],
)
def test_a_format_has_the_files_that_its_reader_looks_for(
    bench: Bench, form: str | None, has: set[str], lacks: set[str]
) -> None:
    bench.climb(format=form)
    assert has <= set(bench.names()) and not lacks & set(bench.names())
    assert (blob(bench.one.target.digest) in bench.names()) == (form != "docker")
    assert bench.run(format="oci" if form == "docker" else "docker").changed


def test_two_names_of_an_image_are_one_image_to_docker(bench: Bench) -> None:
    bench.one.named(bench.store, "example.com/one:1").named(bench.store, "No Reference")
    bench.climb(NAME, "example.com/one:1", "No Reference")
    (entry,) = bench.read("manifest.json")
    assert entry["RepoTags"] == ["example.com/one:1", "nginx:1"]
    assert len(bench.read("index.json")["manifests"]) == 3


def test_what_docker_cannot_load_is_left_out_for_it_or_refused(bench: Bench) -> None:
    StoredImage("chart", layer_type="application/vnd.cncf.helm.chart").into(bench.store).named(
        bench.store, "example.com/chart:1"
    )
    bench.climb("example.com/chart:1")
    assert "manifest.json" not in bench.names()
    with pytest.raises(Refused, match="example.com/chart:1 is nothing that docker could load"):
        bench.run("example.com/chart:1", format="docker")


def test_the_host_s_platform_is_taken_and_the_index_kept_whole(bench: Bench) -> None:
    digest = bench.index("example.com/multi:1", **{HOST: bench.one, OTHER: bench.two})
    made = bench.climb("example.com/multi:1")
    (image,) = made.values["images"]
    assert (image["digest"], image["platforms"]) == (digest, [HOST])
    assert blob(digest) in bench.names() and blob(bench.two.target.digest) not in bench.names()


def test_all_platforms_are_taken_and_docker_gets_the_host_s(bench: Bench) -> None:
    bench.index("example.com/multi:1", **{OTHER: bench.two, HOST: bench.one})
    made = bench.climb("example.com/multi:1", all_platforms=True)
    assert made.values["images"][0]["platforms"] == [OTHER, HOST]
    assert bench.read("manifest.json")[0]["Config"] == blob(bench.one.config.digest)
    assert bench.run("example.com/multi:1", platform=[OTHER]).changed
    assert bench.read("manifest.json")[0]["Config"] == blob(bench.two.config.digest)


@pytest.mark.parametrize("part", ["manifest", "config", "layer"])
@pytest.mark.parametrize("said", [{"all_platforms": True}, {"platform": [HOST, OTHER]}])
def test_an_incomplete_platform_fails_by_name_and_leaves_the_archive(
    bench: Bench, part: str, said: dict[str, Any]
) -> None:
    bench.index("example.com/multi:1", **{HOST: bench.one, OTHER: bench.two})
    bench.run("example.com/multi:1")
    before = bench.path.read_bytes()
    lost = {"manifest": bench.two.target, "config": bench.two.config, "layer": bench.two.layers[0]}[part]
    del bench.store.space().blobs[lost.digest]
    with pytest.raises(
        NotFound, match="not complete for platform %s: blob %s" % (OTHER, lost.digest)
    ) as caught:
        bench.run("example.com/multi:1", **said)
    assert "platform: " + OTHER in caught.value.remedy
    assert bench.path.read_bytes() == before
    assert not bench.run("example.com/multi:1").changed


def test_an_image_without_an_index_says_how_much_it_lacks(bench: Bench) -> None:
    for lost in bench.one.layers:
        del bench.store.space().blobs[lost.digest]
    with pytest.raises(NotFound, match="is not complete: blob .* is not here, nor are 1 more"):
        bench.run()


def test_an_image_of_one_platform_is_no_other(bench: Bench) -> None:
    image = StoredImage("arm", config={}).into(bench.store)
    document = json.loads(bench.store.bytes[image.config.digest])
    data = json.dumps({**document, "os": "linux", "architecture": "arm64"}).encode()
    digest = bench.store.add_blob(data)
    manifest = json.loads(bench.store.bytes[image.target.digest])
    manifest["config"] = {"mediaType": CONFIG, "digest": digest, "size": len(data)}
    data = json.dumps(manifest).encode()
    target = {**message(image.target), "digest": bench.store.add_blob(data), "size": len(data)}
    bench.store.space().images["example.com/arm:1"] = {
        "name": "example.com/arm:1",
        "target": target,
        "labels": {},
    }
    assert bench.run("example.com/arm:1").changed
    assert not bench.run("example.com/arm:1", platform=["arm64"]).changed
    with pytest.raises(NotFound, match="is for platform linux/arm64 alone, not for linux/s390x"):
        bench.run("example.com/arm:1", platform=[OTHER])


def test_a_blob_of_another_size_is_damage(bench: Bench) -> None:
    bench.store.bytes[bench.one.layers[0].digest] += b"more"
    with pytest.raises(Damaged, match="bytes where its manifest promises"):
        bench.run()


def test_a_blob_with_other_bytes_never_gets_into_the_archive(bench: Bench) -> None:
    bench.run("example.com/two:2")
    before = bench.path.read_bytes()
    data = bench.store.bytes[bench.one.layers[0].digest]
    bench.store.bytes[bench.one.layers[0].digest] = data[:-1] + b"!"
    with pytest.raises(Damaged, match="other bytes for blob"):
        bench.run()
    assert bench.path.read_bytes() == before
    assert os.listdir(bench.path.parent) == ["a.tar"]


def test_a_link_stays_one_and_its_file_is_replaced(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "link.tar").symlink_to("a.tar")
    bench.climb(path=str(tmp_path / "link.tar"))
    assert (tmp_path / "link.tar").is_symlink() and bench.path.exists()


@pytest.mark.parametrize(
    ("said", "kind", "says"),
    [
        ({"names": []}, Refused, "names is empty"),
        ({"names": ["nginx:1", ""]}, Refused, "names is empty"),
        ({"names": ["none", "x:1"]}, NotFound, "no image docker.io/library/none:latest and no image"),
        ({"path": "a.tar"}, Refused, "is relative"),
        ({"path": "/none/a.tar"}, NotFound, "there is no directory /none"),
        ({"path": "/dev"}, Refused, "is not a file"),
        ({"path": "/dev/null"}, Refused, "is not a file"),
        ({"platform": ["arm64"], "all_platforms": True}, Refused, "exclude each other"),
        ({"format": "docker", "all_platforms": True}, Refused, "room for one platform"),
        ({"format": "docker", "platform": ["arm64", "amd64"]}, Refused, "room for one platform"),
    ],
)
def test_what_cannot_be_is_refused(
    bench: Bench, said: dict[str, Any], kind: type[Failure], says: str
) -> None:
    with pytest.raises(kind, match=says) as caught:
        bench.run(dry=True, **said)
    assert caught.value.remedy
