# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP/2 connection against a peer that does what it likes: no I/O, no clock."""

from __future__ import annotations

import struct

import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import (
    OurMistake,
    TheirMistake,
)
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import connection as c
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import frames as f
from ansible_collections.community.containerd.plugins.module_utils._wire.http2 import hpack
from ansible_collections.community.containerd.tests.unit.fakes import http2_peer as peer

REQUEST = hpack.encode([(":method", "POST")])
PADDED = f.PADDED


def opened(*, settings: bytes = peer.SETTINGS, answers: bool = True) -> tuple[c.Connection, c.Stream]:
    """A connection with one open stream and nothing left to send."""
    connection = c.Connection()
    stream = connection.open(REQUEST)
    connection.feed(settings)
    if answers:
        connection.feed(peer.headers(peer.ANSWER))
    said(connection)
    return connection, stream


def said(connection: c.Connection) -> bytes:
    """Everything that waits to be sent, taken."""
    out = b"".join(connection.outgoing)
    connection.sent(len(out))
    return out


def test_the_first_words_are_preface_settings_and_a_wider_window() -> None:
    out = said(c.Connection())
    assert out.startswith(f.PREFACE + f.format_settings(c.SETTINGS))
    assert out.endswith(peer.window_update(c.CONNECTION_WINDOW - 65535))


def test_a_request_does_not_wait_for_the_peers_settings() -> None:
    connection = c.Connection()
    stream = connection.open(REQUEST)
    connection.send(stream, memoryview(b"hello"), is_last=True)
    assert said(connection).endswith(
        f.format_frame(f.HEADERS, f.END_HEADERS, 1, REQUEST)
        + f.format_frame(f.DATA, f.END_STREAM, 1, b"hello")
    )


def test_settings_and_pings_are_acknowledged() -> None:
    connection, _stream = opened()
    connection.feed(peer.SETTINGS + f.format_frame(f.PING, 0, 0, b"12345678"))
    assert said(connection) == f.format_frame(f.SETTINGS, f.ACK, 0) + f.format_frame(
        f.PING, f.ACK, 0, b"12345678"
    )
    connection.feed(f.format_frame(f.PING, f.ACK, 0, b"12345678") + peer.SETTINGS_ACK)
    assert said(connection) == b""


def test_an_answer_is_read_however_it_is_cut() -> None:
    whole = peer.SETTINGS + peer.unary(b"hello") + peer.SETTINGS_ACK
    for step in (1, 2, 7, 10, len(whole)):
        connection = c.Connection()
        stream = connection.open(REQUEST)
        for pos in range(0, len(whole), step):
            connection.feed(whole[pos : pos + step])
        assert (stream.state, bytes(stream.inbox)) == (c.ENDED, peer.message(b"hello"))
        assert stream.headers == peer.ANSWER
        assert stream.trailers == peer.OK


def test_padding_and_priority_are_taken_off() -> None:
    connection, stream = opened(answers=False)
    block = hpack.encode(peer.ANSWER)
    flags = f.END_HEADERS | f.PADDED | f.HAS_PRIORITY
    connection.feed(f.format_frame(f.HEADERS, flags, 1, b"\3" + b"\0\0\0\0\x10" + block + b"\0" * 3))
    connection.feed(
        peer.data(b"\2ab\0\0", flags=PADDED)
        + peer.data(b"\0c", flags=PADDED)
        + peer.data(b"\0", flags=PADDED)
    )
    assert stream.headers == peer.ANSWER
    assert stream.inbox == b"abc"


def test_frames_that_we_do_not_know_or_need_are_skipped() -> None:
    connection, stream = opened()
    connection.feed(f.format_frame(0x42, 0xFF, 1, b"?") + f.format_frame(f.PRIORITY, 0, 7, b"\0" * 5))
    connection.feed(f.format_settings({0x99: 7, f.HEADER_TABLE_SIZE: 1 << 30}) + peer.data(b"a"))
    assert stream.inbox == b"a"


def test_headers_may_go_on_in_continuations() -> None:
    connection, stream = opened(answers=False)
    block = hpack.encode([*peer.ANSWER, ("x", "y" * 100)])
    connection.feed(
        f.format_frame(f.HEADERS, 0, 1, block[:5]) + f.format_frame(f.CONTINUATION, 0, 1, block[5:9])
    )
    assert stream.state == c.WAITING
    connection.feed(f.format_frame(f.CONTINUATION, f.END_HEADERS, 1, block[9:]))
    assert stream.headers[-1] == ("x", "y" * 100)


def test_an_interim_answer_is_not_the_answer() -> None:
    connection, stream = opened(answers=False)
    connection.feed(peer.headers([(":status", "103")]) + peer.headers(peer.ANSWER))
    assert stream.headers == peer.ANSWER


def test_trailers_only_are_headers_and_trailers() -> None:
    connection, stream = opened(answers=False)
    connection.feed(peer.trailers([*peer.ANSWER, ("grpc-status", "5")]))
    assert stream.state == c.ENDED
    assert ("grpc-status", "5") in stream.trailers
    assert stream.headers == stream.trailers


# Sending: the peer's windows.


def test_data_is_cut_to_frames_and_stops_at_the_window() -> None:
    connection, stream = opened()
    body = bytes(range(256)) * 400
    assert connection.send(stream, memoryview(body), is_last=True) == 65535
    out = said(connection)
    assert [struct.unpack_from(">HB", out, i * (16384 + 9)) for i in range(4)] == [(64, 0)] * 3 + [(63, 255)]
    assert connection.send(stream, memoryview(body)[65535:], is_last=True) == 0
    connection.feed(peer.window_update(100000) + peer.window_update(10, stream=1))
    assert connection.send(stream, memoryview(body)[65535:], is_last=True) == 10
    assert stream.is_sending
    connection.feed(peer.window_update(1 << 20, stream=1))
    assert connection.send(stream, memoryview(body)[65545:], is_last=True) == len(body) - 65545
    assert not stream.is_sending


def test_the_connections_window_counts_for_all_streams() -> None:
    connection, first = opened()
    second = connection.open(REQUEST)
    connection.feed(f.format_settings({f.INITIAL_WINDOW_SIZE: 1 << 20}))
    assert connection.send(first, memoryview(bytes(60000)), is_last=False) == 60000
    assert connection.send(second, memoryview(bytes(60000)), is_last=False) == 5535


def test_a_smaller_initial_window_may_make_a_window_negative() -> None:
    connection, stream = opened()
    connection.send(stream, memoryview(bytes(60000)), is_last=False)
    connection.feed(f.format_settings({f.INITIAL_WINDOW_SIZE: 1000}) + peer.window_update(1 << 20))
    assert stream.send_room == 1000 - 60000
    assert connection.send(stream, memoryview(b"a"), is_last=False) == 0
    connection.feed(peer.window_update(59001, stream=1))
    assert connection.send(stream, memoryview(b"abc"), is_last=False) == 1


def test_larger_frames_are_used_where_allowed() -> None:
    connection, stream = opened(settings=f.format_settings({f.MAX_FRAME_SIZE: 50000}))
    connection.send(stream, memoryview(bytes(50000)), is_last=True)
    assert len(said(connection)) == 50009


def test_an_end_without_data_needs_no_window() -> None:
    connection, stream = opened(settings=f.format_settings({f.INITIAL_WINDOW_SIZE: 0}))
    assert connection.send(stream, memoryview(b""), is_last=True) == 0
    assert said(connection) == f.format_frame(f.DATA, f.END_STREAM, 1)


def test_partial_sends_go_on_where_they_stopped() -> None:
    connection, stream = opened()
    body = bytes(range(256)) * 200
    connection.send(stream, memoryview(body), is_last=True)
    connection.feed(f.format_frame(f.PING, 0, 0, b"12345678"))
    whole = b"".join(connection.outgoing)
    pieces = b""
    step = 1
    while connection.outgoing:
        piece = b"".join(connection.outgoing)[:step]
        connection.sent(len(piece))
        pieces += piece
        step = step * 2 % 9973 + 1
    assert pieces == whole
    assert connection.data_sent == len(body)


# Receiving: our windows.


def test_a_stream_that_is_read_gets_its_window_back_at_half() -> None:
    connection, stream = opened()
    for _frame in range(32):
        connection.feed(peer.data(bytes(16384)))
        connection.credit(stream, 0)
    assert said(connection) == peer.window_update(c.STREAM_WINDOW // 2, stream=1)


def test_a_stream_that_nobody_reads_gets_nothing() -> None:
    connection, stream = opened()
    for _frame in range(64):
        connection.feed(peer.data(bytes(16384)))
        connection.credit(stream, len(stream.inbox))
    assert said(connection) == b""
    with pytest.raises(TheirMistake, match="stream's window"):
        connection.feed(peer.data(b"a"))


def test_padding_counts_for_the_window() -> None:
    connection, stream = opened()
    for _frame in range(64):
        connection.feed(peer.data(b"\xff" + bytes(16383), flags=PADDED))
    assert len(stream.inbox) == 64 * (16384 - 256)
    with pytest.raises(TheirMistake, match="stream's window"):
        connection.feed(peer.data(b"\0", flags=PADDED))


def test_the_connections_window_is_widened_even_for_streams_that_are_gone() -> None:
    connection, stream = opened()
    connection.reset(stream, f.CANCEL)
    said(connection)
    for _frame in range(513):
        connection.feed(peer.data(bytes(16384)))
    assert said(connection) == peer.window_update(513 * 16384)


def test_late_frames_of_a_cancelled_stream_are_skipped() -> None:
    connection, stream = opened()
    connection.reset(stream, f.CANCEL)
    assert said(connection) == peer.reset(f.CANCEL)
    connection.feed(peer.data(b"late") + peer.window_update(5, stream=1) + peer.trailers() + peer.reset(8))
    assert stream.inbox == b""
    second = connection.open(REQUEST)
    connection.feed(peer.unary(b"x", stream=3))
    assert second.inbox == peer.message(b"x")


def test_late_headers_still_count_for_the_table() -> None:
    connection, stream = opened(answers=False)
    connection.reset(stream, f.CANCEL)
    second = connection.open(REQUEST)
    connection.feed(f.format_frame(f.HEADERS, f.END_HEADERS, 1, b"\x88\x40\x01a\x01b"))
    connection.feed(f.format_frame(f.HEADERS, f.END_HEADERS, 3, b"\x88\xbe"))
    assert second.headers == [(":status", "200"), ("a", "b")]


# Ends.


def test_a_reset_ends_the_stream() -> None:
    connection, stream = opened()
    connection.feed(peer.reset(7))
    assert (stream.state, stream.reset, stream.is_sending) == (c.ENDED, 7, False)
    assert connection.is_idle


def test_a_reset_after_the_end_only_stops_our_sending() -> None:
    connection, stream = opened()
    connection.feed(peer.trailers() + peer.reset(0))
    assert (stream.state, stream.reset, stream.is_sending) == (c.ENDED, None, False)
    assert connection.is_idle


def test_going_away_refuses_the_streams_above_the_last() -> None:
    connection, first = opened()
    second = connection.open(REQUEST)
    connection.feed(peer.goaway(1) + peer.data(b"a"))
    assert (first.is_refused, bytes(first.inbox), second.is_refused, second.state) == (
        False,
        b"a",
        True,
        c.ENDED,
    )
    with pytest.raises(OurMistake, match="going away"):
        connection.open(REQUEST)


def test_a_graceful_goodbye_lets_calls_finish() -> None:
    connection, stream = opened()
    connection.feed(peer.goaway((1 << 31) - 1) + peer.goaway(1) + peer.trailers())
    assert not stream.is_refused
    assert stream.trailers == peer.OK


def test_no_more_streams_than_the_peer_allows() -> None:
    connection, _stream = opened(settings=f.format_settings({f.MAX_CONCURRENT_STREAMS: 1}))
    with pytest.raises(OurMistake, match="no more than 1 streams"):
        connection.open(REQUEST)


def test_request_headers_have_to_fit_into_a_frame() -> None:
    with pytest.raises(OurMistake, match="request headers"):
        c.Connection().open(bytes(16385))


HEADERS = f.HEADERS
HOSTILE = {
    "data on stream 0": (peer.data(b"a", stream=0), "stream 0"),
    "headers on stream 0": (peer.headers([], stream=0), "stream 0"),
    "reset on stream 0": (peer.reset(0, stream=0), "stream 0"),
    "continuation on stream 0": (f.format_frame(f.CONTINUATION, 4, 0), "stream 0"),
    "settings on a stream": (f.format_frame(f.SETTINGS, 0, 1), "stream 1"),
    "ping on a stream": (f.format_frame(f.PING, 0, 1, bytes(8)), "stream 1"),
    "goaway on a stream": (f.format_frame(f.GOAWAY, 0, 1, bytes(8)), "stream 1"),
    "data on an idle stream": (peer.data(b"a", stream=3), "nobody opened"),
    "headers on an even stream": (peer.headers([], stream=2), "nobody opened"),
    "reset of an idle stream": (peer.reset(0, stream=5), "nobody opened"),
    "a window of an idle stream": (peer.window_update(1, stream=5), "nobody opened"),
    "a frame that is too long": (f.format_header(16385, 0, 0, 1), "16385 bytes"),
    "the longest frame of an unknown type": (f.format_header((1 << 24) - 1, 99, 0, 1), "are allowed"),
    "a short ping": (f.format_frame(f.PING, 0, 0, bytes(7)), "7 bytes"),
    "a long reset": (f.format_frame(f.RST_STREAM, 0, 1, bytes(5)), "5 bytes"),
    "a short priority": (f.format_frame(f.PRIORITY, 0, 1, bytes(4)), "4 bytes"),
    "a short window update": (f.format_frame(f.WINDOW_UPDATE, 0, 0, bytes(3)), "3 bytes"),
    "a short goaway": (f.format_frame(f.GOAWAY, 0, 0, bytes(7)), "too short"),
    "settings cut off": (f.format_frame(f.SETTINGS, 0, 0, bytes(5)), "SETTINGS of 5"),
    "an acknowledgement with content": (f.format_frame(f.SETTINGS, f.ACK, 0, bytes(6)), "SETTINGS of 6"),
    "push enabled": (f.format_settings({f.ENABLE_PUSH: 1}), "setting 2 is 1"),
    "an initial window too large": (f.format_settings({f.INITIAL_WINDOW_SIZE: 1 << 31}), "setting 4"),
    "frames too small": (f.format_settings({f.MAX_FRAME_SIZE: 16383}), "setting 5"),
    "frames too large": (f.format_settings({f.MAX_FRAME_SIZE: 1 << 24}), "setting 5"),
    "a window update of nothing": (peer.window_update(0), "of nothing"),
    "a stream's window overflow": (peer.window_update((1 << 31) - 1, stream=1), "beyond"),
    "the connection's window overflow": (peer.window_update((1 << 31) - 65535), "beyond"),
    "overflow by settings": (
        peer.window_update((1 << 31) - 1 - 65535, stream=1)
        + f.format_settings({f.INITIAL_WINDOW_SIZE: 65536}),
        "beyond",
    ),
    "more padding than data": (peer.data(b"\4abc", flags=8), "padding"),
    "padding without a length": (peer.data(b"", flags=8), "padding"),
    "padding in headers": (f.format_frame(HEADERS, 4 | 8, 1, b"\x09\x88"), "padding"),
    "a priority that does not fit": (f.format_frame(HEADERS, 4 | 0x20, 1, b"\0\0"), "too short"),
    "headers interrupted by data": (f.format_frame(HEADERS, 0, 1) + peer.data(b"a"), "interrupted"),
    "headers interrupted by ping": (
        f.format_frame(HEADERS, 0, 1) + f.format_frame(6, 0, 0, bytes(8)),
        "interrupted",
    ),
    "headers interrupted by the unknown": (
        f.format_frame(HEADERS, 0, 1) + f.format_frame(77, 0, 0),
        "interrupted",
    ),
    "a continuation of another stream": (
        f.format_frame(HEADERS, 0, 1) + f.format_frame(f.CONTINUATION, 4, 3),
        "interrupted",
    ),
    "a continuation of nothing": (f.format_frame(f.CONTINUATION, 4, 1), "of nothing"),
    "too many continuations": (
        f.format_frame(HEADERS, 0, 1) + f.format_frame(9, 0, 1) * 17,
        "CONTINUATION frames",
    ),
    "a giant header block": (
        f.format_frame(HEADERS, 0, 1) + f.format_frame(9, 0, 1, bytes(16384)) * 5,
        "header block of more",
    ),
    "headers that are not HPACK": (f.format_frame(HEADERS, 4, 1, b"\xff"), "HPACK"),
    "a push": (f.format_frame(f.PUSH_PROMISE, 4, 1, b"\0\0\0\2\x82"), "push"),
    "a second answer": (peer.headers(peer.ANSWER), "headers on a stream that is open"),
    "a pseudo-header in trailers": (peer.trailers([(":status", "200")]), "pseudo-header"),
    "a ping flood": (f.format_frame(f.PING, 0, 0, bytes(8)) * 10001, "in a row"),
    "a settings flood": (peer.SETTINGS * 10001, "in a row"),
    "a flood of empty data": (peer.data(b"") * 10001, "in a row"),
    "a flood of the unknown": (f.format_frame(99, 0, 0) * 10001, "in a row"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_peer_is_found_out(name: str) -> None:
    said_by_peer, says = HOSTILE[name]
    connection, _stream = opened()
    with pytest.raises(TheirMistake, match=says):
        connection.feed(said_by_peer)


@pytest.mark.parametrize(
    "name, answer",
    {
        "no status": peer.headers([("content-type", "application/grpc")]),
        "two statuses": peer.headers([(":status", "200"), (":status", "200")]),
        "a status that is no number": peer.headers([(":status", "2xx")]),
        "a status too long": peer.headers([(":status", "2000")]),
        "an interim answer that ends": peer.trailers([(":status", "100")]),
        "data first": peer.data(b"a"),
        "data on a stream that ended": peer.trailers(peer.ANSWER) + peer.data(b"a"),
        "headers on a stream that ended": peer.trailers(peer.ANSWER) + peer.headers(peer.ANSWER),
        "a flood of interim answers": peer.headers([(":status", "102")]) * 10001,
    }.items(),
)
def test_a_malformed_answer_is_found_out(name: str, answer: bytes) -> None:
    connection, _stream = opened(answers=False)
    with pytest.raises(TheirMistake):
        connection.feed(answer)


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 400 Bad Request\r\n\r\n", peer.SETTINGS_ACK, peer.window_update(1), peer.goaway(0)]
)
def test_a_peer_begins_with_settings(first: bytes) -> None:
    with pytest.raises(TheirMistake):
        c.Connection().feed(first)


def test_a_table_above_what_we_asked_for_is_refused_once_the_peer_knows() -> None:
    connection, _stream = opened()
    connection.feed(peer.SETTINGS_ACK)
    with pytest.raises(TheirMistake, match="not shrunk"):
        connection.feed(peer.trailers())
    connection, stream = opened()
    connection.feed(peer.SETTINGS_ACK)
    connection.feed(f.format_frame(HEADERS, 5, 1, b"\x20" + hpack.encode(peer.OK)))
    assert stream.trailers == peer.OK
