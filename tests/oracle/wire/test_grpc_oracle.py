# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our client against grpcio's server over a unix socket."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import (
    CallFailed,
    NobodyThere,
    NoProgress,
)
from ansible_collections.community.containerd.plugins.module_utils._wire.grpc.channel import Channel

SIZES = [0, 1, 5, 8192, 8193, 16379, 16380, 65530, 65536, 1 << 20, 7_654_321]


def echo(request: bytes, _context: grpc.ServicerContext) -> bytes:
    return request


def echo_each(requests: Iterator[bytes], _context: grpc.ServicerContext) -> Iterator[bytes]:
    yield from requests


def count(requests: Iterator[bytes], _context: grpc.ServicerContext) -> bytes:
    return str(sum(len(request) for request in requests)).encode()


def repeat(request: bytes, _context: grpc.ServicerContext) -> Iterator[bytes]:
    for number in range(int(request)):
        yield b"%d" % number * 1000


def fail(request: bytes, context: grpc.ServicerContext) -> bytes:
    code, _space, text = request.decode().partition(" ")
    context.abort(next(status for status in grpc.StatusCode if status.value[0] == int(code)), text)
    return b""


def fail_late(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
    yield request
    context.abort(grpc.StatusCode.DATA_LOSS, "late")


def metadata(_request: bytes, context: grpc.ServicerContext) -> bytes:
    context.send_initial_metadata((("x-initial", "i" * 5000),))
    context.set_trailing_metadata((("x-trailing-bin", bytes(100)),))
    return repr(sorted((key, value) for key, value in context.invocation_metadata())).encode()


def sleep(request: bytes, _context: grpc.ServicerContext) -> bytes:
    time.sleep(float(request))
    return b"slept"


METHODS: dict[str, Any] = {
    "/t/Echo": grpc.unary_unary_rpc_method_handler(echo),
    "/t/EchoEach": grpc.stream_stream_rpc_method_handler(echo_each),
    "/t/Count": grpc.stream_unary_rpc_method_handler(count),
    "/t/Repeat": grpc.unary_stream_rpc_method_handler(repeat),
    "/t/Fail": grpc.unary_unary_rpc_method_handler(fail),
    "/t/FailLate": grpc.unary_stream_rpc_method_handler(fail_late),
    "/t/Metadata": grpc.unary_unary_rpc_method_handler(metadata),
    "/t/Sleep": grpc.unary_unary_rpc_method_handler(sleep),
}


class Handler(grpc.GenericRpcHandler):
    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        return METHODS.get(handler_call_details.method)


def start(path: str) -> grpc.Server:
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(futures.ThreadPoolExecutor(8), [Handler()], options=options)
    server.add_insecure_port(f"unix:{path}")
    server.start()
    return server


@pytest.fixture(name="path", scope="module")
def fixture_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = str(tmp_path_factory.mktemp("g") / "s")
    server = start(path)
    yield path
    server.stop(0).wait()


@pytest.fixture(name="channel")
def fixture_channel(path: str) -> Iterator[Channel]:
    with Channel(f"unix://{path}", timeout_s=10) as channel:
        yield channel


@pytest.mark.parametrize("size", SIZES)
def test_unary(channel: Channel, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    for _time in range(2):
        assert channel.unary("/t/Echo", body) == body


def test_server_streaming(channel: Channel) -> None:
    with channel.call("/t/Repeat") as call:
        call.send(b"500", is_last=True)
        messages = list(iter(call.receive, None))
    assert messages == [b"%d" % number * 1000 for number in range(500)]


def test_client_streaming(channel: Channel) -> None:
    with channel.call("/t/Count") as call:
        for size in SIZES:
            call.send(bytes(size))
        call.finish_sending()
        assert (call.receive(), call.receive()) == (b"%d" % sum(SIZES), None)


def test_bidirectional_streaming(channel: Channel) -> None:
    with channel.call("/t/EchoEach") as call:
        for size in SIZES:
            call.send(bytes(size))
            assert call.receive() == bytes(size)
        call.finish_sending()
        assert call.receive() is None


def test_bidirectional_streaming_with_answers_left_unread(channel: Channel) -> None:
    with channel.call("/t/EchoEach") as call:
        for number in range(100):
            call.send(bytes([number]) * 5000)
        call.finish_sending()
        assert [message[:1] for message in iter(call.receive, None)] == [
            bytes([number]) for number in range(100)
        ]


@pytest.mark.parametrize("code", range(1, 17))
def test_every_status(channel: Channel, code: int) -> None:
    with pytest.raises(CallFailed) as caught:
        channel.unary("/t/Fail", f"{code} größe 100% \n\U0001f40b".encode())
    name = next(status.name for status in grpc.StatusCode if status.value[0] == code)
    assert (caught.value.code, caught.value.status_name) == (code, name)
    assert caught.value.message == "größe 100% \n\U0001f40b"


def test_a_status_after_messages(channel: Channel) -> None:
    with channel.call("/t/FailLate") as call:
        call.send(b"a", is_last=True)
        assert call.receive() == b"a"
        with pytest.raises(CallFailed, match="DATA_LOSS: late"):
            call.receive()


def test_an_unknown_method(channel: Channel) -> None:
    with pytest.raises(CallFailed, match="UNIMPLEMENTED"):
        channel.unary("/t/Nothing", b"")


def test_metadata(channel: Channel) -> None:
    seen = channel.unary("/t/Metadata", b"", metadata=[("containerd-namespace", "k8s.io"), ("x", " ~")])
    assert b"('containerd-namespace', 'k8s.io')" in seen


def test_a_slow_answer_within_its_time_and_beyond(channel: Channel) -> None:
    assert channel.unary("/t/Sleep", b"0.2", timeout_s=5) == b"slept"
    begin = time.monotonic()
    with pytest.raises(NoProgress):
        channel.unary("/t/Sleep", b"3", timeout_s=0.2)
    assert time.monotonic() - begin < 2
    assert channel.unary("/t/Echo", b"again") == b"again"


def test_cancelled_calls(channel: Channel) -> None:
    for _time in range(10):
        with channel.call("/t/Repeat") as call:
            call.send(b"100000", is_last=True)
            assert call.receive() is not None
    assert channel.unary("/t/Echo", b"again") == b"again"


def test_a_server_that_stops_and_one_that_comes_back(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "s")
    server = start(path)
    with Channel(path, timeout_s=5) as channel:
        assert channel.unary("/t/Echo", b"1") == b"1"
        with channel.call("/t/EchoEach") as call:
            call.send(b"a")
            assert call.receive() == b"a"
            stopper = threading.Thread(target=lambda: server.stop(0).wait())
            stopper.start()
            with pytest.raises((NobodyThere, CallFailed)):
                call.receive()
            stopper.join()
        with pytest.raises(NobodyThere):
            channel.unary("/t/Echo", b"2")
        server = start(path)
        assert channel.unary("/t/Echo", b"3") == b"3"
        server.stop(0).wait()


def test_a_server_that_is_killed_in_the_middle(tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "s")
    child = subprocess.Popen(
        [sys.executable, __file__, path],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        with Channel(path, timeout_s=5) as channel, channel.call("/t/EchoEach") as call:
            call.send(b"a")
            assert call.receive() == b"a"
            child.kill()
            with pytest.raises(NobodyThere, match=path):
                call.receive()
    finally:
        child.kill()
        child.communicate()


if __name__ == "__main__":
    SERVER = start(sys.argv[1])
    print("ready", flush=True)
    SERVER.wait_for_termination()
