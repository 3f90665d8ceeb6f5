# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our client against a server made of the `h2` package, which raises at any breach of protocol by us."""

from __future__ import annotations

import h2.config
import h2.connection
import h2.events
import h2.settings
import hypothesis
import pytest
from hypothesis import strategies as st

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import CallFailed, NobodyThere
from ansible_collections.community.containerd.plugins.module_utils._wire.grpc.channel import Channel
from ansible_collections.community.containerd.plugins.module_utils._wire.memory import MemoryTransport

METHOD = "/a.Service/Echo"
ANSWER = [(":status", "200"), ("content-type", "application/grpc"), ("x-padding", "p" * 300)]
OK = [("grpc-status", "0"), ("grpc-message", "")]


class EchoServer:
    """Echoes each call's bytes once it has ended, through whatever windows there are, `step` bytes at a time."""

    def __init__(self, step: int, window: int, max_frame: int, padding: int) -> None:
        self.h2 = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=False, header_encoding=None)
        )
        self.h2.initiate_connection()
        self.h2.update_settings(
            {
                h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window,
                h2.settings.SettingCodes.MAX_FRAME_SIZE: max_frame,
            }
        )
        self.step, self.padding = step, padding
        self.requests: list[dict[bytes, bytes]] = []
        self.bodies: dict[int, bytearray] = {}
        self.ended: list[int] = []
        self.resets: list[int] = []
        self._out = b""

    def __call__(self, sent: bytes) -> bytes:
        for pos in range(0, len(sent), self.step):
            for event in self.h2.receive_data(sent[pos : pos + self.step]):
                self._hear(event)
        for stream in list(self.ended):
            self._talk(stream)
        self._out += self.h2.data_to_send()
        piece, self._out = self._out[: self.step], self._out[self.step :]
        return piece

    def _hear(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.RequestReceived):
            self.requests.append(dict(event.headers))
            self.bodies[event.stream_id] = bytearray()
            self.h2.send_headers(event.stream_id, ANSWER)
            self.h2.ping(b"12345678")
        elif isinstance(event, h2.events.DataReceived):
            self.bodies[event.stream_id] += event.data
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self.ended.append(event.stream_id)
        elif isinstance(event, h2.events.StreamReset):
            self.resets.append(event.stream_id)
            self.ended = [stream for stream in self.ended if stream != event.stream_id]

    def _talk(self, stream: int) -> None:
        body = self.bodies[stream]
        while body:
            room = (
                min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
                - self.padding
                - 1
            )
            if room <= 0:
                return
            self.h2.send_data(stream, bytes(body[:room]), pad_length=self.padding)
            del body[:room]
        self.h2.send_headers(stream, OK, end_stream=True)
        self.ended.remove(stream)


def channel_to(server: EchoServer) -> Channel:
    return Channel("/memory", timeout_s=60, transport=MemoryTransport(server))


@hypothesis.given(
    bodies=st.lists(st.integers(0, 200_000), min_size=1, max_size=4),
    step=st.sampled_from([1000, 16393, 1 << 20]) | st.integers(50, 100_000),
    window=st.sampled_from([300, 65535, 1 << 20]),
    max_frame=st.sampled_from([16384, 16385, 1 << 20]),
    padding=st.sampled_from([0, 1, 255]),
)
@hypothesis.settings(max_examples=40, deadline=None)
def test_calls_of_any_shape_obey_the_protocol(
    bodies: list[int], step: int, window: int, max_frame: int, padding: int
) -> None:
    server = EchoServer(step, window, max_frame, padding)
    with channel_to(server) as channel:
        channel.unary(METHOD, b"")  # h2 never reopens a window that its own settings made negative
        for size in bodies:
            body = bytes(range(251)) * (size // 251) + bytes(size % 251)
            assert channel.unary(METHOD, body, metadata=[("containerd-namespace", "n")]) == body
    assert len(server.requests) == len(bodies) + 1
    assert server.requests[1][b":path"] == METHOD.encode()
    assert server.requests[1][b"containerd-namespace"] == b"n"


def test_a_large_answer_comes_through_our_windows() -> None:
    body = bytes(range(256)) * (20 << 12)
    assert channel_to(EchoServer(1 << 18, 1 << 20, 16384, 0)).unary(METHOD, body) == body


def test_cancelled_calls_leave_a_good_connection() -> None:
    server = EchoServer(1 << 16, 65535, 16384, 0)
    with channel_to(server) as channel:
        for _time in range(20):
            with channel.call(METHOD) as call:
                call.send(bytes(30_000))
            with channel.call(METHOD) as call:
                call.send(bytes(300_000), is_last=True)
                assert call.poll(0) in (True, False)
        assert channel.unary(METHOD, b"still there") == b"still there"
    assert len(server.resets) >= 20


def test_two_calls_may_be_open_at_once() -> None:
    server = EchoServer(1 << 16, 65535, 16384, 0)
    with channel_to(server) as channel, channel.call(METHOD) as first, channel.call(METHOD) as second:
        first.send(b"1")
        second.send(b"2" * 100_000)
        first.finish_sending()
        second.finish_sending()
        assert (second.receive(), second.receive()) == (b"2" * 100_000, None)
        assert (first.receive(), first.receive()) == (b"1", None)


def test_a_reset_and_a_goodbye_are_told_apart() -> None:
    server = EchoServer(1 << 16, 65535, 16384, 0)
    channel = channel_to(server)
    with channel.call(METHOD) as call:
        call.send(b"a")
        server.h2.reset_stream(1, error_code=7)
        with pytest.raises(CallFailed, match="UNAVAILABLE"):
            call.receive()
    with channel.call(METHOD) as call:
        call.send(b"a")
        server.h2.close_connection(last_stream_id=1)
        with pytest.raises(NobodyThere, match="going away"):
            call.receive()
