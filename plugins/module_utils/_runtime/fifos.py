# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The streams of a process through fifos: feeds stdin, collects stdout and stderr, without ever blocking it.

Knows fifos and select; never what runs at their other end.
"""

from __future__ import annotations

import errno
import fcntl
import os
import selectors
import shutil
import struct
import tempfile
import termios
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # Sees all output so far; says what to write now, or None once the input itself may follow.
    Gate = Callable[[Mapping[str, bytearray]], "bytes | None"]

PREFIX = "containerd-exec-"
CHUNK_BYTES = 1 << 18
TICK_S = 0.05  # how often the end of the process is looked for while its streams are silent
STRAGGLER_S = 1.0  # for output that is on its way, or of a child that outlives the process


class Fifos:
    """A private directory with the fifos of one process; removed at the end of the ``with``, or by the next one."""

    def __init__(self, stdin: bytes | None, *, has_stderr: bool, gate: Gate | None = None) -> None:
        self._input = memoryview(stdin) if stdin is not None else None
        self._gate = gate
        place = _run_directory()
        _sweep(place)
        self._directory, lock = _make(place)
        self._files: dict[str, int] = {"lock": lock}
        self._is_fed = False
        names = ["stdout"] + ["stderr"] * has_stderr + ["stdin"] * (stdin is not None)
        try:
            for name in names:
                os.mkfifo(self.path(name), 0o600)
                # Both ends of stdin at once: writing must not fail before the shim has opened its end.
                way = os.O_RDWR if name == "stdin" else os.O_RDONLY
                self._files[name] = os.open(self.path(name), way | os.O_NONBLOCK | os.O_CLOEXEC)
        except BaseException:
            self.close()
            raise
        self.output = {name: bytearray() for name in names if name != "stdin"}

    def path(self, name: str) -> str:
        return os.path.join(self._directory, name)

    def __enter__(self) -> Fifos:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        for file in self._files.values():
            os.close(file)
        self._files.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    def run(
        self, has_ended: Callable[[], bool], check: Callable[[], None], close_stdin: Callable[[], None]
    ) -> None:
        """Move bytes until the process has ended and its streams are dry; ``check`` may raise at any time.

        ``close_stdin`` is told that all input has been read: the shim keeps a writing end of its own.
        """
        with selectors.DefaultSelector() as selector:
            for name in self.output:
                selector.register(self._files[name], selectors.EVENT_READ, name)
            silent_s = 0.0
            while True:
                check()
                ended = has_ended()
                moved = self._feed(ended)
                if self._is_fed:
                    self._is_fed = False
                    close_stdin()
                for key, _events in selector.select(0 if moved else TICK_S):
                    if self._collect(key.data):
                        moved = True
                    else:
                        selector.unregister(key.fd)
                silent_s = 0.0 if moved or not ended else silent_s + TICK_S
                if ended and (not selector.get_map() or silent_s > STRAGGLER_S):
                    return

    def _collect(self, name: str) -> bool:
        """False at the end of the stream."""
        try:
            part = os.read(self._files[name], CHUNK_BYTES)
        except BlockingIOError:
            return True
        self.output[name] += part
        return bool(part)

    def _feed(self, ended: bool) -> bool:
        """Write what the fifo takes. Its end is closed once the shim has read all, or nobody will any more."""
        if "stdin" not in self._files or self._input is None:
            return False
        if self._gate is not None and not ended:
            said = self._gate(self.output)
            if said is not None:
                os.write(self._files["stdin"], said)  # an answer to a prompt: the fifo is empty, and it fits
                return False
            self._gate = None
        if self._input and not ended:
            try:
                written = os.write(self._files["stdin"], self._input[:CHUNK_BYTES])
            except OSError as exc:
                if exc.errno != errno.EAGAIN:
                    raise
                return False
            self._input = self._input[written:]
            return True
        if ended or not _unread(self._files["stdin"]):
            os.close(self._files.pop("stdin"))
            self._is_fed = not ended
        return False


def _unread(file: int) -> int:
    """Bytes that lie in a fifo."""
    answer = fcntl.ioctl(file, termios.FIONREAD, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])


def _run_directory() -> str:
    """Memory rather than disk where the host has it; tempfile's own choice elsewhere."""
    return "/run" if os.access("/run", os.W_OK) else tempfile.gettempdir()


def _make(place: str) -> tuple[str, int]:
    """A directory and the file that locks it. Another command's sweep may take it before that; then a new one."""
    while True:
        directory = tempfile.mkdtemp(prefix=PREFIX, dir=place)
        with suppress(FileNotFoundError):
            file = _lock(directory, fcntl.LOCK_EX)
            if os.path.isdir(directory):
                return directory, file
            os.close(file)


def _lock(directory: str, how: int) -> int:
    """Mark a directory as in use for as long as its file is open: for the life of this process at most."""
    file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(file, how)
    except OSError:
        os.close(file)
        raise
    return file


def _sweep(place: str) -> None:
    """Remove the directories of runs that were killed: those that nobody has locked."""
    for name in os.listdir(place):
        directory = os.path.join(place, name)
        if name.startswith(PREFIX):
            with suppress(OSError):  # in use, somebody else's, or gone
                file = _lock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory, ignore_errors=True)
                os.close(file)
