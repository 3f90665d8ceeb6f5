# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""steps.py GROUP …: runs the steps of these groups in order, and stops at the first that fails.

The table below is the whole of what `make lint`, `make units` … and `make test` do. A step's output goes to
build/logs/; what is printed is its name, a sign of life now and then, and its time. V=1 prints everything;
KEEP_GOING=1 goes on after a failure.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
import signal
import subprocess
import sys
import time
import typing as t
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
    in_lab: bool = False
    needs_path: str = ""
    # The minor versions of Python 3 that the venv can live on.
    python: tuple[int, int] | None = None

    def missing(self) -> str | None:
        """Why this step cannot run here; None if it can."""
        if self.needs_path and not (ROOT / self.needs_path).exists():
            return f"{self.needs_path} is not there"
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
    Step(
        "units", "ansible-test units", f"{ANSIBLE_TEST} dev units tests/unit/plugins/ --venv --python {MAIN}"
    ),
    Step("oracle", "oracle", f"{PYTEST} tests/oracle", "oracle", in_lab=True, needs_path="tests/oracle"),
    Step("integration", "integration", f"{INTEGRATION} dev $TARGETS", in_lab=True),
    Step("adhoc", "ad hoc", f"python {TOOLS}/ad_hoc.py", in_lab=True),
    Step("faults", "faults", f"{PYTEST} tests/faults", "oracle", in_lab=True),
    Step("sanity", "sanity", f"{ANSIBLE_TEST} dev sanity --local"),
    Step(
        "lint",
        "docs",
        "antsibull-docs lint-collection-docs --plugin-docs --skip-rstcheck --validate-collection-refs all .",
        "lint",
    ),
    Step("lint", "ansible-lint", "ansible-lint --offline --profile production", "lint"),
    Step("lint", "build", f"python {TOOLS}/build.py"),
    Step("lint", "importer", f"{TOOLS}/importer", "importer"),
    Step("cores", "sanity 2.18", f"{ANSIBLE_TEST} core-2.18 sanity --local", "core-2.18", python=(11, 13)),
    Step(
        "cores",
        "integration 2.18",
        f"{INTEGRATION} core-2.18 smoke",
        "core-2.18",
        python=(11, 13),
        in_lab=True,
    ),
    Step("cores", "sanity 2.21", f"{ANSIBLE_TEST} core-2.21 sanity --local", "core-2.21", python=(12, 14)),
    Step(
        "cores",
        "integration 2.21",
        f"{INTEGRATION} core-2.21 smoke",
        "core-2.21",
        python=(12, 14),
        in_lab=True,
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
    """The venv first on PATH, the collection importable by its full name."""
    dev = str(ROOT / ".dev")
    return {
        **os.environ,
        "TARGETS": os.environ.get("TARGETS", ""),
        "PATH": os.pathsep.join([str(ROOT / ".venv" / step.venv / "bin"), *pythons.path_without_shims()]),
        "PYTHONPATH": dev,
        "ANSIBLE_COLLECTIONS_PATH": dev,
        "VIRTUAL_ENV": str(ROOT / ".venv" / step.venv),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
    }


def run(step: Step, log: Path) -> int:
    """Runs one step; returns its exit code."""
    start = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        stream = None if os.environ.get("V") else output
        made = subprocess.run(
            [TOOLS / "venv", step.venv, str(step.interpreter())],
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if made.returncode:
            return made.returncode
        if line := last_line(log):
            print(f"    {time.monotonic() - start:4.0f} s  after {line}", flush=True)
        process = subprocess.Popen(
            step.argv(),
            cwd=ROOT,
            env=environment(step),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return watch(process, log, start)


def watch(process: subprocess.Popen[bytes], log: Path, start: float) -> int:
    """Waits for the end, with a sign of life now and then; when we are to end, the whole step ends first."""
    try:
        while True:
            try:
                return process.wait(timeout=SIGN_OF_LIFE_S)
            except subprocess.TimeoutExpired:
                print(f"    {time.monotonic() - start:4.0f} s  {last_line(log) or 'at work'}", flush=True)
    except (KeyboardInterrupt, SystemExit):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()  # a lab takes itself down
        raise


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
    """Runs the steps and prints the summary; returns how many failed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    print(f"Pythons: {', '.join(pythons.find())}; not here: {', '.join(missing_pythons()) or 'none'}")
    summary, passed, skipped, failed = [], 0, 0, 0
    for number, step in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {step.name}", flush=True)
        reason, start = step.missing(), time.monotonic()
        if reason:
            skipped += 1
            summary.append(f"  {step.name:<24}  skipped: {reason}")
            print(f"    skipped: {reason}", flush=True)
            continue
        log = LOGS / f"{slug(step.name)}.log"
        code = run(step, log)
        seconds = time.monotonic() - start
        summary.append(f"  {step.name:<24}{seconds:7.1f} s  {'FAILED' if code else 'ok'}")
        if not code:
            passed += 1
            print(f"    {seconds:4.0f} s  ok", flush=True)
            continue
        failed += 1
        report_failure(step, log)
        if not os.environ.get("KEEP_GOING"):
            break
    print("", *summary, "", sep="\n")
    print(f"{passed} passed, {f'{skipped} skipped, ' if skipped else ''}{failed} failed")
    return failed


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
