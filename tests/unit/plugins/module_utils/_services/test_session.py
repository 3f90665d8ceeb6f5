# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls carry who is meant; each way in which they fail has a class, a remedy and the daemon's own words."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.messages import (
    content,
    images,
    namespaces,
)
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    AlreadyExists,
    Damaged,
    Failure,
    Locked,
    NotFound,
    Refused,
    TimedOut,
    Unreachable,
    Unsupported,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    FakeContainerd,
    HangUp,
    Silence,
    Status,
)

STATUSES = [
    (1, "CANCELLED", Failure, "run the task again"),
    (2, "UNKNOWN", Failure, "log of containerd"),
    (3, "INVALID_ARGUMENT", Refused, "correct the value"),
    (4, "DEADLINE_EXCEEDED", TimedOut, "larger timeout"),
    (5, "NOT_FOUND", NotFound, "name and the namespace"),
    (6, "ALREADY_EXISTS", AlreadyExists, "run the task again"),
    (7, "PERMISSION_DENIED", Refused, "become"),
    (8, "RESOURCE_EXHAUSTED", Refused, "free what it names"),
    (9, "FAILED_PRECONDITION", Refused, "state it names"),
    (10, "ABORTED", Failure, "log of containerd"),
    (11, "OUT_OF_RANGE", Refused, "run the task again"),
    (12, "UNIMPLEMENTED", Unsupported, "upgrade containerd"),
    (13, "INTERNAL", Failure, "log of containerd"),
    (14, "UNAVAILABLE", Unreachable, "log of containerd"),
    (15, "DATA_LOSS", Damaged, "log of containerd"),
    (16, "UNAUTHENTICATED", Refused, "become"),
]


def failure_of(session: Session) -> Failure:
    with pytest.raises(Failure) as caught:
        session.call(images.GET, {"name": "nginx"})
    return caught.value


@pytest.mark.parametrize(
    ("code", "name", "kind", "remedy"), STATUSES, ids=[name for _code, name, _kind, _remedy in STATUSES]
)
def test_a_status_becomes_the_failure_that_says_what_to_do(
    fake: FakeContainerd, code: int, name: str, kind: type[Failure], remedy: str
) -> None:
    fake.fail("images.Get", Status(code, "because"))
    failure = failure_of(fake.session())
    assert failure.__class__ is kind
    assert (failure.call, failure.code, failure.kind) == ("images.Get", name, kind.kind)
    assert failure.message == "containerd answered %s to images.Get: because" % name
    assert remedy in failure.remedy


@pytest.mark.parametrize("said", ["write /x/data: no space left on device", "mkdir /x: Disk quota exceeded"])
def test_a_full_disk_is_told_with_what_to_do_about_it(fake: FakeContainerd, said: str) -> None:
    fake.fail("images.Get", Status(2, said))
    failure = failure_of(fake.session())
    assert failure.message.endswith(said)
    assert failure.remedy.startswith("free space on the disk of containerd's root directory")


def test_every_status_but_ok_is_in_the_table() -> None:
    assert [code for code, _name, _kind, _remedy in STATUSES] == list(range(1, 17))


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("", "no reason given"),
        (" \n ", "no reason given"),
        ("two\nlines\tand \x1b[31mred", "two lines and  [31mred"),
        ("caf\u00e9 50% %41", "caf\u00e9 50% %41"),
        ("x" * 600, "x" * 600),
        ("x" * 601, "x" * 600 + " ..."),
    ],
)
def test_the_daemons_words_are_quoted_on_one_line_of_bounded_length(
    fake: FakeContainerd, said: str, heard: str
) -> None:
    fake.fail("images.Get", Status(2, said))
    assert failure_of(fake.session()).message == "containerd answered UNKNOWN to images.Get: " + heard


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (14, "ref layer-sha256:1 locked for 3s: unavailable", Locked),
        (14, "transport is closing", Unreachable),
        (9, "the state is locked", Refused),
    ],
)
def test_only_what_is_unavailable_and_locked_is_worth_waiting_for(
    fake: FakeContainerd, code: int, message: str, kind: type[Failure]
) -> None:
    fake.fail("images.Get", Status(code, message))
    assert failure_of(fake.session()).__class__ is kind


# Who is meant


def test_every_call_names_the_namespace_and_only_a_leased_one_a_lease(fake: FakeContainerd) -> None:
    fake.answer("images.Get", {"image": {"name": "nginx"}})
    session = fake.session("k8s.io")
    session.call(images.GET, {"name": "nginx"})
    session.under("lease-1").call(images.GET, {"name": "nginx"})
    first, second = fake.calls
    assert (first.namespace, first.lease) == ("k8s.io", "")
    assert "containerd-lease" not in first.metadata
    assert (second.namespace, second.lease) == ("k8s.io", "lease-1")
    assert fake.connections == 1


def test_streams_name_them_too(fake: FakeContainerd) -> None:
    fake.answer("content.List")
    assert list(fake.session("moby").under("lease-1").stream(content.LIST, {"filters": ()})) == []
    assert [(call.namespace, call.lease) for call in fake.calls] == [("moby", "lease-1")]


def test_a_sibling_has_a_connection_of_its_own_under_the_same_lease(fake: FakeContainerd) -> None:
    fake.answer("namespaces.List", {})
    session = fake.session("moby").under("lease-1")
    sibling = session.sibling()
    session.call(namespaces.LIST, {})
    sibling.call(namespaces.LIST, {})
    sibling.close()
    assert fake.connections == 2
    assert {(call.namespace, call.lease) for call in fake.calls} == {("moby", "lease-1")}


def test_another_namespace_is_reached_over_the_same_connection(fake: FakeContainerd) -> None:
    session = fake.session().under("lease")
    other = session.within("moby")
    assert (other.endpoint.namespace, other.lease) == ("moby", "")
    assert other.endpoint.address == session.endpoint.address


def test_a_session_that_was_closed_connects_again(fake: FakeContainerd) -> None:
    fake.answer("namespaces.List", {})
    session = fake.session()
    session.call(namespaces.LIST, {})
    session.close()
    session.call(namespaces.LIST, {})
    assert fake.connections == 2


# Nobody there


def test_without_a_socket_containerd_is_to_be_started(tmp_path: Path) -> None:
    path = str(tmp_path / "no.sock")
    failure = failure_of(Session(Endpoint("unix://" + path, "default", 1)))
    assert failure.__class__ is Unreachable
    assert failure.message.startswith("cannot reach containerd at %s: " % path)
    assert "No such file" in failure.message
    assert failure.remedy == "start containerd, set address to its socket, or run with become"


def test_a_socket_that_nobody_listens_on_needs_a_start(tmp_path: Path) -> None:
    path = str(tmp_path / "dead.sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    failure = failure_of(Session(Endpoint(path, "default", 1)))
    assert failure.__class__ is Unreachable
    assert "refused" in failure.message
    root, other = "start containerd", "run with become, or start containerd"
    assert failure.remedy == (root if os.geteuid() == 0 else other)


def test_a_daemon_that_dies_in_a_call_leaves_a_log(fake: FakeContainerd) -> None:
    fake.fail("images.Get", HangUp())
    failure = failure_of(fake.session())
    assert failure.__class__ is Unreachable
    assert "closed the connection" in failure.message
    assert failure.remedy == "see its log, and run the task again once it is up"


def test_the_next_call_reaches_the_daemon_that_came_back(fake: FakeContainerd) -> None:
    fake.answer("images.Get", {"image": {"name": "nginx"}})
    fake.fail("images.Get", HangUp())
    session = fake.session()
    failure_of(session)
    assert session.call(images.GET, {"name": "nginx"})["image"]["name"] == "nginx"


# Somebody else there, or nobody that answers


def test_a_daemon_without_a_word_times_out(fake: FakeContainerd) -> None:
    fake.fail("images.Get", Silence())
    failure = failure_of(fake.session(timeout_s=0.05))
    assert failure.__class__ is TimedOut
    assert "did not answer images.Get" in failure.message
    assert "larger timeout" in failure.remedy


def test_a_call_may_have_a_time_of_its_own(fake: FakeContainerd) -> None:
    fake.fail("images.Get", Silence())
    with pytest.raises(TimedOut, match=r"0\.05 s"):
        fake.session(timeout_s=60).call(images.GET, {"name": "nginx"}, timeout_s=0.05)


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", bytes(64)]
)
def test_what_is_not_containerd_is_told_so(tmp_path: Path, greeting: bytes) -> None:
    path = str(tmp_path / "other.sock")

    def greet() -> None:
        peer, _address = other.accept()
        with peer:
            peer.sendall(greeting)
            peer.recv(1 << 16)

    with socket.socket(socket.AF_UNIX) as other:
        other.bind(path)
        other.listen(1)
        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        failure = failure_of(Session(Endpoint(path, "default", 5)))
        thread.join(5)
    assert failure.__class__ is Damaged
    assert "does not speak gRPC as containerd does" in failure.message
    assert failure.remedy == "set address to containerd's own socket"


def test_an_answer_that_is_no_protobuf_is_damaged(fake: FakeContainerd) -> None:
    fake.answer("images.Get", {"(unknown fields)": b"\x0a\xff"})
    assert failure_of(fake.session()).__class__ is Damaged


# Streams


def test_a_stream_gives_its_answers_one_by_one(fake: FakeContainerd) -> None:
    fake.answer("content.Read", {"data": b"one"}, {"data": b"two"})
    found = fake.session().stream(content.READ, {"digest": "sha256:1"})
    assert [part["data"] for part in found] == [b"one", b"two"]


def test_a_stream_that_fails_fails_as_a_call_does(fake: FakeContainerd) -> None:
    fake.fail("content.Read", Status(5, "no such blob"))
    with pytest.raises(NotFound, match="no such blob") as caught:
        list(fake.session().stream(content.READ, {"digest": "sha256:1"}))
    assert caught.value.call == "content.Read"


def test_a_stream_that_is_left_early_does_no_harm_to_the_next_call(fake: FakeContainerd) -> None:
    fake.answer("content.Read", *({"data": b"x" * 1000} for _chunk in range(50)))
    fake.answer("namespaces.List", {})
    session = fake.session()
    for _part in session.stream(content.READ, {"digest": "sha256:1"}):
        break
    assert session.call(namespaces.LIST, {}) == {"namespaces": []}
    assert fake.connections == 1


def test_a_daemon_that_dies_in_a_stream_is_unreachable(fake: FakeContainerd) -> None:
    fake.fail("content.Write", HangUp())
    with fake.session().open(content.WRITE) as stream, pytest.raises(Unreachable):
        stream.send({"action": 0, "ref": "r"})
        stream.receive()
