# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command inside a container, from its first byte of input to its exit code, and nothing left of it.

A local process on real fifos stands in for the shim: it opens them as the shim does, and keeps a writing end
of stdin until it is told to close it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.execute import execute
from ansible_collections.community.containerd.plugins.module_utils._runtime.rootfs import read_users
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Container,
    SnapshotMount,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import (
    NotFound,
    Refused,
    TimedOut,
    Unreachable,
)
from ansible_collections.community.containerd.plugins.module_utils._values.execution import Command, Executed
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import (
    Process,
    Snapshot,
    Store,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import (
    FakeContainerd,
    HangUp,
    Status,
)

SPEC: dict[str, Any] = {
    "process": {
        "args": ["sleep"],
        "cwd": "/srv",
        "env": ["PATH=/bin", "A=container"],
        "user": {"uid": 7, "gid": 8},
        "capabilities": {},
    }
}
WEB = Container("web", "nginx", {}, "runc", "overlayfs", "web", SPEC)


class Shim:
    """Runs a local process in place of the container's."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.threads: list[threading.Thread] = []
        store.on_start = self.start

    def start(self, process: Process, spec: dict[str, Any] | None) -> None:
        assert spec is not None
        argv = json.loads(spec["value"])["args"]
        streams = process.stdio
        output = {
            name: os.open(streams[name], os.O_WRONLY) if streams[name] else subprocess.DEVNULL
            for name in ("stdout", "stderr")
        }
        has_stdin = bool(streams["stdin"])
        child = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE if has_stdin else subprocess.DEVNULL,
            stdout=output["stdout"],
            stderr=output["stderr"],
        )
        process.pid = child.pid
        process.on_signal = child.send_signal
        closing = threading.Event()
        process.on_close_stdin = closing.set
        if has_stdin:
            file = os.open(streams["stdin"], os.O_RDWR | os.O_NONBLOCK)
            self._thread(self._pump, file, child, closing)
        for each in set(output.values()) - {subprocess.DEVNULL}:
            os.close(each)
        self._thread(self._reap, process, child, closing)

    def _thread(self, work: Any, *args: Any) -> None:
        self.threads.append(threading.Thread(target=work, args=args, daemon=True))
        self.threads[-1].start()

    @staticmethod
    def _pump(file: int, child: subprocess.Popen[bytes], closing: threading.Event) -> None:
        assert child.stdin is not None
        while child.poll() is None:
            if select.select([file], [], [], 0.01)[0]:
                try:
                    child.stdin.write(os.read(file, 1 << 16))
                    child.stdin.flush()
                except BrokenPipeError:
                    break
            elif closing.is_set():
                break
        os.close(file)
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()

    @staticmethod
    def _reap(process: Process, child: subprocess.Popen[bytes], closing: threading.Event) -> None:
        code = child.wait()
        process.end(code if code >= 0 else 128 - code)


@pytest.fixture
def shim(store: Store) -> Iterator[Shim]:
    store.process("web")
    made = Shim(store)
    yield made
    for thread in made.threads:
        thread.join(10)


@pytest.fixture(autouse=True)
def nothing_left(fake: FakeContainerd, store: Store) -> Iterator[None]:
    """No exec and no fifo outlives a command, however it went."""
    yield
    paths = [
        call.request[name] for call in fake.named("tasks.Exec") for name in ("stdin", "stdout", "stderr")
    ]
    assert [path for path in paths if path and os.path.exists(os.path.dirname(path))] == []
    assert [key for key in store.space().processes if key[1]] == []


def run(fake: FakeContainerd, *argv: str, **said: Any) -> Executed:
    return execute(fake.session(), WEB, Command(argv, **said))


def test_output_and_exit_code_come_back(fake: FakeContainerd, shim: Shim) -> None:
    ran = run(fake, "sh", "-c", "echo out; echo err >&2; exit 3")
    assert (ran.stdout, ran.stderr, ran.rc) == (b"out\n", b"err\n", 3)
    assert ran.pid > 0
    assert 0 <= ran.ended_at - ran.started_at < 10


def test_a_silent_command_says_nothing(fake: FakeContainerd, shim: Shim) -> None:
    ran = run(fake, "true")
    assert (ran.stdout, ran.stderr, ran.rc) == (b"", b"", 0)


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_input_of_any_size_goes_through(fake: FakeContainerd, shim: Shim, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    ran = run(fake, "cat", stdin=data)
    assert ran.stdout == data
    assert ran.rc == 0


def test_output_of_a_few_megabytes_is_whole(fake: FakeContainerd, shim: Shim) -> None:
    ran = run(fake, "head", "-c", "5000000", "/dev/zero")
    assert ran.stdout == bytes(5_000_000)


def test_a_command_that_reads_no_input_does_not_hang(fake: FakeContainerd, shim: Shim) -> None:
    ran = run(fake, "true", stdin=b"x" * 1_000_000, timeout_s=10)
    assert ran.rc == 0


def test_both_streams_at_once_do_not_block_each_other(fake: FakeContainerd, shim: Shim) -> None:
    ran = run(fake, "sh", "-c", "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero")
    assert (len(ran.stdout), len(ran.stderr)) == (1_000_000, 1_000_000)


def test_a_child_that_outlives_the_command_is_not_waited_for(fake: FakeContainerd, shim: Shim) -> None:
    started = time.monotonic()
    ran = run(fake, "sh", "-c", "sleep 4 & echo done")
    assert ran.stdout == b"done\n"
    assert time.monotonic() - started < 3.5


def test_a_command_that_takes_too_long_is_killed(fake: FakeContainerd, shim: Shim) -> None:
    with pytest.raises(TimedOut, match=r"still ran after 0\.1 seconds and was killed") as caught:
        run(fake, "sleep", "30", timeout_s=0.1)
    assert "larger timeout" in caught.value.remedy
    (kill,) = fake.named("tasks.Kill")
    assert kill.request["signal"] == signal.SIGKILL
    assert kill.request["exec_id"]


def test_input_waits_for_the_prompt_before_it(fake: FakeContainerd, shim: Shim) -> None:
    def gate(output: Mapping[str, bytearray]) -> bytes | None:
        said.append(bytes(output["stdout"]))
        if b"may pass" in said[-1]:
            return None
        return b"secret\n" if said[-1] == b"password:" and said.count(said[-1]) == 1 else b""

    said: list[bytes] = []
    script = "printf password:; read word; test $word = secret && echo may pass; exec cat"
    ran = execute(fake.session(), WEB, Command(("sh", "-c", script), stdin=b"all of it"), gate)
    assert ran.stdout == b"password:may pass\nall of it"


def test_a_command_that_ends_before_its_gate_opens_ends(fake: FakeContainerd, shim: Shim) -> None:
    ran = execute(fake.session(), WEB, Command(("false",), stdin=b"never read"), lambda output: b"")
    assert ran.rc == 1


def test_an_end_by_signal_is_128_and_more(fake: FakeContainerd, shim: Shim) -> None:
    assert run(fake, "sh", "-c", "kill -TERM $$").rc == 143


def test_a_command_that_cannot_start_is_refused(fake: FakeContainerd, shim: Shim) -> None:
    fake.fail("tasks.Start", Status(2, 'exec: "nosuch": executable file not found in $PATH'))
    with pytest.raises(Refused, match="cannot start in container web: .*nosuch"):
        run(fake, "nosuch")


def test_other_troubles_of_a_start_keep_their_kind(fake: FakeContainerd, shim: Shim) -> None:
    fake.fail("tasks.Start", Status(5, "gone"))
    with pytest.raises(NotFound):
        run(fake, "true")


def test_a_task_that_is_gone_is_not_found(fake: FakeContainerd, store: Store) -> None:
    with pytest.raises(NotFound):
        run(fake, "true")


def test_an_end_that_is_not_told_is_a_failure(fake: FakeContainerd, shim: Shim) -> None:
    fake.fail("tasks.Wait", HangUp())
    with pytest.raises(Unreachable):
        run(fake, "true", timeout_s=5)


def test_a_remnant_does_not_cost_the_output(fake: FakeContainerd, shim: Shim, store: Store) -> None:
    fake.fail("tasks.DeleteProcess", Status(2, "busy"))
    assert run(fake, "echo", "out").stdout == b"out\n"
    for key in [each for each in store.space().processes if each[1]]:
        del store.space().processes[key]


def test_a_detached_command_is_only_started(fake: FakeContainerd, shim: Shim, store: Store) -> None:
    ran = run(fake, "sleep", "30", detach=True)
    assert (ran.rc, ran.stdout, ran.ended_at) == (None, b"", ran.started_at)
    assert ran.pid > 0
    streams = fake.named("tasks.Exec")[0].request
    assert (streams["stdin"], streams["stdout"], streams["stderr"]) == ("", "", "")
    ((key, process),) = [(key, each) for key, each in store.space().processes.items() if key[1]]
    process.hear(signal.SIGKILL)
    assert process.ended.wait(10)
    del store.space().processes[key]


def test_a_process_is_the_containers_with_the_wish_on_top(fake: FakeContainerd, shim: Shim) -> None:
    run(fake, "true", env={"A": "mine"}, working_dir="/tmp")

    process = json.loads(fake.named("tasks.Exec")[0].request["spec"]["value"])
    assert process["args"] == ["true"]
    assert process["cwd"] == "/tmp"
    assert sorted(process["env"]) == ["A=mine", "PATH=/bin"]
    assert (process["user"]["uid"], process["user"]["gid"]) == (7, 8)


def test_a_terminal_has_one_stream(fake: FakeContainerd, shim: Shim) -> None:
    ran = run(fake, "echo", "out", tty=True)
    assert (ran.stdout, ran.stderr) == (b"out\n", b"")
    streams = fake.named("tasks.Exec")[0].request
    assert (streams["stderr"], streams["terminal"]) == ("", True)


def test_no_two_commands_have_one_exec_id(fake: FakeContainerd, shim: Shim) -> None:
    run(fake, "true")
    run(fake, "true")
    assert len({call.request["exec_id"] for call in fake.named("tasks.Exec")}) == 2


def test_another_user_is_found_in_the_containers_own_files(
    fake: FakeContainerd, shim: Shim, store: Store, tmp_path: Path
) -> None:
    try:
        read_users([SnapshotMount("bind", str(tmp_path), "", ("rbind", "ro"))])
    except Refused:
        pytest.skip("needs root and the right to mount")
    store.root = str(tmp_path)
    store.space().snapshots["overlayfs", "web"] = Snapshot("", 2, {})
    (tmp_path / "web/etc").mkdir(parents=True)
    (tmp_path / "web/etc/passwd").write_text("app:x:33:34::/:\n")
    run(fake, "true", user="app")
    user = json.loads(fake.named("tasks.Exec")[0].request["spec"]["value"])["user"]
    assert (user["uid"], user["gid"]) == (33, 34)
    with pytest.raises(NotFound, match="ghost"):
        run(fake, "true", user="ghost")
