# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of an archive, and which archives are believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import archive_reading
from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_reading import (
    ImageArchive,
)
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    Failure,
    NotFound,
    Unsupported,
)
from ansible_collections.community.containerd.tests.unit.fakes.archives import (
    NAME,
    Saved,
    layout,
    named,
    saved,
    write,
)
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

ONE = StoredImage("one")
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def archive(tmp_path: Path, files: Any, *, compress: bool = False) -> ImageArchive:
    return ImageArchive(write(tmp_path / "archive.tar", files, compress=compress))


@pytest.mark.parametrize("compress", [False, True])
def test_a_layout_tells_its_images_and_where_their_blobs_are(tmp_path: Path, compress: bool) -> None:
    found = archive(tmp_path, layout((ONE, named(NAME))), compress=compress)
    (image,) = found.listing.images
    assert (image.digest, image.annotations) == (ONE.target.digest, named(NAME))
    assert not found.listing.is_catalogue
    assert found.document(ONE.target) == ONE.bytes[ONE.target.digest]
    with found.open() as stream:
        for digest, entry in found.entries([*ONE.digests, digest_of(b"none")]):
            stream.skip_to(entry.offset)
            assert stream.read(entry.size) == ONE.bytes[digest]
    assert all(map(found.holds, ONE.digests)) and not found.holds(digest_of(b"none"))


def test_a_later_file_replaces_an_earlier(tmp_path: Path) -> None:
    files = layout((ONE, named(NAME)))
    found = archive(tmp_path, {"./index.json": b"{}", **files, "catalogue": b""})
    assert [image.digest for image in found.listing.images] == [ONE.target.digest]
    assert found.listing.is_catalogue


def test_a_document_too_long_to_keep_is_read_when_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_reading, "KEPT_BYTES", 10)
    found = archive(tmp_path, layout((ONE, named(NAME))), compress=True)
    for _twice in range(2):
        assert found.document(ONE.config) == ONE.bytes[ONE.config.digest]


def test_no_more_is_kept_than_is_bearable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_reading, "ALL_KEPT_BYTES", 10)
    found = archive(tmp_path, layout((ONE, named(NAME))))
    assert len(found._kept) == 1
    assert found.document(ONE.target) == ONE.bytes[ONE.target.digest]


@pytest.mark.parametrize(
    ("files", "kind", "says"),
    [
        ({"hello": b"x"}, Damaged, "is no image archive"),
        ({"oci-layout": b"[]"}, Unsupported, "OCI layout of version None"),
        ({"oci-layout": b"\xff"}, Unsupported, "OCI layout of version None"),
        ({"oci-layout": b'{"imageLayoutVersion": "2"}'}, Unsupported, "OCI layout of version '2'"),
        ({"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}, Damaged, "no index.json"),
        (layout(**{"index.json": b"{"}), Damaged, "is not a JSON object"),
        (layout(**{"index.json": b'{"manifests": [{"size": 1}]}'}), Damaged, "malformed descriptor"),
        (layout((ONE, {"a": 1})), Damaged, "annotation of image .* that is no text"),  # type: ignore[dict-item]
        ({"manifest.json": b"{"}, Damaged, "manifest.json .* is malformed"),
        (layout(**{"index.json": b"{" + bytes(9 << 20)}), Damaged, "too many for a document"),
    ],
)
def test_what_is_no_image_archive_is_told(tmp_path: Path, files: Any, kind: type[Failure], says: str) -> None:
    with pytest.raises(kind, match=says) as caught:
        archive(tmp_path, files)
    assert caught.value.remedy


def test_a_lying_document_is_told(tmp_path: Path) -> None:
    files = layout((ONE, named(NAME)))
    files["blobs/" + ONE.target.digest.replace(":", "/")] = b"{}"
    with pytest.raises(Damaged, match="something else than its name says"):
        archive(tmp_path, files).document(ONE.target)


def test_a_document_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="does not hold"):
        archive(tmp_path, layout()).document(ONE.target)


# What docker saves


def read_index(found: ImageArchive) -> Any:
    return json.loads(found.document(found.listing.index))


def test_a_saved_image_becomes_the_manifest_that_containerd_makes(tmp_path: Path) -> None:
    image = Saved()
    found = archive(tmp_path, saved((image, ["app:1", "reg.example/x:2"])))
    first, second = found.listing.images
    assert first.digest == second.digest
    assert (first.annotations, second.annotations) == (named(NAME), named("reg.example/x:2"))
    config = {
        "mediaType": "application/vnd.docker.container.image.v1+json",
        "digest": digest_of(image.config),
        "size": len(image.config),
    }
    layers = [
        {"mediaType": "application/vnd.docker.image.rootfs.diff.tar", "digest": diff_id, "size": len(data)}
        for diff_id, data in zip(image.diff_ids, image.layers)
    ]
    made = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers}
    assert found.document(first) == json.dumps(made, separators=(",", ":")).encode()
    listed = read_index(found)["manifests"]
    assert [list(each) for each in listed] == [["mediaType", "digest", "size", "annotations", "platform"]] * 2
    assert listed[0]["platform"] == {"architecture": "amd64", "os": "linux"}


def test_a_compressed_layer_is_known_by_its_own_digest(tmp_path: Path) -> None:
    image = Saved(compressed=True)
    found = archive(tmp_path, saved((image, ["app:1"])), compress=True)
    layers = json.loads(found.document(found.listing.images[0]))["layers"]
    assert [layer["digest"] for layer in layers] == list(map(digest_of, image.layers))
    assert {layer["mediaType"] for layer in layers} == {"application/vnd.docker.image.rootfs.diff.tar.gzip"}
    assert all(found.holds(digest_of(layer)) for layer in image.layers)


def test_a_layer_that_two_images_share_is_found_through_its_link(tmp_path: Path) -> None:
    image, again = Saved(), Saved(variant="v2")
    found = archive(tmp_path, saved((image, ["app:1"]), (again, [])))
    (_digest, entry), *_others = found.entries([image.diff_ids[0]])
    with found.open() as stream:
        stream.skip_to(entry.offset)
        assert stream.read(entry.size) == image.layers[0]
    assert read_index(found)["manifests"][1]["platform"]["variant"] == "v2"
    assert "annotations" not in read_index(found)["manifests"][1]


def test_a_config_without_platform_stays_without(tmp_path: Path) -> None:
    found = archive(tmp_path, saved((Saved(os=""), ["app:1"])))
    assert "platform" not in read_index(found)["manifests"][0]


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ([{"Config": "none.json"}], "names the file 'none.json', which is not there"),
        ([{"Config": "c.json", "Layers": ["none"]}], "names the file 'none', which is not there"),
        ([{"Config": "c.json", "Layers": []}], "names 2 layers, manifest.json 0"),
        ([{"Config": "bad.json", "Layers": []}], "is not a JSON object"),
        ([{"Config": "c.json", "Layers": ["c.json"] * 2, "RepoTags": ["A B"]}], "malformed"),
    ],
)
def test_a_listing_that_does_not_fit_is_told(tmp_path: Path, manifest: Any, says: str) -> None:
    files = {"c.json": Saved().config, "bad.json": b"[]", "manifest.json": json.dumps(manifest).encode()}
    with pytest.raises(Failure, match=says) as caught:
        archive(tmp_path, files)
    assert caught.value.remedy


def test_a_link_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    files = saved((Saved(layers=1), ["app:1"]))
    files["00/layer.tar"] = "../none"
    with pytest.raises(Damaged, match="which is not there"):
        archive(tmp_path, files)


def test_the_layout_counts_where_an_archive_is_both(tmp_path: Path) -> None:
    found = archive(tmp_path, {**saved((Saved(), ["other:1"])), **layout((ONE, named(NAME)))})
    assert [image.digest for image in found.listing.images] == [ONE.target.digest]
    assert found.document(Descriptor("", ONE.config.digest, 0)) == ONE.bytes[ONE.config.digest]
