# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide what of a namespace is no longer needed: containers, leases, ingests, images, and then the garbage.

Knows what keeps what; never how anything is removed.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused
from .._values.holdings import Going, Holdings
from .._values.labels import GC_EXPIRE, RESTART_STATUS
from .._values.plan import Plan, Step
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.holdings import Lease, Use
    from .prune_images import ImageRule
    from .prune_verbs import PruneVerbs

_AGE = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_UNITS_S = (604800, 86400, 3600, 60, 1)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z)?")
_CRI = "io.cri-containerd.kind"  # on what the kubelet's CRI runs
_KINDS = ("images", "containers", "snapshots", "leases", "ingests")


class AgeRule(Value):
    """Which containers, leases or ingests may go."""

    before: str  # older than this time; '' for any
    labels: tuple[tuple[str, str | None], ...] = ()


class DesiredPruning(Value):
    images: ImageRule | None  # None: stay
    containers: AgeRule | None
    leases: AgeRule | None
    ingests: AgeRule | None
    snapshots: bool
    snapshotter: str | None
    now: str

    def asks_for(self, kind: str) -> bool:
        return getattr(self, kind) not in (None, False)


class CurrentHoldings(Value):
    holdings: Holdings
    going: Going
    gone: Going = Going()  # while a dry run tells what would be


def want(params: Mapping[str, Any]) -> DesiredPruning:
    now_s = time.time()
    desired = DesiredPruning(
        images=_want_images(params, now_s) if params["images"] else None,
        containers=_want_age(params, "containers", now_s),
        leases=_want_age(params, "leases", now_s),
        ingests=_want_age(params, "ingests", now_s),
        snapshots=params["snapshots"],
        snapshotter=params["snapshotter"],
        now=_format(now_s),
    )
    if not any(desired.asks_for(kind) for kind in _KINDS):
        raise Refused("nothing is to be pruned", "set one of " + ", ".join(_KINDS))
    return desired


def _want_images(params: Mapping[str, Any], now_s: float) -> ImageRule:
    from .prune_images import ImageRule

    filters, keep = params["images_filters"] or {}, params["images_keep"] or {}
    newest = keep.get("newest") or 0
    if newest < 0:
        raise Refused("images_keep.newest is %d" % newest, "set it to how many of each repository stay")
    return ImageRule(
        dangling_only=params["images"] == "dangling",
        before=_before(filters.get("until"), now_s),
        labels=_labels(filters.get("label")),
        keep_newest=newest,
        keep_names=tuple(keep.get("names") or ()),
    )


def _want_age(params: Mapping[str, Any], kind: str, now_s: float) -> AgeRule | None:
    if not params[kind]:
        return None
    filters = params[kind + "_filters"] or {}
    until = filters.get("until") or ("24h" if kind == "ingests" else None)
    return AgeRule(_before(until, now_s), _labels(filters.get("label")))


def _before(until: str | None, now_s: float) -> str:
    """An age or a time as the text of that time, which can be compared with what containerd's times are told as."""
    if not until:
        return ""
    if _TIME.fullmatch(until):
        return until
    age = _AGE.fullmatch(until)
    if age is None:
        raise Refused(
            "until is %r, which is neither an age nor a time" % until,
            "write an age such as 36h or 7d12h, or a time in UTC such as 2026-01-31T12:00:00Z",
        )
    return _format(now_s - sum(int(n or 0) * unit for n, unit in zip(age.groups(), _UNITS_S)))


def _format(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(max(seconds, 0)))


def _labels(texts: Sequence[str] | None) -> tuple[tuple[str, str | None], ...]:
    pairs = [text.partition("=") for text in texts or ()]
    return tuple((key, value if sign else None) for key, sign, value in pairs)


def read(verbs: PruneVerbs, desired: DesiredPruning) -> CurrentHoldings:
    holdings = verbs.holdings(verbs.snapshotter(desired.snapshotter))
    going = choose(desired, holdings)
    if going.is_nothing:
        return CurrentHoldings(holdings, going)
    elsewhere = verbs.elsewhere(going.blobs) if going.blobs else frozenset()
    sizes = {blob.digest: blob.size for blob in holdings.blobs}
    bytes_of = {digest: 0 if digest in elsewhere else sizes[digest] for digest in going.blobs}
    usage: dict[Any, int] = dict(bytes_of)
    usage.update(verbs.usage(going.snapshots))
    usage.update({each.ref: each.size for each in holdings.ingests if each.ref in going.ingests})
    return CurrentHoldings(holdings, going.replace(bytes_of=usage))


def choose(desired: DesiredPruning, holdings: Holdings) -> Going:
    """What goes: each kind with what of the kinds before it is gone already, so that one run is enough."""
    left = holdings
    containers = [use.id for use in left.uses if _may_go(desired.containers, use)]
    left = left.replace(uses=tuple(use for use in left.uses if use.id not in containers))
    leases = [lease.id for lease in left.leases if _is_over(desired, lease)]
    holding = (lease for lease in left.leases if lease.id not in leases)
    left = left.replace(leases=tuple(lease for lease in holding if not _has_expired(desired, lease)))
    before = desired.ingests.before if desired.ingests else ""
    ingests = [each.ref for each in left.ingests if each.updated_at and each.updated_at < before]
    images: list[str] = []
    if desired.images is not None:
        from .prune_images import images_to_go

        images = [image.name for image in images_to_go(desired.images, left)]
        left = left.replace(images=tuple(image for image in left.images if image.name not in images))
    going = Going(tuple(images), tuple(sorted(containers)), tuple(sorted(leases)), tuple(sorted(ingests)))
    if not desired.snapshots and going.is_nothing:
        return going
    from .garbage import Graph

    garbage = Graph(left).garbage()
    return going.replace(
        snapshots=tuple(sorted(node for node in garbage if isinstance(node, tuple))),
        blobs=tuple(sorted(node for node in garbage if isinstance(node, str))),
    )


def _may_go(rule: AgeRule | None, use: Use) -> bool:
    """A container that has no process, that nobody starts again, and that is not the kubelet's to remove."""
    if (
        rule is None
        or not use.is_stopped
        or _CRI in use.labels
        or use.labels.get(RESTART_STATUS) == "running"
    ):
        return False
    return _is_older(use.created_at, rule.before) and _carries(use.labels, rule.labels)


def _is_over(desired: DesiredPruning, lease: Lease) -> bool:
    """A lease that has expired, or whose owner was killed; with an age, one that is older, whatever it says."""
    if desired.leases is None or lease.is_mounted or not _carries(lease.labels, desired.leases.labels):
        return False
    is_over = lease.is_dead or _has_expired(desired, lease)
    return is_over or bool(desired.leases.before) and _is_older(lease.created_at, desired.leases.before)


def _has_expired(desired: DesiredPruning, lease: Lease) -> bool:
    """An expired lease holds nothing any more, whether it is removed or not."""
    expiry = lease.labels.get(GC_EXPIRE, "")
    return bool(_TIME.fullmatch(expiry)) and expiry < desired.now


def _is_older(created_at: str, before: str) -> bool:
    return not before or bool(created_at) and created_at < before


def _carries(labels: Mapping[str, str], wanted: Sequence[tuple[str, str | None]]) -> bool:
    return all(key in labels and value in (None, labels[key]) for key, value in wanted)


def plan(desired: DesiredPruning, current: CurrentHoldings) -> Plan:
    going = current.going
    if going.is_nothing:
        return Plan((), current)
    step = Step("prune", (going,), tuple(_sentences(going)))
    return Plan((step,), CurrentHoldings(_without(current.holdings, going), Going(), going))


def _sentences(going: Going) -> list[str]:
    says = ["removed container " + name for name in going.containers]
    says += ["removed lease " + name for name in going.leases]
    says += ["aborted ingest " + ref for ref in going.ingests]
    says += ["removed image " + name for name in going.images]
    if going.snapshots or going.blobs:
        counts = (len(going.snapshots), len(going.blobs))
        says.append("collected %d snapshots and %d blobs that nothing leads to" % counts)
    return says


def _without(holdings: Holdings, going: Going) -> Holdings:
    return Holdings(
        tuple(image for image in holdings.images if image.name not in going.images),
        tuple(use for use in holdings.uses if use.id not in going.containers),
        tuple(lease for lease in holdings.leases if lease.id not in going.leases),
        tuple(ingest for ingest in holdings.ingests if ingest.ref not in going.ingests),
        tuple(blob for blob in holdings.blobs if blob.digest not in going.blobs),
        tuple(pair for pair in holdings.snapshots if (pair[0], pair[1].key) not in going.snapshots),
    )


def view(desired: DesiredPruning, state: CurrentHoldings) -> Mapping[str, Any]:
    holdings = state.holdings
    names = {
        "images": [image.name for image in holdings.images],
        "containers": [use.id for use in holdings.uses],
        "snapshots": [snapshot.key for _snapshotter, snapshot in holdings.snapshots],
        "leases": [lease.id for lease in holdings.leases],
        "ingests": [ingest.ref for ingest in holdings.ingests],
    }
    return {kind: sorted(names[kind]) for kind in _KINDS if desired.asks_for(kind)}


def report(desired: DesiredPruning, state: CurrentHoldings, results: Sequence[Any]) -> Mapping[str, Any]:
    gone: Going = results[0] if results else state.gone
    return {
        "images": list(gone.images),
        "containers": list(gone.containers),
        "leases": list(gone.leases),
        "ingests": list(gone.ingests),
        "snapshots": [key for _snapshotter, key in gone.snapshots],
        "blobs": list(gone.blobs),
        "space_reclaimed": sum(gone.bytes_of.values()),
    }
