# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for namespaces, against a containerd with a memory."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.namespaces import NamespaceRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.namespace import Namespace
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Snapshot, Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd


@pytest.fixture
def verbs(fake: FakeContainerd, store: Store) -> NamespaceRuntime:
    return NamespaceRuntime(fake.endpoint())


def test_a_namespace_comes_back_as_it_was_made(verbs: NamespaceRuntime) -> None:
    assert verbs.find("shop") is None
    verbs.create("shop", {"a": "1"})
    assert verbs.find("shop") == Namespace("shop", {"a": "1"})
    verbs.set_labels("shop", {"a": "", "b": "2"})
    assert verbs.find("shop") == Namespace("shop", {"b": "2"})
    verbs.delete("shop")
    assert verbs.find("shop") is None


def test_what_a_namespace_holds_is_counted_by_kind(verbs: NamespaceRuntime, store: Store) -> None:
    store.add_blob(b"1", namespace="shop")
    space = store.space("shop")
    for key in ("a", "b"):
        space.snapshots["native", key] = Snapshot("", 3, {})
    space.containers["web"] = {"id": "web", "spec": {"value": b"{}"}}
    space.images["nginx"] = {"name": "nginx"}
    found = verbs.contents("shop")
    assert found == {"containers": 1, "images": 1, "blobs": 1, "snapshots of native": 2}
    assert verbs.contents("default") == {}


def test_a_snapshotter_that_did_not_load_is_not_asked(fake: FakeContainerd, verbs: NamespaceRuntime) -> None:
    verbs.contents("shop")
    assert [call.request["snapshotter"] for call in fake.named("snapshots.List")] == ["overlayfs", "native"]


def test_what_arrives_at_the_last_moment_is_not_lost(verbs: NamespaceRuntime, store: Store) -> None:
    store.add_blob(b"1", namespace="shop")
    with pytest.raises(Refused, match="still has blobs"):
        verbs.delete("shop")
