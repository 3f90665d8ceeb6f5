# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Daemons that are not there, not ours to talk to, stopped, killed, full, or something else altogether."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.community.containerd.tests.faults import inventory, modules
from ansible_collections.community.containerd.tests.lab import processes
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry, layer
from ansible_collections.community.containerd.tests.lab.world import Lab

MODULES = {
    "ctr_image": {"name": "app:1", "pull": "never"},
    "ctr_container": {"name": "web", "image": "app:1", "pull": "never"},
    "ctr_task": {"container": "web"},
    "ctr_exec": {"container": "web", "argv": ["true"]},
    "ctr_image_info": {},
    "ctr_container_info": {},
    "ctr_info": {},
    "ctr_task_info": {},
    "ctr_namespace": {"name": "x"},
}
EVERY_MODULE = pytest.mark.parametrize("module", MODULES)
NOBODY = 65534


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with a short path that everybody can enter."""
    directory = Path(tempfile.mkdtemp(prefix="faults-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@EVERY_MODULE
def test_a_socket_that_is_not_there(place: Path, module: str) -> None:
    result = modules.run(module, str(place / "no.sock"), "x", **MODULES[module])
    assert "set address" in modules.complaint(result, "unreachable")


def test_an_address_that_is_no_path() -> None:
    result = modules.run("ctr_image", "tcp://127.0.0.1:1", "x", **MODULES["ctr_image"])
    assert "tcp://" in modules.complaint(result, "refused")


def test_a_socket_that_nobody_listens_at(place: Path) -> None:
    path = str(place / "dead.sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    result = modules.run("ctr_image", path, "x", **MODULES["ctr_image"])
    assert "Connection refused" in modules.complaint(result, "unreachable")


def test_a_file_that_is_no_socket(place: Path) -> None:
    (place / "file").touch()
    result = modules.run("ctr_image", str(place / "file"), "x", **MODULES["ctr_image"])
    modules.complaint(result, "unreachable")


@pytest.mark.parametrize(
    ("says", "kind"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", "damaged"), (b"", "unreachable"), (b"\0" * 100, "damaged")],
    ids=["http-1", "nothing", "zeros"],
)
def test_a_socket_that_is_not_containerds(place: Path, says: bytes, kind: str) -> None:
    path = str(place / "other.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        threading.Thread(target=_answer, args=(listener, says), daemon=True).start()
        result = modules.run("ctr_image", path, "x", timeout=5, **MODULES["ctr_image"])
        modules.complaint(result, kind)


def _answer(listener: socket.socket, says: bytes) -> None:
    connection, _address = listener.accept()
    connection.recv(1000)
    connection.sendall(says)
    connection.close()


def test_a_socket_that_this_user_may_not_use(newest: Daemon, place: Path) -> None:
    if not Path("/usr/bin/python3").exists():
        pytest.skip("/usr/bin/python3 is not there, and other Pythons may be out of that user's reach")
    how = {**modules.payload_for_everybody(place), "user": NOBODY, "group": NOBODY, "extra_groups": []}
    result = modules.run("ctr_image", newest, "x", how=how, **MODULES["ctr_image"])
    message = modules.complaint(result, "unreachable")
    assert "Permission denied" in message and "become" in message


def test_a_daemon_that_does_not_move_is_given_up_in_time(
    daemon: Daemon, namespace: str, liar: LyingRegistry
) -> None:
    liar.add("team/app", "1")
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        result = modules.run("ctr_image", daemon, namespace, name=liar.host + "/team/app:1", timeout=1)
        assert time.monotonic() - began < 8
        modules.complaint(result, "timed_out")
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def test_a_daemon_that_stops_in_the_middle_of_a_pull(
    daemon: Daemon, namespace: str, liar: LyingRegistry
) -> None:
    large = layer({"large": random.Random(1).randbytes(4 << 20)})
    liar.add("team/app", "1", layers=(large,))
    liar.lie(large.digest, stall_after=1 << 20, delay_s=0.5, times=1)
    wanted = {"name": liar.host + "/team/app:1", "timeout": 2}
    pull = modules.start("ctr_image", daemon, namespace, **wanted)
    modules.wait_until(lambda: liar.calls(large.digest), "the layer is fetched")
    os.kill(daemon.pid, signal.SIGSTOP)
    try:
        modules.complaint(pull.wait(30), "timed_out")
    finally:
        os.kill(daemon.pid, signal.SIGCONT)
    assert modules.done(modules.run("ctr_image", daemon, namespace, **wanted))["images"][0]["complete"]
    modules.done(modules.run("ctr_image", daemon, namespace, state="absent", sync=True, **wanted))
    assert inventory.take(daemon, namespace) == inventory.NOTHING


def test_a_daemon_that_is_killed_in_the_middle_of_a_pull(
    version: str, private_daemon: Callable[..., Daemon], liar: LyingRegistry
) -> None:
    daemon = private_daemon(version)
    large = layer({"large": random.Random(1).randbytes(4 << 20)})
    liar.add("team/app", "1", layers=(large,))
    liar.lie(large.digest, stall_after=1 << 20, delay_s=1.5, times=1)
    wanted = {"name": liar.host + "/team/app:1"}
    pull = modules.start("ctr_image", daemon, "x", **wanted)
    modules.wait_until(lambda: liar.calls(large.digest), "the layer is fetched")
    daemon.kill()
    modules.complaint(pull.wait(30), "unreachable")
    daemon.start()
    assert modules.done(modules.run("ctr_image", daemon, "x", **wanted))["images"][0]["complete"]
    assert not modules.run("ctr_image", daemon, "x", **wanted).changed
    modules.done(modules.run("ctr_image", daemon, "x", state="absent", sync=True, **wanted))
    assert inventory.take(daemon, "x") == inventory.NOTHING


def test_a_daemon_that_is_killed_under_a_command(
    lab: Lab, version: str, private_daemon: Callable[..., Daemon]
) -> None:
    daemon = private_daemon(version)
    image = lab.registries["plain"].host + "/busybox:1"
    namespace = daemon.namespace
    web = {"name": "web", "image": image, "command": ["sleep", "1000"], "stop_timeout": 0}
    modules.done(modules.run("ctr_container", daemon, namespace, **web))
    before = inventory.fifo_directories()
    entering = modules.start("ctr_exec", daemon, namespace, container="web", argv=["sleep", "3"])
    time.sleep(1.0)
    daemon.kill()
    modules.complaint(entering.wait(30), "unreachable")
    modules.wait_until(lambda: inventory.fifo_directories() <= before, "no directory of ctr_exec is left")
    daemon.start()
    assert not modules.run("ctr_container", daemon, namespace, **web).changed
    modules.done(modules.run("ctr_container", daemon, namespace, name="web", state="absent", stop_timeout=0))
    assert not inventory.take(daemon, namespace).containers


def test_a_daemon_whose_disk_is_full(
    version: str, private_daemon: Callable[..., Daemon], liar: LyingRegistry
) -> None:
    daemon = private_daemon(version)
    daemon.stop()
    shutil.rmtree(daemon.root)
    daemon.root.mkdir()
    processes.run(["mount", "-t", "tmpfs", "-o", "size=6m", "full", str(daemon.root)])
    daemon.start()
    liar.add("team/app", "1", layers=(layer({"large": random.Random(1).randbytes(12 << 20)}),))
    liar.add("team/app", "2", layers=(layer({"zeros": bytes(40 << 20)}),))  # too large only once unpacked
    for tag in ("1", "2"):
        result = modules.run("ctr_image", daemon, "x", name=liar.host + "/team/app:" + tag)
        message = modules.complaint(result, result.data["error"]["kind"])
        assert "no space left on device" in message
        assert inventory.take(daemon, "x") == inventory.NOTHING
    liar.add("team/app", "3")
    assert modules.run("ctr_image", daemon, "x", name=liar.host + "/team/app:3").changed
