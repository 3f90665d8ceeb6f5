# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""steps.py GROUP …: runs the steps of these groups, and begins no other one when one has failed.

The table below is the whole of what `make lint`, `make units` … and `make test` do. Steps of one lane run one
after the other, lanes side by side: those with real daemons or hosts mostly wait. A step's output goes to
build/logs/; what is printed is its name, a sign of life now and then, and its time. V=1 prints everything, lane
after lane; KEEP_GOING=1 goes on after a failure.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
import typing as t
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pythons

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / "build/logs"
TOOLS = ROOT / "tests/tools"
PYTHON = sys.executable
SIGN_OF_LIFE_S = 20
LOG_TAIL_LINES = 60
COMPLAINTS = ("ERROR", "FATAL", "FAILED", "fatal:", "E   ")


@dataclasses.dataclass(frozen=True)
class Step:
    """One command with the environment it needs; a shell text, run in the checkout."""

    group: str
    name: str
    command: str
    venv: str = "dev"
    lane: str = "code"
    # The minor versions of Python 3 that the venv can live on.
    python: tuple[int, int] | None = None

    @property
    def in_lab(self) -> bool:
        """Whether it wants real daemons and registries, its own ones."""
        return self.lane in ("daemons", "faults", "modules")

    def missing(self) -> str | None:
        """Why this step cannot run here; None if it can."""
        if self.python and not self.interpreter():
            return "no Python 3.{}-3.{} on this machine".format(*self.python)
        return None

    def interpreter(self) -> Path | None:
        return (
            pythons.newest(minor_from=self.python[0], minor_to=self.python[1])
            if self.python
            else Path(PYTHON)
        )

    def argv(self) -> list[str]:
        shell = ["sh", "-euc", self.command]
        lab = [PYTHON, "tests/lab/lab.py", "run", "--dir", f"build/lab-{slug(self.name)}", "--"]
        return [*lab, *shell] if self.in_lab else shell


ANSIBLE_TEST = f"{PYTHON} {TOOLS}/ansible_test.py"
INTEGRATION = f"{PYTHON} {TOOLS}/integration.py"
PYTEST = "python -m pytest -q"
MAIN = "{}.{}".format(*sys.version_info)

# In this order, so that what is quick and what fails often comes first.
STEPS = (
    Step("lint", "format", "ruff format --check .", "lint"),
    Step("lint", "style", "ruff check .", "lint"),
    Step("lint", "YAML", "yamllint --strict .", "lint"),
    Step("lint", "types", f"{TOOLS}/types", "lint"),
    Step("lint", "licences", "reuse lint", "lint"),
    Step("lint", "changelog", "antsibull-changelog lint", "lint"),
    Step("units", "architecture", f"{PYTEST} tests/unit --ignore-glob 'tests/unit/plugins/module*'"),
    Step("units", "units", f"python {TOOLS}/units.py"),
    # That ansible-test can run them at all; the step before has run every one of them.
    Step(
        "units",
        "ansible-test units",
        f"{ANSIBLE_TEST} dev units tests/unit/plugins/modules/ tests/unit/plugins/module_utils/_ansible/"
        f" --venv --python {MAIN}",
    ),
    Step("report", "report", f"{PYTEST} tests/report"),
    Step("oracle", "oracle", f"{PYTEST} tests/oracle", "oracle", lane="daemons"),
    Step("integration", "integration", f"{INTEGRATION} dev $TARGETS", lane="modules"),
    Step("adhoc", "ad hoc", f"python {TOOLS}/ad_hoc.py", lane="modules"),
    Step("faults", "faults", f"{PYTEST} tests/faults", "oracle", lane="faults"),
    Step("molecule", "molecule", f"{TOOLS}/molecule", "molecule", lane="hosts"),
    # After it, since it has made the Debian.
    Step("molecule", "Debian container", "tests/debian/run", lane="hosts"),
    # With the oldest and the newest ansible-core that are supported: what lies between has no test of its own.
    Step("sanity", "sanity 2.21", f"{ANSIBLE_TEST} core-2.21 sanity --local", "core-2.21", python=(12, 14)),
    Step(
        "sanity",
        "sanity 2.18",
        # Its pylint would judge the same source by the rules of the day before; it takes most of the time.
        f"{ANSIBLE_TEST} core-2.18 sanity --local --skip-test pylint",
        "core-2.18",
        python=(11, 13),
    ),
    Step(
        "lint",
        "docs",
        "antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --validate-collection-refs all .",
        "lint",
    ),
    Step("lint", "ansible-lint", "ansible-lint --offline --profile production", "lint"),
    Step("lint", "build", f"python {TOOLS}/build.py"),
    Step("lint", "importer", f"{TOOLS}/importer", "importer"),
    Step(
        "cores",
        "integration 2.18",
        f"{INTEGRATION} core-2.18 smoke",
        "core-2.18",
        python=(11, 13),
        lane="modules",
    ),
    Step(
        "cores",
        "integration 2.21",
        f"{INTEGRATION} core-2.21 smoke",
        "core-2.21",
        python=(12, 14),
        lane="modules",
    ),
)
GROUPS = tuple(dict.fromkeys(step.group for step in STEPS))


# What a managed host may have, by the main ansible-core version.
TARGET_PYTHONS = tuple(f"3.{minor}" for minor in range(8, 14))


def missing_pythons() -> list[str]:
    return [version for version in TARGET_PYTHONS if version not in pythons.find()]


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def environment(step: Step) -> dict[str, str]:
    """The venv first on PATH, the collection importable by its full name.

    Modules are started some thousand times: what Python has compiled of them is kept, and not in the checkout.
    """
    dev = str(ROOT / ".dev")
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "PYTHONPYCACHEPREFIX": str(ROOT / "build/pycache"),
        "TARGETS": os.environ.get("TARGETS", ""),
        "PATH": os.pathsep.join([str(ROOT / ".venv" / step.venv / "bin"), *pythons.path_without_shims()]),
        "PYTHONPATH": dev,
        "ANSIBLE_COLLECTIONS_PATH": dev,
        "VIRTUAL_ENV": str(ROOT / ".venv" / step.venv),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }


class Runner:
    """Runs steps, each in a session of its own; prints; ends all of it when it is to end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # of all below
        self._running: set[subprocess.Popen[bytes]] = set()
        self._begun = 0
        self._is_ending = False
        self.summary: dict[str, str] = {}
        self.failed = 0

    def run_lane(self, steps: t.Sequence[Step], total: int) -> None:
        """One step after the other, none any more once one has failed anywhere."""
        for step in steps:
            with self._lock:
                if self._is_ending or (self.failed and not os.environ.get("KEEP_GOING")):
                    return
                self._begun += 1
                print(f"[{self._begun}/{total}] {step.name}", flush=True)
            self._run(step)

    def end(self) -> None:
        """Ends what runs, whole steps, and waits for them: a lab takes itself down."""
        with self._lock:
            self._is_ending = True
            running = set(self._running)
        for process in running:
            os.killpg(process.pid, signal.SIGTERM)
        for process in running:
            process.wait()

    def _run(self, step: Step) -> None:
        reason, start = step.missing(), time.monotonic()
        if reason:
            self._say(step, start, f"skipped: {reason}")
            self.summary[step.name] = f"skipped: {reason}"
            return
        log = LOGS / f"{slug(step.name)}.log"
        with log.open("w", encoding="utf-8") as output:
            code = self._outcome(step, output, log, start)
        with self._lock:
            self.failed += bool(code)
            self.summary[step.name] = f"{time.monotonic() - start:7.1f} s  {'FAILED' if code else 'ok'}"
            if code and not self._is_ending:
                report_failure(step, log)
        self._say(step, start, "FAILED" if code else "ok")

    def _outcome(self, step: Step, output: t.TextIO, log: Path, start: float) -> int:
        """Makes the virtual environment, then runs the command; the exit code of the first that fails."""
        making = [str(TOOLS / "venv"), step.venv, str(step.interpreter())]
        for command, env in ((making, None), (step.argv(), environment(step))):
            process = self._start(command, env, None if os.environ.get("V") else output)
            code = self._watch(process, step, log, start) if process else 1
            if code:
                return code
        return 0

    def _start(
        self, command: list[str], env: dict[str, str] | None, output: t.TextIO | None
    ) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._is_ending:
                return None
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._running.add(process)
            return process

    def _watch(self, process: subprocess.Popen[bytes], step: Step, log: Path, start: float) -> int:
        """Waits for the end, with a sign of life now and then."""
        while True:
            try:
                code = process.wait(timeout=SIGN_OF_LIFE_S)
            except subprocess.TimeoutExpired:
                self._say(step, start, last_line(log) or "at work")
                continue
            with self._lock:
                self._running.discard(process)
            return code

    def _say(self, step: Step, start: float, what: str) -> None:
        with self._lock:
            print(f"    {time.monotonic() - start:4.0f} s  {step.name}: {what}", flush=True)


def last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip()[:100] for line in reversed(lines) if line.strip()), "")


def report_failure(step: Step, log: Path) -> None:
    """The end of the output, and before it the complaints that lie further up."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    complaints = [line for line in lines[:-LOG_TAIL_LINES] if line.startswith(COMPLAINTS)]
    print(*complaints[:LOG_TAIL_LINES], *lines[-LOG_TAIL_LINES:], sep="\n")
    print(f"\nThe whole output: {log.relative_to(ROOT)}")
    print(f"The command: {shlex.join(step.argv())}")


def run_all(steps: t.Sequence[Step]) -> int:
    """Runs the steps, lane beside lane, and prints the summary; returns how many failed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    print(f"Pythons: {', '.join(pythons.find())}; not here: {', '.join(missing_pythons()) or 'none'}")
    lanes = [[step for step in steps if step.lane == lane] for lane in dict.fromkeys(s.lane for s in steps)]
    runner, start = Runner(), time.monotonic()
    with ThreadPoolExecutor(1 if os.environ.get("V") else len(lanes)) as workers:
        try:
            waiting = [workers.submit(runner.run_lane, lane, len(steps)) for lane in lanes]
            for each in waiting:
                each.result()
        except (KeyboardInterrupt, SystemExit):
            runner.end()
            raise
    print("", *(f"  {name:<24}{how}" for name, how in runner.summary.items()), "", sep="\n")
    skipped = sum(how.startswith("skipped") for how in runner.summary.values())
    passed = len(runner.summary) - skipped - runner.failed
    counts = f"{passed} passed, {f'{skipped} skipped, ' if skipped else ''}{runner.failed} failed"
    print(f"{counts}, after {(time.monotonic() - start) / 60:.0f} minutes")
    return runner.failed


def main() -> int:
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    wanted = set(sys.argv[1:])
    unknown = wanted - {"all", *GROUPS}
    if unknown or not wanted:
        print(f"which steps? {', '.join(GROUPS)}, all", file=sys.stderr)
        return 2
    try:
        return 1 if run_all([step for step in STEPS if {step.group, "all"} & wanted]) else 0
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
