# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexes, manifests and configs: what is read from them, and what hostile ones come to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    Descriptor,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    NotFound,
    Unsupported,
)
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import (
    diff_ids,
    media_type_of,
    parse_config,
    parse_index,
    parse_manifest,
    select_manifests,
)
from ansible_collections.community.containerd.plugins.module_utils._values.platform import parse_platform

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DIGEST = "sha256:" + "a" * 64
OF = Descriptor(OCI_MANIFEST, DIGEST, 2)
DEEP = b"[" * 100000


def entry(**changed: Any) -> dict[str, Any]:
    return {"mediaType": OCI_MANIFEST, "digest": DIGEST, "size": 7, **changed}


def encoded(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def test_an_index_lists_its_manifests_in_its_order() -> None:
    arm = entry(platform={"os": "linux", "architecture": "arm64", "variant": "v8"}, annotations={"a": "b"})
    first, second = parse_index(encoded(manifests=[arm, entry(size=0)]), OF)
    assert first == Descriptor(OCI_MANIFEST, DIGEST, 7, {"a": "b"}, parse_platform("linux/arm64"))
    assert second == Descriptor(OCI_MANIFEST, DIGEST, 0)


def test_a_manifest_has_a_config_and_layers() -> None:
    found = parse_manifest(encoded(config=entry(), layers=[entry(size=1), entry(size=2)]), OF)
    assert [child.size for child in found.children] == [7, 1, 2]


@pytest.mark.parametrize(
    "document", [b"", b"x", b"[]", b"5", b"null", b"\xff", DEEP, b"{}", b'{"layers": {}, "config": {}}']
)
def test_what_is_no_manifest_is_damaged(document: bytes) -> None:
    with pytest.raises(Damaged, match="document sha256:aaaa"):
        parse_manifest(document, OF)
    with pytest.raises(Damaged, match="document sha256:aaaa"):
        parse_index(document, OF)


@pytest.mark.parametrize(
    "bad",
    [
        None,
        5,
        [],
        {},
        entry(size=-1),
        entry(size="7"),
        entry(size=7.5),
        entry(size=True),
        entry(size=None),
        entry(digest=None),
        entry(digest="sha256:12"),
        entry(digest="../../etc/passwd"),
        entry(digest=["a"]),
        entry(mediaType=5),
        entry(mediaType=None),
    ],
)
def test_a_malformed_descriptor_damages_its_document(bad: object) -> None:
    with pytest.raises(Damaged, match="document sha256:aaaa.* malformed descriptor"):
        parse_manifest(encoded(config=entry(), layers=[bad]), OF)


@pytest.mark.parametrize("platform", [None, 5, {}, {"os": "linux"}, {"os": "", "architecture": "x"}])
def test_half_a_platform_is_none(platform: object) -> None:
    assert parse_index(encoded(manifests=[entry(platform=platform)]), OF)[0].platform is None


@pytest.mark.parametrize("annotations", [None, 5, ["a"]])
def test_annotations_that_are_no_object_are_none(annotations: object) -> None:
    assert parse_index(encoded(manifests=[entry(annotations=annotations)]), OF)[0].annotations == {}


@pytest.mark.parametrize(
    ("fields", "declared", "found"),
    [
        ({"mediaType": OCI_INDEX}, DOCKER_LIST, OCI_INDEX),
        ({"mediaType": DOCKER_MANIFEST}, "text/plain", DOCKER_MANIFEST),
        ({}, DOCKER_LIST, DOCKER_LIST),
        ({"mediaType": "application/x"}, OCI_MANIFEST, OCI_MANIFEST),
        ({"mediaType": ["a"]}, OCI_MANIFEST, OCI_MANIFEST),
        ({"mediaType": {"a": 1}}, OCI_MANIFEST, OCI_MANIFEST),
        ({"manifests": []}, "", OCI_INDEX),
        ({"config": {}, "layers": []}, "application/json", OCI_MANIFEST),
    ],
)
def test_a_document_says_what_it_is(fields: dict[str, Any], declared: str, found: str) -> None:
    assert media_type_of(encoded(**fields), declared) == found


@pytest.mark.parametrize(
    ("document", "declared", "kind"),
    [
        (b"<html>", "text/html", Damaged),
        (b"[]", OCI_INDEX, Damaged),
        (DEEP, OCI_INDEX, Damaged),
        (b'{"schemaVersion": 1}', OCI_MANIFEST, Unsupported),
        (b"{}", "application/vnd.docker.distribution.manifest.v1+prettyjws", Unsupported),
        (b"{}", "application/json", Unsupported),
        (b'{"mediaType": "application/x"}', "", Unsupported),
    ],
)
def test_what_is_no_image_is_said_to_be_none(document: bytes, declared: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        media_type_of(document, declared)


def test_the_types_are_four_and_apart() -> None:
    assert {OCI_INDEX, DOCKER_LIST} == INDEX_TYPES
    assert {OCI_MANIFEST, DOCKER_MANIFEST} == MANIFEST_TYPES
    assert Descriptor(OCI_INDEX, DIGEST, 1).is_index
    assert Descriptor(DOCKER_MANIFEST, DIGEST, 1).is_manifest
    assert not Descriptor("text/plain", DIGEST, 1).is_document


def listed(*names: str) -> list[Descriptor]:
    return [
        Descriptor(OCI_MANIFEST, "sha256:%064d" % number, 1, {}, parse_platform(name) if name else None)
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("offered", "wanted", "chosen"),
    [
        (("linux/amd64", "linux/arm64"), ("linux/arm64",), [1]),
        (("linux/386", "linux/amd64"), ("linux/amd64",), [1]),
        (("linux/386", "linux/arm/v5"), ("linux/amd64",), [0]),
        (("linux/arm/v5", "linux/arm/v7", "linux/arm/v6"), ("linux/arm/v6",), [2]),
        (("linux/arm/v7",), ("linux/arm64",), [0]),
        (("linux/amd64", "linux/amd64"), ("linux/amd64",), [0]),
        (("", "linux/amd64", "unknown/unknown"), ("linux/amd64",), [1]),
        (("linux/amd64", "linux/arm64"), ("linux/arm64", "linux/amd64"), [1, 0]),
        (("linux/386",), ("linux/386", "linux/amd64"), [0]),
    ],
)
def test_the_best_manifest_is_chosen(
    offered: tuple[str, ...], wanted: tuple[str, ...], chosen: list[int]
) -> None:
    items = listed(*offered)
    found = select_manifests(items, [parse_platform(name) for name in wanted], "app:1")
    assert list(found) == [items[number] for number in chosen]


def test_a_platform_that_is_not_offered_is_not_found_and_the_offer_named() -> None:
    with pytest.raises(NotFound, match="image app:1 .* linux/s390x; .*: linux/386, linux/amd64"):
        select_manifests(listed("linux/amd64", "linux/386"), [parse_platform("s390x")], "app:1")
    with pytest.raises(NotFound, match="none is named"):
        select_manifests(listed(""), [parse_platform("s390x")], "app:1")


def test_a_config_names_its_diff_ids() -> None:
    document = encoded(rootfs={"type": "layers", "diff_ids": [DIGEST]})
    assert diff_ids(parse_config(document, OF), OF) == [DIGEST]


@pytest.mark.parametrize(
    "rootfs", [None, [], {}, {"diff_ids": "x"}, {"diff_ids": ["x"]}, {"diff_ids": [5]}, {"diff_ids": None}]
)
def test_a_config_without_diff_ids_is_damaged(rootfs: object) -> None:
    with pytest.raises(Damaged, match="no valid rootfs.diff_ids"):
        diff_ids({"rootfs": rootfs}, OF)
