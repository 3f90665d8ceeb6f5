# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and peak memory of processes, taken in turns: A B A B, the first turn dropped.

Knows processes and clocks. Must never know what they do.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class BenchError(Exception):
    """What was to be measured did not work; the text says what it said."""


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_bytes: int  # of the largest process


@dataclass(frozen=True)
class Contestant:
    """Commands that are run one after the other, what they must say, and what is done before, untimed."""

    name: str
    commands: Sequence[Sequence[str]]
    expect: str = ""
    before: Callable[[], None] = lambda: None


def in_turns(contestants: Sequence[Contestant], rounds: int, *, warm_ups: int = 1) -> dict[str, list[Run]]:
    """The runs of each by name, ``rounds`` of them after those that warm up."""
    runs: dict[str, list[Run]] = {each.name: [] for each in contestants}
    for number in range(-warm_ups, rounds):
        # Every other round backwards, so that nobody always follows the same neighbour.
        for each in contestants if number % 2 else reversed(contestants):
            each.before()
            run = _run_all(each)
            if number >= 0:
                runs[each.name].append(run)
    return runs


def _run_all(contestant: Contestant) -> Run:
    runs = [_run(command, contestant.expect) for command in contestant.commands]
    return Run(sum(run.seconds for run in runs), max(run.peak_bytes for run in runs))


def _run(command: Sequence[str], expect: str) -> Run:
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if process.returncode or expect not in said:
        raise BenchError(f"{' '.join(command)} ended with {process.returncode}: {said[-2000:]}")
    return Run(seconds, usage.ru_maxrss * 1024)
