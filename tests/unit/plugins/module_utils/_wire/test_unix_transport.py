# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real sockets: who is there, who is not, and what the operating system says about it."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from typing import Callable, Iterator

import pytest

from ansible_collections.community.containerd.plugins.module_utils._wire.errors import NobodyThere, NoProgress
from ansible_collections.community.containerd.plugins.module_utils._wire.grpc.channel import Channel
from ansible_collections.community.containerd.plugins.module_utils._wire.transport import (
    UnixTransport,
    parse_address,
)
from ansible_collections.community.containerd.tests.unit.fakes import http2_peer as peer

METHOD = "/a.Service/Method"


@pytest.fixture(name="path")
def fixture_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A path that fits into a socket address, wherever the test runs."""
    folder = tmp_path_factory.mktemp("s")
    before = os.getcwd()
    yield os.path.join(str(folder), "s")
    os.chdir(before)


@pytest.fixture(name="listener")
def fixture_listener(path: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)
        yield listener


def serve(listener: socket.socket, talk: Callable[[socket.socket], None]) -> threading.Thread:
    def run() -> None:
        connection, _address = listener.accept()
        with connection:
            talk(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("address", ["/a/b", "unix:/a/b", "unix:///a/b"])
def test_an_address_is_a_path_or_a_unix_url(address: str) -> None:
    assert parse_address(address) == "/a/b"


def test_a_missing_socket_is_nobody_there(path: str) -> None:
    with pytest.raises(NobodyThere, match=f"cannot connect to {path}: No such file") as caught:
        Channel(path, timeout_s=1).unary(METHOD, b"")
    assert caught.value.errno == errno.ENOENT


def test_a_dead_socket_is_nobody_there(listener: socket.socket, path: str) -> None:
    listener.close()
    with pytest.raises(NobodyThere, match="Connection refused") as caught:
        Channel(path, timeout_s=1).unary(METHOD, b"")
    assert caught.value.errno == errno.ECONNREFUSED


def test_a_file_or_folder_is_not_a_socket(path: str) -> None:
    with open(path, "w", encoding="utf-8"):
        pass
    for place in (path, os.path.dirname(path)):
        with pytest.raises(NobodyThere) as caught:
            Channel(place, timeout_s=1).unary(METHOD, b"")
        assert caught.value.errno == errno.ENOTSOCK


def test_a_path_too_long_for_a_socket_is_nobody_there() -> None:
    with pytest.raises(NobodyThere, match="too long") as caught:
        Channel("/" + "a" * 200, timeout_s=1).unary(METHOD, b"")
    assert caught.value.errno == errno.ENAMETOOLONG


def test_a_socket_without_permission_is_nobody_there(listener: socket.socket, path: str) -> None:
    """In a child that gives up its rights: root may do everything."""
    os.chmod(path, 0o600)
    os.chmod(os.path.dirname(path), 0o755)
    child = os.fork()
    if not child:
        code = 1
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            else:
                os.chmod(path, 0)
            Channel(path, timeout_s=1).unary(METHOD, b"")
        except NobodyThere as exc:
            code = 0 if exc.errno == errno.EACCES else 2
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


def test_a_peer_that_never_answers_is_no_progress(listener: socket.socket, path: str) -> None:
    begin = time.monotonic()
    with pytest.raises(NoProgress):
        Channel(path, timeout_s=0.2).unary(METHOD, b"")
    assert 0.2 <= time.monotonic() - begin < 5


def test_a_peer_that_never_reads_is_no_progress(listener: socket.socket, path: str) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(
            peer.SETTINGS + peer.window_update(1 << 30) + peer.window_update(1 << 30, stream=1)
        )
        time.sleep(1)

    serve(listener, talk)
    with pytest.raises(NoProgress):
        Channel(path, timeout_s=0.3).unary(METHOD, bytes(8 << 20))


def test_a_peer_that_reads_slowly_makes_progress(listener: socket.socket, path: str) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(
            peer.SETTINGS + peer.window_update(1 << 30) + peer.window_update(1 << 30, stream=1)
        )
        left = 1 << 20
        while left > 0:
            time.sleep(0.03)
            left -= len(connection.recv(1 << 16))
        connection.sendall(peer.unary(b"slow"))

    thread = serve(listener, talk)
    begin = time.monotonic()
    assert Channel(path, timeout_s=0.4).unary(METHOD, bytes(1 << 20)) == b"slow"
    assert time.monotonic() - begin > 0.4
    thread.join()


def test_a_full_queue_is_no_progress(path: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(0)
        others = []
        with pytest.raises(NoProgress, match="queue stays full"):
            for _number in range(10):
                others.append(UnixTransport(path, timeout_s=0.05))
        for other in others:
            other.close()


@pytest.mark.parametrize("says", [b"", peer.SETTINGS, peer.SETTINGS + peer.headers(peer.ANSWER)])
def test_a_peer_that_hangs_up_is_nobody_there(listener: socket.socket, path: str, says: bytes) -> None:
    thread = serve(listener, lambda connection: connection.sendall(says))
    with pytest.raises(NobodyThere, match=path):
        Channel(path, timeout_s=5).unary(METHOD, bytes(50000))
    thread.join()


def test_what_the_peer_said_before_it_hung_up_is_heard(listener: socket.socket, path: str) -> None:
    thread = serve(listener, lambda connection: connection.sendall(peer.SETTINGS + peer.unary(b"answer")))
    channel = Channel(path, timeout_s=5)
    with channel.call(METHOD) as call:
        thread.join(0.05)
        call.send(b"a")
        thread.join()
        assert call.receive() == b"answer"
        assert call.receive() is None


def test_the_channel_dials_again_after_a_loss(listener: socket.socket, path: str) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(peer.SETTINGS + peer.unary(b"answer"))

    with Channel(path, timeout_s=5) as channel:
        for _time in range(3):
            thread = serve(listener, talk)
            assert channel.unary(METHOD, b"") == b"answer"
            thread.join()


def test_both_sides_may_send_at_once(listener: socket.socket, path: str) -> None:
    """The peer reads nothing until it has sent more than the socket holds."""
    body = bytes(900 << 10)

    def talk(connection: socket.socket) -> None:
        whole = peer.message(body)
        connection.sendall(
            peer.SETTINGS + peer.window_update(1 << 30) + peer.window_update(1 << 30, stream=1)
        )
        connection.sendall(peer.headers(peer.ANSWER))
        for pos in range(0, len(whole), 16384):
            connection.sendall(peer.data(whole[pos : pos + 16384]))
        left = len(whole)
        while left > 0:
            left -= len(connection.recv(1 << 16))
        connection.sendall(peer.trailers())

    thread = serve(listener, talk)
    with Channel(path, timeout_s=5).call(METHOD) as call:
        call.send(body)
        call.finish_sending()
        assert call.receive() == body
        assert call.receive() is None
    thread.join()


def test_a_channel_that_is_closed_leaves_no_descriptor(listener: socket.socket, path: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _time in range(3):
        with Channel(path, timeout_s=0.05) as channel, pytest.raises(NoProgress):
            channel.unary(METHOD, b"")
    assert len(os.listdir("/proc/self/fd")) <= before
