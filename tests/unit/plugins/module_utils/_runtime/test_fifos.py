# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fifos: private, only those that are needed, and gone at the end with every descriptor."""

from __future__ import annotations

import contextlib
import os
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.fifos import Fifos
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure


def test_fifos_are_private_and_gone_at_the_end() -> None:
    with Fifos(b"in", has_stderr=True) as fifos:
        paths = [Path(fifos.path(name)) for name in ("stdin", "stdout", "stderr")]
        assert all(path.is_fifo() for path in paths)
        assert paths[0].parent.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    assert not paths[0].parent.exists()


def test_fifos_that_are_not_needed_are_not_made() -> None:
    with Fifos(None, has_stderr=False) as fifos:
        assert os.listdir(os.path.dirname(fifos.path("stdout"))) == ["stdout"]


def test_a_check_that_raises_ends_the_moving() -> None:
    def check() -> None:
        raise Failure("enough", "stop")

    with Fifos(None, has_stderr=True) as fifos, pytest.raises(Failure, match="enough"):
        fifos.run(lambda: False, check, lambda: None)


def test_a_process_that_never_opened_its_streams_is_not_waited_for() -> None:
    with Fifos(b"in", has_stderr=True) as fifos:
        started = time.monotonic()
        fifos.run(lambda: True, lambda: None, lambda: None)
        assert time.monotonic() - started < 3
        assert {bytes(part) for part in fifos.output.values()} == {b""}


def test_fifos_leave_no_descriptor_behind() -> None:
    with Fifos(b"in", has_stderr=True) as fifos:
        folder = os.path.dirname(fifos.path("stdin"))
        names = {os.path.basename(path) for path in open_in(folder) if path != folder}
        assert names == {"stdin", "stdout", "stderr"}
    assert open_in(folder) == []


def test_the_fifos_of_the_dead_are_swept_and_those_in_use_stay() -> None:
    with Fifos(None, has_stderr=False) as first:
        living = Path(first.path("stdout"))
        dead = living.parent.parent / "containerd-exec-of-the-dead"
        dead.mkdir(mode=0o700)
        os.mkfifo(str(dead / "stdout"))
        with Fifos(None, has_stderr=False):
            assert living.exists()
            assert not dead.exists()


def test_fifos_that_cannot_all_be_opened_leave_nothing(few_files: Callable[[int], None]) -> None:
    with Fifos(None, has_stderr=False) as other:
        place = Path(other.path("stdout")).parent.parent
    before = set(place.glob("containerd-exec-*"))
    few_files(2)  # the lock and the first of them
    with pytest.raises(OSError, match="Too many open files"):
        Fifos(b"in", has_stderr=True)
    assert set(place.glob("containerd-exec-*")) <= before


def test_input_that_the_fifo_cannot_take_yet_is_written_later() -> None:
    text = b"0123456789abcdef" * (1 << 14)
    with Fifos(text, has_stderr=False) as fifos, ThreadPoolExecutor(1) as other_end:
        taken = other_end.submit(take_slowly, fifos.path("stdin"), len(text))
        fifos.run(taken.done, lambda: None, lambda: None)
        assert taken.result() == text


def take_slowly(path: str, size_bytes: int) -> bytes:
    with open(path, "rb", buffering=0) as file:
        time.sleep(0.1)
        got = bytearray()
        while len(got) < size_bytes:
            got += file.read(1 << 12)
        return bytes(got)


@pytest.fixture
def few_files() -> Iterator[Callable[[int], None]]:
    """``few_files(n)``: from then on this process can open n files more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def limit(number: int) -> None:
        lowest = os.dup(0)
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + number, hard))

    yield limit
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_many_at_once_do_not_get_in_each_others_way() -> None:
    def make(_number: int) -> None:
        with Fifos(b"in", has_stderr=True) as fifos:
            assert os.path.exists(fifos.path("stdin"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(400)))


def open_in(folder: str) -> list[str]:
    """What this process has open there."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):
            found.append(os.readlink("/proc/self/fd/" + number))
    return [path for path in found if path.startswith(folder)]
