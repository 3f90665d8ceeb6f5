# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls against a scripted peer: what they send, what they return, and how each of them can end."""

from __future__ import annotations

import contextlib
import struct

import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import (
    CallFailed,
    NobodyThere,
    NoProgress,
    OurMistake,
    TheirMistake,
    WireError,
)
from ansible_collections.community.containerd.plugins.module_utils._wire.grpc import channel as g
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import connection, hpack
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import frames as f
from ansible_collections.community.containerd.plugins.module_utils._wire.memory import MemoryTransport
from ansible_collections.community.containerd.tests.unit.fakes import http2_peer as peer

METHOD = "/a.Service/Method"


def channel_to(script: peer.Script, timeout_s: float = 60) -> g.Channel:
    return g.Channel("/memory", timeout_s=timeout_s, transport=MemoryTransport(script))


def ask(*says: bytes | None) -> bytes:
    return channel_to(peer.Script(*says)).unary(METHOD, b"question")


def test_a_unary_call_is_one_flight_and_one_answer() -> None:
    script = peer.Script(peer.SETTINGS + peer.unary(b"answer"))
    assert (
        channel_to(script).unary(METHOD, b"question", metadata=[("containerd-namespace", "k8s.io")])
        == b"answer"
    )
    settings, window, request, data, *_acks = script.frames()
    assert (settings[0], window[0]) == (f.SETTINGS, f.WINDOW_UPDATE)
    assert hpack.Decoder().decode(request[3]) == [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", METHOD),
        (":authority", "localhost"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("containerd-namespace", "k8s.io"),
    ]
    assert data == (f.DATA, f.END_STREAM, 1, peer.message(b"question"))


def test_calls_follow_each_other_on_one_connection() -> None:
    script = peer.Script(peer.SETTINGS + peer.unary(b"1"), peer.After(f.DATA, 3, peer.unary(b"2", stream=3)))
    with channel_to(script) as channel:
        assert channel.unary(METHOD, b"") == b"1"
        assert channel.unary(METHOD, b"") == b"2"
    assert script.heard.count(f.PREFACE) == 1


def test_a_stream_of_messages_is_received_one_by_one() -> None:
    body = peer.message(b"a") + peer.message(b"") + peer.message(b"c" * 20000)
    says = [peer.SETTINGS + peer.headers(peer.ANSWER), peer.data(body[:3]), peer.data(body[3:16000])]
    script = peer.Script(*says, peer.data(body[16000:]) + peer.trailers())
    with channel_to(script).call(METHOD) as call:
        call.send(b"", is_last=True)
        assert [call.receive() for _message in range(4)] == [b"a", b"", b"c" * 20000, None]
        assert call.receive() is None


def test_a_call_sends_as_many_messages_as_it_likes() -> None:
    script = peer.Script(peer.SETTINGS, peer.After(f.DATA, 1, peer.unary(b"sum"), f.END_STREAM))
    with channel_to(script).call(METHOD) as call:
        call.send(b"a")
        call.send(b"b" * 9000)
        call.finish_sending()
        call.finish_sending()
        assert (call.receive(), call.receive()) == (b"sum", None)
    data = [frame for frame in script.frames() if frame[0] == f.DATA]
    assert b"".join(frame[3] for frame in data) == peer.message(b"a") + peer.message(b"b" * 9000)
    assert [frame[1] for frame in data] == [0, 0, 0, f.END_STREAM]


def test_a_large_message_waits_for_the_peers_window() -> None:
    body = bytes(range(256)) * 1000
    script = peer.Script(
        peer.SETTINGS, peer.window_update(1 << 20), peer.window_update(1 << 20, stream=1), peer.unary(b"ok")
    )
    assert channel_to(script).unary(METHOD, body) == b"ok"
    data = [frame for frame in script.frames() if frame[0] == f.DATA]
    assert b"".join(frame[3] for frame in data) == peer.message(body)
    assert [frame[1] for frame in data] == [0] * (len(data) - 1) + [f.END_STREAM]


def test_leaving_a_call_early_cancels_it_and_the_next_one_starts_clean() -> None:
    late = peer.data(peer.message(b"late")) + peer.trailers()
    script = peer.Script(
        peer.SETTINGS + peer.headers(peer.ANSWER) + peer.data(peer.message(b"a")),
        peer.After(f.RST_STREAM, 1, late),
        peer.After(f.DATA, 3, peer.unary(b"b", stream=3)),
    )
    channel = channel_to(script)
    with channel.call(METHOD) as call:
        call.send(b"", is_last=True)
        assert call.receive() == b"a"
    assert channel.unary(METHOD, b"") == b"b"
    assert (f.RST_STREAM, 0, 1, struct.pack(">L", f.CANCEL)) in script.frames()


def test_a_call_that_ended_is_not_cancelled() -> None:
    script = peer.Script(peer.SETTINGS + peer.unary(b"a"))
    channel_to(script).unary(METHOD, b"")
    assert f.RST_STREAM not in [frame[0] for frame in script.frames()]


def test_a_call_that_was_cancelled_says_so() -> None:
    call = channel_to(peer.Script(peer.SETTINGS)).call(METHOD)
    call.send(b"")
    call.cancel()
    with pytest.raises(CallFailed, match="CANCELLED"):
        call.receive()
    with pytest.raises(CallFailed, match="CANCELLED"):
        call.send(b"more")


def test_polling_tells_whether_a_message_is_there() -> None:
    script = peer.Script(
        peer.SETTINGS + peer.headers(peer.ANSWER),
        b"",
        peer.data(peer.message(b"event")),
        b"",
        peer.trailers(),
    )
    with channel_to(script).call(METHOD) as call:
        call.send(b"", is_last=True)
        seen = [call.poll(0) for _time in range(3)]
        assert True in seen
        assert call.receive() == b"event"
        while not call.poll(0):
            pass
        assert call.receive() is None


def test_polling_does_not_wait_for_a_message_that_is_too_large() -> None:
    prefix = struct.pack(">BL", 0, g.MAX_MESSAGE_BYTES + 1)
    script = peer.Script(peer.SETTINGS + peer.headers(peer.ANSWER) + peer.data(prefix))
    with channel_to(script).call(METHOD) as call:
        call.send(b"", is_last=True)
        with pytest.raises(TheirMistake, match="bytes where"):
            call.poll(60)


def test_sending_after_the_last_message_is_our_mistake() -> None:
    with channel_to(peer.Script(peer.SETTINGS)).call(METHOD) as call:
        call.send(b"", is_last=True)
        with pytest.raises(OurMistake, match="after the last one"):
            call.send(b"")


def test_a_peer_that_ends_with_an_error_stops_our_sending() -> None:
    script = peer.Script(
        peer.SETTINGS + peer.trailers([*peer.ANSWER, ("grpc-status", "9"), ("grpc-message", "no")])
    )
    with channel_to(script).call(METHOD) as call, pytest.raises(CallFailed, match="FAILED_PRECONDITION: no"):
        for _message in range(3):
            call.send(bytes(40000))


# How calls fail.


@pytest.mark.parametrize(
    "answer, status, text",
    [
        (
            [("grpc-status", "5"), ("grpc-message", "gr%C3%B6%C3%9Fe 100%25 %zz %ff")],
            "NOT_FOUND",
            "größe 100% %zz \ufffd",
        ),
        ([("grpc-status", "16")], "UNAUTHENTICATED", ""),
        ([("grpc-status", "99"), ("grpc-message", "m")], "UNKNOWN", "m"),
        ([("grpc-status", "x")], "UNKNOWN", ""),
        ([("grpc-status", "00")], "UNKNOWN", ""),
        ([], "UNKNOWN", "HTTP status 200"),
    ],
)
@pytest.mark.parametrize("is_only_trailers", [True, False])
def test_a_status_other_than_ok_fails_the_call(
    answer: list[tuple[str, str]], status: str, text: str, is_only_trailers: bool
) -> None:
    if is_only_trailers:
        says = peer.trailers([*peer.ANSWER, *answer])
    else:
        says = peer.headers(peer.ANSWER) + peer.trailers(answer)
    with pytest.raises(CallFailed) as caught:
        ask(peer.SETTINGS + says)
    assert caught.value.status_name == status
    assert text in caught.value.message


@pytest.mark.parametrize(
    "http, status",
    [
        ("400", "INTERNAL"),
        ("401", "UNAUTHENTICATED"),
        ("404", "UNIMPLEMENTED"),
        ("503", "UNAVAILABLE"),
        ("418", "UNKNOWN"),
    ],
)
def test_an_http_error_becomes_a_status(http: str, status: str) -> None:
    page = peer.headers([(":status", http), ("content-type", "text/html")]) + peer.data(
        b"<p>", flags=f.END_STREAM
    )
    with pytest.raises(CallFailed, match=f"{status}.*HTTP status {http}, content type text/html"):
        ask(peer.SETTINGS + page)


@pytest.mark.parametrize(
    "code, status",
    [
        (0, "INTERNAL"),
        (1, "INTERNAL"),
        (7, "UNAVAILABLE"),
        (8, "CANCELLED"),
        (11, "RESOURCE_EXHAUSTED"),
        (77, "INTERNAL"),
    ],
)
def test_a_reset_becomes_a_status(code: int, status: str) -> None:
    with pytest.raises(CallFailed) as caught:
        ask(peer.SETTINGS + peer.reset(code))
    assert caught.value.status_name == status


def test_a_message_before_an_error_is_still_received() -> None:
    script = peer.Script(
        peer.SETTINGS
        + peer.headers(peer.ANSWER)
        + peer.data(peer.message(b"a"))
        + peer.trailers([("grpc-status", "2")])
    )
    with channel_to(script).call(METHOD) as call:
        call.send(b"", is_last=True)
        assert call.receive() == b"a"
        with pytest.raises(CallFailed):
            call.receive()


@pytest.mark.parametrize(
    "body, says",
    [
        (peer.message(b"a", flag=1), "compressed"),
        (struct.pack(">BL", 0, g.MAX_MESSAGE_BYTES + 1), "bytes where"),
        (b"\0\0", "within a message"),
        (peer.message(b"abc")[:-1], "within a message"),
        (b"", "no message"),
        (peer.message(b"a") * 2, "several"),
    ],
)
def test_an_answer_that_is_not_one_message_is_their_mistake(body: bytes, says: str) -> None:
    with pytest.raises(TheirMistake, match=says):
        ask(peer.SETTINGS + peer.headers(peer.ANSWER) + peer.data(body) + peer.trailers())


def test_after_their_mistake_the_connection_is_not_used_again() -> None:
    script = peer.Script(peer.SETTINGS + peer.data(b"a"))
    channel = channel_to(script)
    with pytest.raises(TheirMistake):
        channel.unary(METHOD, b"")
    with pytest.raises(NobodyThere, match="/memory"):  # dials anew, and there is no such socket
        channel.unary(METHOD, b"")


def test_a_refused_call_is_nobody_there() -> None:
    with pytest.raises(NobodyThere, match="going away"):
        ask(peer.SETTINGS + peer.goaway(0))


def test_a_call_that_was_taken_ends_well_after_a_goodbye() -> None:
    assert ask(peer.SETTINGS + peer.goaway(1), peer.unary(b"a")) == b"a"


def test_a_new_call_after_a_goodbye_dials_anew() -> None:
    channel = channel_to(peer.Script(peer.SETTINGS + peer.unary(b"a") + peer.goaway(1)))
    channel.unary(METHOD, b"")
    with pytest.raises(NobodyThere, match="No such file"):
        channel.unary(METHOD, b"")


def test_a_peer_that_left_between_two_calls_is_noticed_before_the_second() -> None:
    channel = channel_to(
        peer.Script(peer.SETTINGS + peer.unary(b"a"), peer.After(f.SETTINGS, 0, None, f.ACK))
    )
    channel.unary(METHOD, b"")
    with pytest.raises(NobodyThere, match="No such file"):
        channel.unary(METHOD, b"")


def test_other_calls_learn_that_the_connection_is_lost() -> None:
    channel = channel_to(peer.Script(peer.SETTINGS, peer.After(f.DATA, 1, None)))
    with channel.call(METHOD) as first, channel.call(METHOD) as second:
        with pytest.raises(NobodyThere, match="closed the connection"):
            first.send(b"")
        with pytest.raises(NobodyThere, match="closed the connection"):
            second.receive()


def test_silence_is_no_progress() -> None:
    with pytest.raises(NoProgress, match=r"no progress of /a.Service/Method at /memory for 60 s"):
        ask(peer.SETTINGS + peer.headers(peer.ANSWER))


def test_a_peer_that_only_pings_makes_no_progress() -> None:
    script = peer.Script(peer.SETTINGS, *[f.format_frame(f.PING, 0, 0, bytes(8))] * 9000)
    with pytest.raises(NoProgress):
        channel_to(script, timeout_s=0).unary(METHOD, b"")
    assert len(script.says) > 8900


def test_a_peer_that_never_opens_its_window_makes_no_progress() -> None:
    script = peer.Script(f.format_settings({f.INITIAL_WINDOW_SIZE: 0}))
    with pytest.raises(NoProgress):
        channel_to(script).unary(METHOD, bytes(100000))


@pytest.mark.parametrize(
    "method, metadata",
    [
        ("/a b\n", ()),
        (METHOD, [("Upper", "a")]),
        (METHOD, [(":path", "/b")]),
        (METHOD, [("grpc-timeout", "1S")]),
        (METHOD, [("a-bin", "x")]),
        (METHOD, [("", "x")]),
        (METHOD, [("a", "line\nbreak")]),
        (METHOD, [("a", "größe")]),
    ],
)
def test_headers_that_cannot_be_sent_are_our_mistake(method: str, metadata: list[tuple[str, str]]) -> None:
    with pytest.raises(OurMistake):
        channel_to(peer.Script()).unary(method, b"", metadata=metadata)


@pytest.mark.parametrize("address", ["", "relative", "tcp://localhost:1", "unix:relative", "/a\0b"])
def test_an_address_that_is_no_socket_path_is_our_mistake(address: str) -> None:
    with pytest.raises(OurMistake):
        g.Channel(address, timeout_s=1)


# Every truncation of a valid exchange.

EXCHANGE = (
    peer.SETTINGS
    + f.format_frame(f.PING, 0, 0, b"12345678")
    + peer.SETTINGS_ACK
    + f.format_frame(f.HEADERS, f.END_HEADERS, 1, b"\x20" + hpack.encode(peer.ANSWER))
    + peer.window_update(1000)
    + peer.data(peer.message(b"part one, part two")[:9])
    + f.format_frame(f.DATA, f.PADDED, 1, b"\2" + peer.message(b"part one, part two")[9:] + b"\0\0")
    + f.format_frame(f.HEADERS, f.END_STREAM, 1, hpack.encode(peer.OK)[:7])
    + f.format_frame(f.CONTINUATION, f.END_HEADERS, 1, hpack.encode(peer.OK)[7:])
)


def test_the_whole_exchange_is_valid() -> None:
    assert ask(EXCHANGE) == b"part one, part two"


@pytest.mark.parametrize("end", range(len(EXCHANGE)))
def test_every_truncation_ends_in_an_error_of_ours(end: int) -> None:
    with pytest.raises(NobodyThere):
        ask(EXCHANGE[:end], None)
    with pytest.raises(NoProgress):
        ask(EXCHANGE[:end])


@pytest.mark.parametrize("pos", range(len(EXCHANGE)))
def test_every_damaged_byte_ends_in_an_answer_or_an_error_of_ours(pos: int) -> None:
    for flip in (0x01, 0x08, 0x80, 0xFF):
        damaged = EXCHANGE[:pos] + bytes((EXCHANGE[pos] ^ flip,)) + EXCHANGE[pos + 1 :]
        with contextlib.suppress(WireError):
            ask(damaged, None)


def test_a_reader_that_waits_gives_the_window_back() -> None:
    body = bytes(connection.STREAM_WINDOW * 3)
    whole = peer.message(body)
    says = [peer.data(whole[pos : pos + 16384]) for pos in range(0, len(whole), 16384)]
    script = peer.Script(peer.SETTINGS + peer.headers(peer.ANSWER), *says, peer.trailers())
    assert channel_to(script).unary(METHOD, b"") == body
    updates = [frame for frame in script.frames() if frame[0] == f.WINDOW_UPDATE and frame[2] == 1]
    assert len(updates) >= 4
