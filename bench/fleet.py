# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty hosts, each a containerd of its own, and whole playbooks over all of them.

Their processors are this machine's. What the modules take of them is told apart from what Ansible's controller
takes by the Python that the hosts have: a script that notes what it used. Must never know who wins.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measure import BenchError
from tasks import host_python_with_requests

from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.registries import Registry
from ansible_collections.community.containerd.tests.lab.world import Lab, remove_daemon

ROOT = Path(__file__).resolve().parents[1]  # where ansible.cfg lies
HOSTS = 20
NAMESPACE = "k8s.io"
IMAGES = ("busybox:1", "web:1", "multi:1", "tiny:1", "tiny:2")
# As `times` of a shell has them: its own, then its children's; user, then system.
TIMES = re.compile(r"(\d+)m([\d.]+)s (\d+)m([\d.]+)s")
RECAP = re.compile(r"^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Played:
    """A playbook over the whole fleet; seconds, and what of the processors went to whom."""

    seconds: float
    controller_cpu_s: float
    hosts_cpu_s: float


@dataclass(frozen=True)
class Fleet:
    folder: Path
    daemons: tuple[Daemon, ...]
    registry: Registry

    @classmethod
    @contextlib.contextmanager
    def up(cls, lab: Lab, version: str, folder: Path) -> Iterator[Fleet]:
        """As many daemons of this version; they are gone afterwards."""
        daemons: list[Daemon] = []
        try:
            for _number in range(HOSTS):
                daemons.append(lab.extra_daemon(version))
            fleet = cls(folder, tuple(daemons), lab.registries["plain"])
            fleet._describe()
            yield fleet
        finally:
            for daemon in daemons:
                remove_daemon(daemon)

    def pull(self, *, changed: bool) -> Played:
        """The collection's playbook; ``changed`` is what it must say of every host."""
        return self._play("community.containerd.pull_images", changed=changed)

    def pull_by_ctr(self) -> Played:
        """What people write instead, which always says "changed"."""
        return self._play(str(self.folder / "ctr.yml"), changed=True)

    def _play(self, playbook: str, *, changed: bool) -> Played:
        for note in self.folder.glob("used-*"):
            note.unlink()
        command = ["ansible-playbook", playbook, "--inventory", str(self.folder / "hosts.json")]
        began = time.perf_counter()
        with (self.folder / "play.log").open("w+", encoding="utf-8") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read()
        hosts = {name: int(changes) for name, _ok, changes, *bad in RECAP.findall(said) if bad == ["0", "0"]}
        if process.returncode or len(hosts) != HOSTS or any(bool(many) != changed for many in hosts.values()):
            raise BenchError(f"{' '.join(command)} ended with {process.returncode}: {said[-3000:]}")
        modules = sum(_seconds_in(note) for note in self.folder.glob("used-*"))
        return Played(seconds, usage.ru_utime + usage.ru_stime - modules, modules)

    def _describe(self) -> None:
        """An inventory, the Python of its hosts, and the play that does without us."""
        python = self.folder / "python"
        python.write_text(
            f'#!/bin/sh\n{host_python_with_requests()} "$@"\nrc=$?\ntimes >{self.folder}/used-$$\nexit $rc\n'
        )
        python.chmod(0o755)
        hosts = {
            f"host-{number:02}": {
                "containerd_address": daemon.address,
                "ctr": f"{daemon.ctr_path} --address {daemon.address} --namespace {NAMESPACE}",
            }
            for number, daemon in enumerate(self.daemons)
        }
        variables = {
            "ansible_connection": "local",
            "ansible_python_interpreter": str(python),
            "containerd_become": False,
            "containerd_images": [f"{self.registry.host}/{image}" for image in IMAGES],
            "containerd_plain_http": True,
        }
        self._write("hosts.json", {"all": {"hosts": hosts, "vars": variables}})
        command = "{{ ctr }} images pull --plain-http {{ item }}"
        task = {"name": "Pulled", "ansible.builtin.command": command, "loop": "{{ containerd_images }}"}
        play = {"name": "By ctr", "hosts": "all", "serial": "25%", "gather_facts": False, "tasks": [task]}
        self._write("ctr.yml", [play])

    def _write(self, name: str, content: object) -> None:
        (self.folder / name).write_text(json.dumps(content), encoding="utf-8")


def _seconds_in(note: Path) -> float:
    """Of the processors, that a script and what it started have used."""
    found = TIMES.findall(note.read_text(encoding="utf-8"))
    return sum(60 * int(m) + float(s) for times in found for m, s in (times[:2], times[2:]))
