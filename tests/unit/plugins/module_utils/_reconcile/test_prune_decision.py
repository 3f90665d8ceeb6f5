# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go and what stays, rule by rule; and that one run is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile import prune
from ansible_collections.community.containerd.plugins.module_utils._reconcile.prune_verbs import PruneVerbs
from ansible_collections.community.containerd.plugins.module_utils._runtime.pruning import PruneRuntime
from ansible_collections.community.containerd.plugins.module_utils._values.descriptor import Descriptor
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.holdings import (
    Going,
    Holdings,
    Ingest,
    Lease,
    Use,
)
from ansible_collections.community.containerd.plugins.module_utils._values.image import Blob, Image
from ansible_collections.community.containerd.plugins.module_utils._values.snapshot import Snapshot
from ansible_collections.community.containerd.tests.unit.fakes.params import params
from ansible_collections.community.containerd.tests.unit.fakes.rehearsal import Played, rehearse

OLD, NEW = "2020-01-01T00:00:00.000000000Z", "2999-01-01T00:00:00.000000000Z"
ID = "sha256:" + "0" * 64
EMPTY = Holdings((), (), (), (), (), ())
TOP = "containerd.io/gc.ref.snapshot.overlayfs"


class World:
    """A namespace from which everything goes that is to go."""

    def __init__(self, holdings: Holdings, elsewhere: Sequence[str] = ()) -> None:
        self.held, self.others = holdings, frozenset(elsewhere)
        self.applied: list[str] = []

    def snapshotter(self, wish: str | None) -> str:
        return wish or "overlayfs"

    def holdings(self, snapshotter: str) -> Holdings:
        return self.held

    def usage(self, snapshots: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
        return {each: 1000 for each in snapshots}

    def elsewhere(self, digests: Sequence[str]) -> frozenset[str]:
        return self.others & set(digests)

    def prune(self, going: Going) -> Going:
        self.applied.append("prune")
        self.held = prune._without(self.held, going)
        return going


def image(name: str, target: str = "", *, changed_at: str = OLD, **labels: str) -> Image:
    descriptor = Descriptor("application/vnd.oci.image.manifest.v1+json", target or name, 1)
    return Image(name, descriptor, {k.replace("__", "/"): v for k, v in labels.items()}, OLD, changed_at)


def stored(*names: str, base: str = "") -> Holdings:
    """Images of one blob and one snapshot each, which stands on `base`."""
    images = tuple(image(name) for name in names)
    blobs = tuple(Blob(name, 10, {TOP: "top of " + name}) for name in names)
    snapshots = tuple(("overlayfs", Snapshot("top of " + name, base, "committed", {})) for name in names)
    return EMPTY.replace(images=images, blobs=blobs, snapshots=snapshots)


def use(name: str = "web", of: str = "", on: str = "", *, is_stopped: bool = False, **labels: str) -> Use:
    marked = {k.replace("__", "/").replace("_", "."): v for k, v in labels.items()}
    return Use(name, of, "overlayfs", on, marked, OLD, is_stopped)


def play(holdings: Holdings, *, elsewhere: Sequence[str] = (), **said: Any) -> Played:
    return rehearse(
        prune,
        lambda: World(holdings, elsewhere),
        params("ctr_prune", **said),
        runtime=PruneRuntime,
        verbs=PruneVerbs,
    )


def gone(holdings: Holdings, kind: str, **said: Any) -> list[str]:
    names: list[str] = play(holdings, **said).real.values[kind]
    return names


def test_all_images_that_nobody_uses_go_with_what_they_keep() -> None:
    played = play(stored("r/a:1", "r/b:1"), images="all")
    assert played.real.values == {
        "images": ["r/a:1", "r/b:1"],
        "containers": [],
        "leases": [],
        "ingests": [],
        "snapshots": ["top of r/a:1", "top of r/b:1"],
        "blobs": ["r/a:1", "r/b:1"],
        "space_reclaimed": 2020,
    }
    assert played.real.actions == (
        "removed image r/a:1",
        "removed image r/b:1",
        "collected 2 snapshots and 2 blobs that nothing leads to",
    )
    assert played.real.before == {"images": ["r/a:1", "r/b:1"]}


def test_what_another_namespace_holds_frees_no_bytes() -> None:
    assert play(stored("r/a:1"), images="all", elsewhere=["r/a:1"]).real.values["space_reclaimed"] == 1000


@pytest.mark.parametrize(
    "kept_by",
    [
        {"uses": (use(of="r/a:1"),)},
        {"uses": (use(of="gone", on="on top"),)},
        {"leases": (Lease("l", NEW, {}, (("snapshots/overlayfs", "on top"),)),)},
        {"leases": (Lease("l", NEW, {}, (("snapshots/overlayfs", "top of r/a:1"),)),)},
        {"leases": (Lease("l", NEW, {"containerd.io/gc.flat": ""}, (("content", "r/a:1"),)),)},
        {"images": (image("r/a:1"), image("r/other:1", "r/a:1", **{"io.cri-containerd.pinned": "pinned"}))},
        {"uses": (use(of=ID),), "images": (image("r/a:1"), image(ID, "r/a:1"))},
    ],
    ids=["name", "chain", "mounted", "leased", "content", "pinned", "id"],
)
def test_what_is_used_in_whatever_name_stays(kept_by: dict[str, Any]) -> None:
    holdings = stored("r/a:1")
    above = (*holdings.snapshots, ("overlayfs", Snapshot("on top", "top of r/a:1", "active", {})))
    holdings = holdings.replace(snapshots=above, **kept_by)
    assert gone(holdings, "images", images="all") == []


def test_an_image_that_only_shares_a_base_with_a_used_one_goes() -> None:
    holdings = stored("r/a:1", "r/b:1", base="base")
    base = ("overlayfs", Snapshot("base", "", "committed", {}))
    holdings = holdings.replace(snapshots=(*holdings.snapshots, base), uses=(use(on="top of r/b:1"),))
    played = play(holdings, images="all")
    assert played.real.values["images"] == ["r/a:1"]
    assert played.real.values["snapshots"] == ["top of r/a:1"]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"images_filters": {"until": "7d", "label": None}}, ["h:1/a:1"]),
        ({"images_filters": {"until": "2020-01-01T12:00:00Z", "label": None}}, ["h:1/a:1"]),
        ({"images_filters": {"until": "2000-01-01", "label": None}}, []),
        ({"images_filters": {"until": None, "label": ["team"]}}, ["h:1/a:2"]),
        ({"images_filters": {"until": None, "label": ["team=red"]}}, []),
        ({"images_keep": {"newest": 1, "names": None}}, ["h:1/a:1", "h:1/a@" + ID]),
        ({"images_keep": {"newest": 9, "names": None}}, []),
        ({"images_keep": {"newest": 0, "names": ["h:1/*"]}}, []),
        ({"images_keep": {"newest": 0, "names": ["*:1"]}}, ["h:1/a:2", "h:1/a@" + ID]),
        ({"images": "dangling"}, []),
    ],
)
def test_filters_and_what_is_kept(said: dict[str, Any], names: list[str]) -> None:
    images = (
        image("h:1/a:1"),
        image("h:1/a:2", changed_at=NEW, team="blue"),
        image("h:1/a@" + ID, changed_at="2998-01-01T00:00:00.000000000Z"),
    )
    wished = {"images": "all", **said}
    assert gone(EMPTY.replace(images=images), "images", **wished) == names


@pytest.mark.parametrize(
    ("mode", "images", "names"),
    [
        ("dangling", [image(ID, "t")], [ID]),
        ("dangling", [image("import-2026-01-01@" + ID, "t")], ["import-2026-01-01@" + ID]),
        ("dangling", [image(ID, "t"), image("r/a:1", "t")], []),
        ("all", [image(ID, "t"), image("r/a:1", "t")], ["r/a:1", ID]),
        ("all", [image(ID, "t", changed_at=NEW), image("r/a:1", "t")], ["r/a:1", ID]),
        ("all", [image(ID, "t"), image("r/a:1", "t"), image("r/a:2", "t", changed_at=NEW)], ["r/a:1"]),
        ("all", [image(ID, "t", changed_at=NEW)], []),
    ],
)
def test_the_record_of_an_image_id_goes_with_the_last_name(
    mode: str, images: list[Image], names: list[str]
) -> None:
    filters = {"until": "1h", "label": None}
    assert gone(EMPTY.replace(images=tuple(images)), "images", images=mode, images_filters=filters) == names


def test_a_record_without_a_time_is_never_old() -> None:
    holdings = EMPTY.replace(images=(image("r/a:1").replace(created_at="", updated_at=""),))
    assert gone(holdings, "images", images="all", images_filters={"until": "0s", "label": None}) == []


@pytest.mark.parametrize(
    ("container", "filters", "goes"),
    [
        (use(is_stopped=True), None, True),
        (use(), None, False),
        (use(is_stopped=True, containerd_io__restart_status="running"), None, False),
        (
            use(is_stopped=True, io_cri__x="1").replace(labels={"io.cri-containerd.kind": "sandbox"}),
            None,
            False,
        ),
        (use(is_stopped=True), {"until": "1h", "label": None}, True),
        (use(is_stopped=True).replace(created_at=NEW), {"until": "1h", "label": None}, False),
        (use(is_stopped=True, job="1"), {"until": None, "label": ["job"]}, True),
        (use(is_stopped=True), {"until": None, "label": ["job"]}, False),
    ],
)
def test_containers_that_have_ended_go(container: Use, filters: dict[str, Any] | None, goes: bool) -> None:
    holdings = EMPTY.replace(uses=(container,))
    assert gone(holdings, "containers", containers=True, containers_filters=filters) == ["web"] * goes


def test_an_image_goes_in_the_same_run_as_the_container_that_used_it() -> None:
    holdings = stored("r/a:1").replace(uses=(use(of="r/a:1", on="web", is_stopped=True),))
    holdings = holdings.replace(
        snapshots=(*holdings.snapshots, ("overlayfs", Snapshot("web", "top of r/a:1", "active", {})))
    )
    played = play(holdings, containers=True, images="all")
    assert played.real.values["images"] == ["r/a:1"]
    assert played.real.values["snapshots"] == ["top of r/a:1", "web"]
    assert play(holdings, images="all").plan.steps == ()


@pytest.mark.parametrize(
    ("lease", "filters", "goes"),
    [
        (Lease("l", OLD, {"containerd.io/gc.expire": OLD}), None, True),
        (Lease("l", OLD, {"containerd.io/gc.expire": NEW}), None, False),
        (Lease("l", OLD, {"containerd.io/gc.expire": "soon"}), None, False),
        (Lease("l", OLD, {}), None, False),
        (Lease("l", NEW, {}, is_dead=True), None, True),
        (Lease("l", OLD, {}), {"until": "30d", "label": None}, True),
        (Lease("l", NEW, {}), {"until": "30d", "label": None}, False),
        (Lease("l", OLD, {}, is_mounted=True), {"until": "30d", "label": None}, False),
        (Lease("l", OLD, {}, is_dead=True), {"until": None, "label": ["mine"]}, False),
    ],
)
def test_leases_that_are_over_go(lease: Lease, filters: dict[str, Any] | None, goes: bool) -> None:
    holdings = EMPTY.replace(leases=(lease,))
    assert gone(holdings, "leases", leases=True, leases_filters=filters) == ["l"] * goes


@pytest.mark.parametrize(("updated_at", "goes"), [(OLD, True), (NEW, False), ("", False)])
def test_ingests_that_stand_still_go(updated_at: str, goes: bool) -> None:
    played = play(EMPTY.replace(ingests=(Ingest("layer-1", updated_at, 77),)), ingests=True)
    assert played.real.values["ingests"] == ["layer-1"] * goes
    assert played.real.values["space_reclaimed"] == 77 * goes


def test_garbage_is_what_nothing_leads_to() -> None:
    rooted, flat = {"containerd.io/gc.root": "1"}, {"containerd.io/gc.flat": "1"}
    holdings = EMPTY.replace(
        images=(image("r/a:1", "index"),),
        blobs=(
            Blob("index", 1, {"containerd.io/gc.ref.content.m.0": "manifest", "other": "lost"}),
            Blob("manifest", 1, {"containerd.io/gc.ref.content/config": "config"}),
            Blob("config", 1, {TOP + "/extra": "top"}),
            Blob("root", 1, {**rooted, "containerd.io/gc.ref.content": "of root"}),
            Blob("of root", 1, {}),
            Blob("flat", 1, {"containerd.io/gc.ref.content.x": "lost"}),
            Blob("expired", 1, {}),
            Blob("lost", 1, {}),
        ),
        snapshots=(
            ("overlayfs", Snapshot("top", "base", "committed", {})),
            ("overlayfs", Snapshot("base", "", "committed", {})),
            ("overlayfs", Snapshot("rooted", "", "active", rooted)),
            ("native", Snapshot("top", "", "committed", {})),
        ),
        leases=(
            Lease("flat", OLD, flat, (("content", "flat"),)),
            Lease("over", OLD, {"containerd.io/gc.expire": OLD}, (("content", "expired"),)),
        ),
    )
    played = play(holdings, snapshots=True)
    assert played.real.values["blobs"] == ["expired", "lost"]
    assert played.real.values["snapshots"] == ["top"]
    assert played.plan.steps[0].args[0].snapshots == (("native", "top"),)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({}, "nothing is to be pruned; set one of images, containers"),
        (
            {"images": "all", "images_filters": {"until": "yesterday", "label": None}},
            "neither an age nor a time",
        ),
        ({"images": "all", "images_keep": {"newest": -1, "names": None}}, "newest is -1"),
    ],
)
def test_what_cannot_be_meant_is_refused(said: dict[str, Any], text: str) -> None:
    with pytest.raises(Refused, match=text):
        prune.want(params("ctr_prune", **said))
