# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a target to all that hangs on it, and no further."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.graph import (
    MAX_DEPTH,
    MAX_MANIFESTS,
    is_runnable,
    walk,
)
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    Damaged,
    NotFound,
    Unsupported,
)
from ansible_collections.community.containerd.plugins.module_utils._values.manifest import Manifest
from ansible_collections.community.containerd.plugins.module_utils._values.platform import Platform

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")


class Library:
    """Documents by digest, and the order in which they were read."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.read_order: list[str] = []

    def add(self, media_type: str, content: dict[str, Any]) -> dict[str, Any]:
        data = json.dumps(content, sort_keys=True).encode()
        self.documents[digest_of(data)] = data
        return {"mediaType": media_type, "digest": digest_of(data), "size": len(data)}

    def manifest(self, name: str = "a") -> dict[str, Any]:
        def blob(kind: str) -> dict[str, Any]:
            return {"mediaType": "x/tar", "digest": digest_of((kind + name).encode()), "size": 1}

        return self.add(MANIFEST, {"config": blob("config"), "layers": [blob("layer")]})

    def index(self, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
        return self.add(INDEX, {"manifests": list(children), **more})

    def read(self, of: Descriptor) -> bytes:
        self.read_order.append(of.digest)
        return self.documents[of.digest]


def at(entry: dict[str, Any]) -> Descriptor:
    return Descriptor(entry["mediaType"], entry["digest"], entry["size"])


def on(entry: dict[str, Any], platform: Platform) -> dict[str, Any]:
    return {**entry, "platform": {"os": platform.os, "architecture": platform.architecture}}


def test_a_manifest_alone_is_its_own_graph() -> None:
    library = Library()
    top = library.manifest()
    graph = walk(at(top), (AMD64,), "nginx", library.read)
    assert [of.digest for of, _document in graph.documents] == [top["digest"]]
    assert len(graph.manifests) == 1
    assert len(graph.blobs) == 2


@pytest.mark.parametrize(
    ("platforms", "wanted"), [((AMD64,), "a"), ((ARM64,), "b"), ((AMD64, ARM64), "ab"), ((), "abc")]
)
def test_of_an_index_the_wanted_platforms_are_read_or_all(
    platforms: tuple[Platform, ...], wanted: str
) -> None:
    library = Library()
    made = {name: library.manifest(name) for name in "abc"}
    top = library.index(on(made["a"], AMD64), on(made["b"], ARM64), made["c"])
    graph = walk(at(top), platforms, "nginx", library.read)
    assert library.read_order == [top["digest"], *(made[name]["digest"] for name in wanted)]
    assert [of.digest for of, _manifest in graph.manifests] == [made[name]["digest"] for name in wanted]


def test_a_platform_that_is_not_there_is_named_with_what_is() -> None:
    library = Library()
    top = library.index(on(library.manifest(), ARM64))
    with pytest.raises(NotFound, match="nginx has no manifest for platform linux/amd64") as caught:
        walk(at(top), (AMD64,), "nginx", library.read)
    assert "linux/arm64" in caught.value.remedy


def test_parents_come_before_children() -> None:
    library = Library()
    inner = library.index(library.manifest())
    top = library.index(inner)
    graph = walk(at(top), (), "nginx", library.read)
    assert [of.media_type for of, _document in graph.documents] == [INDEX, INDEX, MANIFEST]


@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH])
def test_indexes_nest_up_to_a_depth(depth: int) -> None:
    library = Library()
    top = library.manifest()
    for _level in range(depth):
        top = library.index(top)
    if depth < MAX_DEPTH:
        assert len(walk(at(top), (), "nginx", library.read).manifests) == 1
    else:
        with pytest.raises(Damaged, match="nests or lists too many"):
            walk(at(top), (), "nginx", library.read)
    assert len(library.read_order) <= MAX_DEPTH


def test_an_index_that_lists_itself_ends() -> None:
    entry = {"mediaType": INDEX, "digest": digest_of(b"itself"), "size": 1}
    document = json.dumps({"manifests": [entry]}).encode()
    with pytest.raises(Damaged):
        walk(at(entry), (), "nginx", lambda of: document)


def test_a_list_of_manifests_has_a_ceiling_and_none_of_them_is_read() -> None:
    library = Library()
    top = library.index(*(library.manifest(str(n)) for n in range(MAX_MANIFESTS)))
    with pytest.raises(Damaged, match="too many manifests") as caught:
        walk(at(top), (), "nginx", library.read)
    assert library.read_order == [top["digest"]]
    assert "platform" in caught.value.remedy


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1"),
        ("application/vnd.docker.distribution.manifest.v1+json", "schema 1"),
        ("application/vnd.cncf.helm.chart", "which is no image"),
    ],
)
def test_what_is_no_image_is_refused_before_it_is_read(media_type: str, text: str) -> None:
    library = Library()
    child = {"mediaType": media_type, "digest": digest_of(b"?"), "size": 1}
    top = library.index(on(child, AMD64))
    with pytest.raises(Unsupported, match=text):
        walk(at(top), (AMD64,), "nginx", library.read)
    assert library.read_order == [top["digest"]]


def test_what_nobody_wants_may_be_anything() -> None:
    library = Library()
    made = library.manifest()
    chart = {"mediaType": "application/vnd.cncf.helm.chart", "digest": digest_of(b"?"), "size": 1}
    top = library.index(on(chart, ARM64), on(made, AMD64))
    assert len(walk(at(top), (AMD64,), "nginx", library.read).manifests) == 1


def test_a_failure_to_read_is_the_readers() -> None:
    def read(of: Descriptor) -> bytes:
        raise NotFound("gone", "fetch it")

    with pytest.raises(NotFound, match="gone"):
        walk(Descriptor(MANIFEST, digest_of(b""), 1), (), "nginx", read)


@pytest.mark.parametrize(
    ("types", "runs"),
    [
        (["application/vnd.oci.image.layer.v1.tar+gzip"], True),
        (["application/vnd.docker.image.rootfs.diff.tar.gzip"], True),
        ([], True),
        (["application/vnd.in-toto+json"], False),
        (["application/vnd.oci.image.layer.v1.tar", "application/vnd.in-toto+json"], False),
    ],
)
def test_layers_that_are_no_file_systems_do_not_run(types: list[str], runs: bool) -> None:
    layers = [Descriptor(media_type, digest_of(b""), 0) for media_type in types]
    assert is_runnable(Manifest(Descriptor("c", digest_of(b""), 0), layers)) is runs
