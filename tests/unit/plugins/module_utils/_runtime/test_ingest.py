# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refs and labels as containerd's own clients write them. How blobs come in their turn, test_fetch.py shows."""

from __future__ import annotations

import json

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.ingest import (
    add_labels,
    child_labels,
    memory,
    ref_of,
)
from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.digest import digest_of
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd
from ansible_collections.community.containerd.tests.unit.fakes.stored_image import StoredImage

SOURCE = "containerd.io/distribution.source.ghcr.io"


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("application/vnd.oci.image.index.v1+json", "index-"),
        ("application/vnd.docker.distribution.manifest.list.v2+json", "index-"),
        ("application/vnd.oci.image.manifest.v1+json", "manifest-"),
        ("application/vnd.docker.distribution.manifest.v2+json", "manifest-"),
        ("application/vnd.oci.image.config.v1+json", "config-"),
        ("application/vnd.docker.container.image.v1+json", "config-"),
        ("application/vnd.oci.image.layer.v1.tar+gzip", "layer-"),
        ("application/vnd.docker.image.rootfs.diff.tar.gzip", "layer-"),
        ("application/vnd.in-toto+json", "attestation-"),
        ("application/octet-stream", "unknown-"),
    ],
)
def test_refs_are_those_of_containerds_own_clients(media_type: str, kind: str) -> None:
    blob = Descriptor(media_type, digest_of(b""), 0)
    assert ref_of(blob) == kind + blob.digest


def test_an_index_holds_every_manifest_that_it_lists(store: Store) -> None:
    one, two = StoredImage("one"), StoredImage("two")
    index = one.index_with(store, {"linux/amd64": one, "linux/arm64": two})
    assert child_labels(index, store.bytes[index.digest]) == {
        "containerd.io/gc.ref.content.m.0": one.target.digest,
        "containerd.io/gc.ref.content.m.1": two.target.digest,
    }


@pytest.mark.parametrize(
    ("there", "wanted", "after"),
    [
        ({}, {SOURCE: "a"}, {SOURCE: "a"}),
        ({SOURCE: "a"}, {SOURCE: "a"}, {SOURCE: "a"}),
        ({SOURCE: "b"}, {SOURCE: "a"}, {SOURCE: "a,b"}),
        ({SOURCE: "a,b"}, {SOURCE: "b"}, {SOURCE: "a,b"}),
        ({"gc": "1"}, {"gc": "2"}, {"gc": "2"}),
        ({"other": "1"}, {"gc": "2"}, {"other": "1", "gc": "2"}),
        ({SOURCE: "x" * 4000}, {SOURCE: "y" * 100}, {SOURCE: "x" * 4000}),
    ],
)
def test_labels_are_completed_and_sources_add_up_to_a_limit(
    fake: FakeContainerd,
    store: Store,
    there: dict[str, str],
    wanted: dict[str, str],
    after: dict[str, str],
) -> None:
    digest = store.add_blob(b"blob", there)
    content = Content(fake.session())
    add_labels(content, digest, wanted)
    assert store.space().blobs[digest] == after
    add_labels(content, digest, wanted)
    assert len(fake.named("content.Update")) == (there != after)


def test_labels_of_a_blob_that_is_gone_are_nobodys() -> None:
    with FakeContainerd() as daemon:
        Store(daemon)
        add_labels(Content(daemon.session()), digest_of(b"gone"), {"a": "b"})
        assert daemon.sequence() == ["content.Info"]


def test_documents_travel_as_one_chunk_from_an_offset() -> None:
    with memory(json.dumps({}).encode())(1) as chunks:
        assert b"".join(chunks) == b"}"


MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def _listed(media_type: str, text: str) -> dict[str, object]:
    return {"mediaType": media_type, "digest": digest_of(text.encode()), "size": 1}


@pytest.mark.parametrize(
    ("of", "children", "keys"),
    [
        (INDEX, [(INDEX, "i"), (MANIFEST, "m"), (INDEX, "j")], ["0", "m.0", "1"]),
        (MANIFEST, [("application/vnd.oci.image.layer.v1.tar+zstd", "l")], ["config", "l.0"]),
        (MANIFEST, [("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "l")], ["config", "l.0"]),
        (MANIFEST, [("application/vnd.in-toto+json", "a"), ("text/plain", "b")], ["config", "0", "1"]),
    ],
)
def test_each_kind_of_child_has_the_label_that_containerd_gives_it(
    of: str, children: list[tuple[str, str]], keys: list[str]
) -> None:
    listed = [_listed(media_type, text) for media_type, text in children]
    config = _listed("application/vnd.oci.image.config.v1+json", "c")
    document = {"manifests": listed} if of == INDEX else {"config": config, "layers": listed}
    found = child_labels(Descriptor(of, digest_of(b""), 0), json.dumps(document).encode())
    assert list(found) == ["containerd.io/gc.ref.content." + key for key in keys]
