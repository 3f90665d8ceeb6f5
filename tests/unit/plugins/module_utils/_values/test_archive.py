# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an archive that name the rest of it."""

from __future__ import annotations

import json

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values import archive
from ansible_collections.community.containerd.plugins.module_utils._values.archive import DockerImage
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Damaged

HEX = "a1" * 32
DIGEST = "sha256:" + HEX
TARGET = Descriptor("application/vnd.oci.image.manifest.v1+json", DIGEST, 7)
INDEX = Descriptor(archive.INDEX_TYPE, "index.json", 0)


def test_a_blob_lies_where_the_layout_puts_it() -> None:
    assert archive.blob_path(DIGEST) == "blobs/sha256/" + HEX
    assert archive.digest_at("blobs/sha256/" + HEX) == DIGEST


@pytest.mark.parametrize(
    "path", ["", "blobs", "blobs/sha256", "blobs/sha256/a1", "x/sha256/" + HEX, "blobs/sha256/%s/x" % HEX]
)
def test_what_is_not_the_path_of_a_blob_has_no_digest(path: str) -> None:
    assert archive.digest_at(path) == ""


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("docker.io/library/nginx:1.27", "1.27"),
        ("127.0.0.1:5000/a/b:x", "x"),
        ("example.com/a@" + DIGEST, "@" + DIGEST),
        ("example.com/a:1@" + DIGEST, "1@" + DIGEST),
        ("localhost:5000/a", "localhost:5000/a"),
        ("mine", "mine"),
    ],
)
def test_an_index_names_an_image_in_full_and_by_its_tag(name: str, tag: str) -> None:
    index = archive.format_index([(name, TARGET)])
    (entry,) = json.loads(index)["manifests"]
    assert entry["annotations"] == {archive.IMAGE_NAME: name, archive.REF_NAME: tag}
    assert archive.parse_names(index, INDEX) == {name: DIGEST}


def test_an_image_without_a_full_name_goes_by_its_reference_name() -> None:
    entry = {"mediaType": TARGET.media_type, "digest": DIGEST, "size": 7}
    named = {**entry, "annotations": {archive.REF_NAME: "1"}}
    assert archive.parse_names(json.dumps({"manifests": [entry, named]}).encode(), INDEX) == {"1": DIGEST}


def test_what_docker_would_load_survives_the_way_through_its_file() -> None:
    images = (DockerImage("c", ("a:1", "b:2"), ("l", "m")), DockerImage("d", (), ()))
    assert archive.parse_docker(archive.format_docker(images)) == images


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}x",
        b"7",
        b'["x"]',
        b"[{}]",
        b'[{"Config":7}]',
        b'[{"Config":"c","Layers":"abc"}]',
        b"[" * 99999,
    ],
)
def test_a_malformed_file_of_docker_is_damage(document: bytes) -> None:
    with pytest.raises(Damaged):
        archive.parse_docker(document)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("docker.io/library/nginx:1.27", "nginx:1.27"),
        ("docker.io/team/app:1", "team/app:1"),
        ("docker.io/library/a/b:1", "library/a/b:1"),
        ("example.com/library/nginx:1", "example.com/library/nginx:1"),
        ("example.com/a@" + DIGEST, ""),
        ("example.com/a:1@" + DIGEST, ""),
        ("nginx", ""),
        ("No Name", ""),
    ],
)
def test_docker_gets_the_names_that_it_can_load(name: str, tag: str) -> None:
    assert archive.docker_tag(name) == tag
