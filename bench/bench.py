# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench.py [--quick] [--only PART …]: our modules side by side with ping and with the stock ctr.

Runs inside `tests/lab/lab.py run`, on each daemon of that lab. Always ends well: what a row thinks of its
limit is in its last column. README.md says how to read it all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / ".dev"))

import report  # noqa: E402
from exports import Exports  # noqa: E402
from fleet import HOSTS, IMAGES, Fleet, Played  # noqa: E402
from hundreds import CONTAINERS, Hundreds  # noqa: E402
from imports import Imports  # noqa: E402
from inside import API, CLI, OURS, TASKS, Inside  # noqa: E402
from many import Crowd  # noqa: E402
from measure import Contestant, Run, in_turns  # noqa: E402
from noops import Settled  # noqa: E402
from pulls import Pulls  # noqa: E402
from pushes import REPOSITORY, Pushes  # noqa: E402
from report import Row  # noqa: E402
from samples import MIB, Sample  # noqa: E402
from tasks import Tasks, run_tool  # noqa: E402

from ansible_collections.community.containerd.tests.lab.archives import all_blobs  # noqa: E402
from ansible_collections.community.containerd.tests.lab.daemon import Daemon  # noqa: E402
from ansible_collections.community.containerd.tests.lab.world import Lab  # noqa: E402

NOOP_ROUNDS, PULL_ROUNDS, FLEET_ROUNDS = 15, 5, 3
NOOP_LIMIT = 1.2
NOOPS = [  # ours, theirs, limit
    ("ctr_image", "ping", NOOP_LIMIT),
    ("ctr_container", "ping", NOOP_LIMIT),
    ("ctr_task", "ping", NOOP_LIMIT),
    ("ctr_image", "ctr images ls", None),
    ("ctr_container", "ctr containers info", None),
    ("ctr_task", "ctr tasks ls", None),
]
PULLS = [  # what, sample, limit
    ("one layer of 512 MiB, tar", Sample("large", 512 * MIB), 1.0),
    ("one layer of 512 MiB, gzip", Sample("large-gz", 512 * MIB, compression="gzip"), 1.0),
    ("40 layers of 1 MiB, tar", Sample("many", MIB, layers=40), 1.0),
    ("40 layers of 1 MiB, gzip", Sample("many-gz", MIB, layers=40, compression="gzip"), 1.0),
    ("20 images of 3 layers of 1 MiB, tar", Sample("set", MIB, layers=3, images=20), 0.6),
    ("20 images, gzip", Sample("set-gz", MIB, layers=3, images=20, compression="gzip"), 0.6),
]
MANY = [  # what, ours, theirs, limit
    ("ctr_image, 1,000 names that are here", "ctr_image", "ctr images check", None),
    ("ctr_image_info, 5,000 names of 1,000 images", "ctr_image_info", "ctr images check", 1.0),
    ("ctr_image_info, 5,000 names of 1,000 images", "ctr_image_info", "ctr images ls", None),
    ("ctr_container_info, 1,000 containers", "ctr_container_info", "ctr containers ls", None),
    ("check mode of 50 tags that have not moved", "check mode", "ctr images pull", 1.0),
]
FLEET: list[tuple[str, Callable[[Played], float]]] = [  # what, of a playbook over all hosts
    ("each host", lambda played: played.seconds),
    ("controller's CPU, each", lambda played: played.controller_cpu_s),
    ("modules' CPU, each", lambda played: played.hosts_cpu_s),
]
PEAKS = [("64 MiB", Sample("low", 64 * MIB)), ("1 GiB", Sample("high", 1024 * MIB))]
PEAK_LIMIT_MIB = 80
ARCHIVE_LIMIT = PUSH_LIMIT = 1.1


class Bench:
    """Rows, part by part, for one daemon."""

    def __init__(self, lab: Lab, daemon: Daemon, folder: Path, *, is_quick: bool) -> None:
        self._lab, self._daemon, self._registry = lab, daemon, lab.registries["plain"]
        self._folder, self._tasks = folder, Tasks(folder)
        self._pulls = Pulls(daemon, self._registry, self._tasks)
        self._noop_rounds, self._pull_rounds = (3, 1) if is_quick else (NOOP_ROUNDS, PULL_ROUNDS)
        self._fleet_rounds = 1 if is_quick else FLEET_ROUNDS
        self._seed = 0

    def noop(self) -> Iterator[Row]:
        with Settled(self._daemon, self._registry, self._tasks).prepared() as contestants:
            runs = in_turns(contestants, self._noop_rounds, warm_ups=2)
        ms = {name: [run.seconds * 1000 for run in those] for name, those in runs.items()}
        for ours, theirs, limit in NOOPS:
            against = theirs if theirs == "ping" else f"command: {theirs}"
            yield Row(f"no-op {ours} / {against}", "ms", ms[ours], ms[theirs], limit)

    def pull(self) -> Iterator[Row]:
        for what, sample, limit in PULLS:
            references = self._push(sample)
            runs = in_turns([self._pulls.ours(references), self._pulls.theirs(references)], self._pull_rounds)
            seconds = {name: [run.seconds for run in those] for name, those in runs.items()}
            yield Row(f"pull: {what} / ctr", "s", seconds["ours"], seconds["theirs"], limit)

    def export(self) -> Iterator[Row]:
        exports = Exports(self._daemon, self._registry, self._tasks, self._folder)
        references = self._push(Sample("export", 1024 * MIB))
        runs = in_turns(exports.contestants(references), self._pull_rounds, warm_ups=0)
        seconds = {name: [run.seconds for run in those] for name, those in runs.items()}
        yield Row("export: one layer of 1 GiB / ctr", "s", seconds["ours"], seconds["theirs"], ARCHIVE_LIMIT)
        peaks = [run.peak_bytes / MIB for run in runs["ours"]]
        yield Row("peak memory, export of 1 GiB", "MiB", peaks, limit=PEAK_LIMIT_MIB)
        exports.forget(references)

    def imports(self) -> Iterator[Row]:
        imports = Imports(self._daemon, self._tasks, self._folder / "import.tar")
        Sample("import", 1024 * MIB).archive(imports.archive, self._next_seed(), "bench.example/import:1")
        runs = in_turns(imports.contestants(), self._pull_rounds, warm_ups=0)
        seconds = {name: [run.seconds for run in those] for name, those in runs.items()}
        yield Row("import: one layer of 1 GiB / ctr", "s", seconds["ours"], seconds["theirs"], ARCHIVE_LIMIT)
        peaks = [run.peak_bytes / MIB for run in runs["ours"]]
        yield Row("peak memory, import of 1 GiB", "MiB", peaks, limit=PEAK_LIMIT_MIB)
        imports.forget()
        imports.archive.unlink()

    def push(self) -> Iterator[Row]:
        archive, name = self._folder / "push.tar", f"{self._registry.host}/{REPOSITORY}:1"
        image = Sample("push", 512 * MIB).archive(archive, self._next_seed(), name)
        digests = [blob.digest for blob in all_blobs(image)]
        pushes = Pushes(self._daemon, self._registry, self._tasks, digests)
        contestants = pushes.contestants(archive)
        archive.unlink()
        runs = in_turns(contestants, self._pull_rounds)
        seconds = {name: [run.seconds for run in those] for name, those in runs.items()}
        yield Row("push: one layer of 512 MiB / ctr", "s", seconds["ours"], seconds["theirs"], PUSH_LIMIT)
        peaks = [run.peak_bytes / MIB for run in runs["ours"]]
        yield Row("peak memory, push of 512 MiB", "MiB", peaks, limit=PEAK_LIMIT_MIB)
        pushes.end()

    def memory(self) -> Iterator[Row]:
        for size, sample in PEAKS:
            contestant: Contestant = self._pulls.ours(self._push(sample))
            runs = in_turns([contestant], 1, warm_ups=0)[contestant.name]
            yield Row(
                f"peak memory, layer of {size}",
                "MiB",
                [run.peak_bytes / MIB for run in runs],
                limit=PEAK_LIMIT_MIB,
            )

    def many(self) -> Iterator[Row]:
        with Crowd(self._daemon, self._registry, self._tasks).prepared() as contestants:
            runs = in_turns(contestants, self._pull_rounds)
        seconds = {name: [run.seconds for run in those] for name, those in runs.items()}
        for what, ours, theirs, limit in MANY:
            yield Row(f"{what} / {theirs}", "s", seconds[ours], seconds[theirs], limit)
        for module in ("ctr_image", "ctr_image_info"):
            yield Row(f"peak memory of {module} over them", "MiB", [r.peak_bytes / MIB for r in runs[module]])

    def fleet(self) -> Iterator[Row]:
        with Fleet.up(self._lab, self._daemon.version, self._folder) as fleet:
            first = fleet.pull(changed=True)
            rounds = [
                (fleet.pull(changed=False), fleet.pull_by_ctr()) for _round in range(self._fleet_rounds)
            ]
        what = f"{HOSTS} hosts, pre-pull of {len(IMAGES)} images"
        yield Row(f"{what}: each host", "s", [first.seconds / HOSTS])
        yield Row(f"{what}: controller's CPU, each", "s", [first.controller_cpu_s / HOSTS])
        for which, used in FLEET:
            ours = [used(mine) / HOSTS for mine, _theirs in rounds]
            theirs = [used(others) / HOSTS for _mine, others in rounds]
            yield Row(f"again: {which} / ctr", "s", ours, theirs)

    def inside(self) -> Iterator[Row]:
        with Inside.up(self._daemon, self._registry, self._folder, self._lab.dir / "run") as inside:
            runs = in_turns(list(inside.contestants()), self._pull_rounds)
            commands = {name: [inside.commands_of_a_task(name)] for name in (OURS, API, CLI)}
        ms = {name: self._of_each_task(runs, name) for name in (OURS, API, CLI)}
        for theirs in (API, CLI):
            yield Row(f"task inside / {theirs}", "ms", ms[OURS], ms[theirs], 1.0)
        yield Row(f"commands inside for each task / {API}", "", commands[OURS], commands[API], 1.0)

    @staticmethod
    def _of_each_task(runs: dict[str, list[Run]], connection: str) -> list[float]:
        """Milliseconds, round by round: what a play takes longer when it has more tasks."""
        short, long = runs[f"{connection} 1"], runs[f"{connection} {1 + TASKS}"]
        return [(b.seconds - a.seconds) / TASKS * 1000 for a, b in zip(short, long, strict=True)]

    def hundreds(self) -> Iterator[Row]:
        with Hundreds.up(self._lab, self._daemon, self._folder) as hundreds:
            took = hundreds.lives()
        ping = took.pop("ping")
        for step, seconds in took.items():
            is_loop = step != "listed"
            against, theirs = (" / ping in a loop", [ping]) if is_loop else ("", [])
            yield Row(f"{CONTAINERS} containers {step}{against}", "s", [seconds], theirs)

    def payload(self) -> Iterator[Row]:
        sizes = json.loads(run_tool(ROOT / "tests/tools/payload.py"))
        for module, size in sizes.items():
            what = f"payload of {module}: {size['our_files']} files of ours, in all"
            yield Row(what, "KiB", [size["bytes"] / 1024])

    def _push(self, sample: Sample) -> list[str]:
        return sample.push(self._registry, self._folder, self._next_seed())

    def _next_seed(self) -> int:
        self._seed += 1000
        return self._seed


PARTS = {
    "noop": Bench.noop,
    "pull": Bench.pull,
    "export": Bench.export,
    "import": Bench.imports,
    "push": Bench.push,
    "memory": Bench.memory,
    "many": Bench.many,
    "fleet": Bench.fleet,
    "inside": Bench.inside,
    "hundreds": Bench.hundreds,
    "payload": Bench.payload,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: does it work, not how fast is it")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    options = parser.parse_args()
    lab = Lab.load(Path(os.environ["CTR_LAB"]))
    for daemon in lab.daemons:
        print(f"\ncontainerd {daemon.exact}")
        report.show(report.HEAD)
        rows = []
        with tempfile.TemporaryDirectory(dir=lab.dir) as folder:
            bench = Bench(lab, daemon, Path(folder), is_quick=options.quick)
            for part in options.only:
                for row in PARTS[part](bench):
                    report.show(row.columns())
                    rows.append(row)
        load = os.getloadavg()[1]
        print(f"load of the last five minutes: {load:.1f} on {os.cpu_count()} processors")
        about = {"containerd": daemon.exact, "load": load, "processors": os.cpu_count()}
        report.save(ROOT / "build/bench" / f"{daemon.version}.json", about, rows)


if __name__ == "__main__":
    main()
