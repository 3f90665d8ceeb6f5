# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leases end with their ``with``, and at the latest when somebody finds their owner dead."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime import lease
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    FakeContainerd,
    HangUp,
    Status,
)

OWNER_LABEL = "community.containerd/owner"


def test_a_lease_lives_as_long_as_its_with(fake: FakeContainerd, store: Store) -> None:
    with lease.leased(fake.session()) as held:
        assert list(store.space().leases) == [held.lease]
        assert held.lease
    assert store.space().leases == {}


def test_a_lease_says_whose_it_is_and_when_it_ends(fake: FakeContainerd, store: Store) -> None:
    with lease.leased(fake.session()) as held:
        labels = store.space().leases[held.lease]
    expires = (
        time.mktime(time.strptime(labels["containerd.io/gc.expire"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    )
    assert abs(expires - time.time() - 24 * 3600) < 60
    boot, namespace, pid, _started = labels[OWNER_LABEL].split(" ")
    assert pid == str(os.getpid())
    assert namespace.startswith("pid:[")
    assert len(boot) == 36


def test_no_two_leases_have_one_name(fake: FakeContainerd, store: Store) -> None:
    with lease.leased(fake.session()) as one, lease.leased(fake.session()) as two:
        assert one.lease != two.lease
        assert set(store.space().leases) == {one.lease, two.lease}


def test_what_was_made_under_a_lease_goes_when_the_work_fails(fake: FakeContainerd, store: Store) -> None:
    with pytest.raises(KeyError, match="mine"), lease.leased(fake.session()) as held:
        digest = store.add_blob(b"data")
        store.space().held[held.lease].add(digest)
        raise KeyError("mine")
    assert store.space().leases == {}
    assert store.space().blobs == {}
    assert [call.request["sync"] for call in fake.named("leases.Delete")][0] is True


@pytest.mark.parametrize("failure", [HangUp(), Status(2, "read-only")], ids=["dead", "failing"])
def test_the_first_failure_is_told_even_if_the_lease_cannot_be_given_up(
    fake: FakeContainerd, store: Store, failure: Exception
) -> None:
    fake.fail("leases.Delete", failure)
    with pytest.raises(KeyError, match="mine"), lease.leased(fake.session()):
        raise KeyError("mine")


def test_a_lease_that_cannot_be_taken_is_the_failure(fake: FakeContainerd, store: Store) -> None:
    fake.fail("leases.Create", Status(9, "no"))
    with pytest.raises(Refused), lease.leased(fake.session()):
        raise AssertionError("not reached")


@pytest.fixture
def stranger() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def end(process: subprocess.Popen[bytes]) -> None:
    process.communicate(b"\n", timeout=20)


def owner(store: Store, name: str, text: str) -> None:
    store.space().leases[name] = {OWNER_LABEL: text}


def test_leases_of_the_dead_are_swept_and_those_of_the_living_stay(
    fake: FakeContainerd, store: Store, stranger: subprocess.Popen[bytes]
) -> None:
    try:
        text = lease._owner(stranger.pid)
        boot, namespace, pid, started = text.split(" ")
        owner(store, "living", text)
        owner(store, "self", lease._owner(os.getpid()))
        owner(store, "recycled pid", "%s %s %s %d" % (boot, namespace, pid, int(started) - 1))
        owner(store, "before the boot", "%s %s %s %s" % ("0" * 36, namespace, pid, started))
        owner(store, "other pid namespace", "%s pid:[1] %s %s" % (boot, pid, started))
        owner(store, "no number", "%s %s x %s" % (boot, namespace, started))
        store.space().leases["ctr's"] = {"containerd.io/gc.expire": "2099-01-01T00:00:00Z"}
        with lease.leased(fake.session()):
            pass
    finally:
        end(stranger)
    assert set(store.space().leases) == {"living", "self", "other pid namespace", "no number", "ctr's"}
    with lease.leased(fake.session()):
        pass
    assert set(store.space().leases) == {"self", "other pid namespace", "no number", "ctr's"}


def test_a_label_that_is_not_ours_to_read_is_left_alone(fake: FakeContainerd, store: Store) -> None:
    owner(store, "odd", "what is this")
    owner(store, "short", "x")
    owner(store, "empty", "")
    with lease.leased(fake.session()):
        pass
    assert set(store.space().leases) == {"odd", "short", "empty"}


def test_only_our_own_leases_are_looked_at(fake: FakeContainerd, store: Store) -> None:
    with lease.leased(fake.session()):
        pass
    filters = {tuple(call.request["filters"]) for call in fake.named("leases.List")}
    assert filters == {('labels."%s"' % OWNER_LABEL,)}
