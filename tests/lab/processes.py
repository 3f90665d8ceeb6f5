# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of the lab: run one to its end, start one that stays, find and kill those that are ours.

Knows /proc and signals. Must never know what containerd or a registry is.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

PACKAGE_OF = {
    "apt-get": "apt",
    "dpkg-deb": "dpkg",
    "mount": "mount",
    "openssl": "openssl",
    "stat": "coreutils",
    "umount": "mount",
}

_started: dict[int, subprocess.Popen[bytes]] = {}  # kept, so that a child of ours can be reaped


class LabError(Exception):
    """The lab cannot do what was asked; the text says why, and what to do."""


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout_s: float = 120,
) -> str:
    """Run a command to its end and return what it printed; anything but success is a LabError."""
    try:
        done = subprocess.run(
            argv,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except FileNotFoundError as exc:
        raise LabError(missing_program(argv[0])) from exc
    except subprocess.TimeoutExpired as exc:
        raise LabError(f"{' '.join(argv)}: no end after {timeout_s:g} s") from exc
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise LabError(f"{' '.join(argv)}: exit status {done.returncode}: {said}")
    return done.stdout


def missing_program(program: str) -> str:
    package = PACKAGE_OF.get(program)
    remedy = f"; apt-get install --no-install-recommends {package}" if package else ""
    return f"{program} is not here{remedy}"


def start(argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None) -> int:
    """Start a process that outlives us, output appended to ``log``; returns its pid."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    _started[child.pid] = child
    while is_alive(child.pid) and command_line(child.pid) == [
        ""
    ]:  # in the middle of exec: it cannot be found yet
        time.sleep(0.001)
    return child.pid


def wait_until(
    is_ready: Callable[[], bool], *, what: str, pid: int, log: Path, timeout_s: float = 60
) -> None:
    """Poll until ready; a process that dies, or is too slow, is a LabError with the end of its log."""
    deadline = time.monotonic() + timeout_s
    while not is_ready():
        is_late = time.monotonic() > deadline
        if is_late or not is_alive(pid):
            fate = f"does not answer after {timeout_s:g} s" if is_late else "ended at once"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise LabError(f"{what} {fate}; {log} ends:\n{tail}")
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """True for a process that runs; a zombie is dead (and reaped, when it is our child)."""
    if pid in _started and _started[pid].poll() is not None:
        del _started[pid]
        return False
    return _state_and_parent(pid)[0] not in ("", "Z", "X")


def signal_and_wait(pid: int, number: int, *, timeout_s: float = 20) -> None:
    """Send a signal and wait for the end; a process that is gone already is fine."""
    _signal(pid, number)
    deadline = time.monotonic() + timeout_s
    while is_alive(pid):
        if time.monotonic() > deadline:
            raise LabError(f"process {pid} does not end after signal {number}: {' '.join(command_line(pid))}")
        time.sleep(0.01)


def kill_all(find: Callable[[], Iterable[int]], *, timeout_s: float = 20) -> None:
    """Kill what ``find`` returns, again and again, until it returns nothing."""
    deadline = time.monotonic() + timeout_s
    while True:
        pids = [pid for pid in find() if is_alive(pid)]
        if not pids:
            return
        if time.monotonic() > deadline:
            raise LabError(f"these processes survive SIGKILL: {pids}")
        for pid in pids:
            _signal(pid, signal.SIGKILL)
            _thaw(pid)
        time.sleep(0.02)


def find(programs: Iterable[str], *, below: Iterable[Path]) -> list[int]:
    """Living processes of these programs (by name) with an argument that is a path below one of ours."""
    names, prefixes = set(programs), tuple(f"{path}/" for path in below)
    return [pid for pid in _all_pids() if _is_ours(command_line(pid), names, prefixes) and is_alive(pid)]


def with_descendants(pids: Iterable[int]) -> set[int]:
    """These processes and all their children, grandchildren, and so on."""
    parents = {pid: _state_and_parent(pid)[1] for pid in _all_pids()}
    family = set(pids)
    while True:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        if not more:
            return family
        family |= more


def command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return []


def _is_ours(argv: list[str], names: set[str], prefixes: Sequence[str]) -> bool:
    programs = {os.path.basename(argument) for argument in argv[:2]}  # the second: a script run by python3
    paths = (argument.split("=", 1)[-1] for argument in argv[1:])
    return not names.isdisjoint(programs) and any(path.startswith(tuple(prefixes)) for path in paths)


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _state_and_parent(pid: int) -> tuple[str, int]:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return "", 0
    return fields[0], int(fields[1])


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _thaw(pid: int) -> None:
    """In cgroup v1 a frozen process does not even die of SIGKILL."""
    try:
        found = re.search(r"^\d+:freezer:(/.+)$", Path(f"/proc/{pid}/cgroup").read_text(), re.MULTILINE)
        state = Path(f"/sys/fs/cgroup/freezer{found.group(1)}/freezer.state") if found else None
        if state and state.read_text().strip() != "THAWED":
            state.write_text("THAWED")
    except OSError:
        pass  # the process, its cgroup or the freezer is not there: nothing to thaw
