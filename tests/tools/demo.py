# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""demo.py: plays playbooks/demo.yml on the lab's containerd: twice, and away again; the stock ctr is the witness.

Runs inside `tests/lab/lab.py run`, which takes everything down afterwards.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import typing as t
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HIGHLIGHT, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")


class DemoFailed(Exception):
    """Something that was promised did not happen; says what."""


def say(text: str) -> None:
    print(f"\n{HIGHLIGHT}── {text}{PLAIN}", flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def play(variables: t.Mapping[str, object], *options: str) -> int:
    """Runs the playbook, showing what it says; returns how many tasks changed something."""
    command = ["ansible-playbook", "playbooks/demo.yml", "-e", json.dumps(variables), *options]
    env = {**os.environ, **({"ANSIBLE_FORCE_COLOR": "1"} if HIGHLIGHT else {})}
    recap = ""
    with subprocess.Popen(command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            recap = line if "changed=" in line else recap
    found = re.search(r"changed=(\d+)", recap)
    if process.returncode or not found:
        raise DemoFailed(f"ansible-playbook ended with {process.returncode}")
    return int(found[1])


def fetch(url: str) -> str:
    """The page, by a client that has nothing to do with Ansible."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url, timeout=10) as answer:
        return str(answer.read(), "utf-8").strip()


class Witness:
    """The ctr that came with the daemon: it knows nothing of us."""

    def __init__(self, daemon: t.Mapping[str, str]) -> None:
        self._command = [daemon["ctr"], "--address", daemon["address"], "--namespace", daemon["namespace"]]

    def sees(self, *arguments: str, pattern: str) -> None:
        if not re.search(pattern, self._ask(*arguments)):
            raise DemoFailed(f"ctr does not show {pattern}")

    def does_not_see(self, *arguments: str, pattern: str) -> None:
        if re.search(pattern, self._ask(*arguments)):
            raise DemoFailed(f"ctr still shows {pattern}")

    def _ask(self, *arguments: str) -> str:
        answer = subprocess.check_output([*self._command, *arguments], text=True).rstrip()
        print(f"$ ctr {' '.join(arguments)}\n{answer}", flush=True)
        return answer


def demo(lab: t.Mapping[str, t.Any], folder: Path) -> None:
    began = time.monotonic()
    daemon, port = lab["daemons"][0], free_port()
    image = f"{lab['registries']['plain']['host']}/web:1"
    url = f"http://127.0.0.1:{port}/index.html"
    variables = {
        "demo_address": daemon["address"],
        "demo_namespace": daemon["namespace"],
        "demo_image": image,
        "demo_port": port,
        "demo_log": str(folder / "web.log"),
    }
    ctr = Witness(daemon)

    say(f"1. playbooks/demo.yml, for the first time, on a private containerd {daemon['exact']}")
    first = play(variables)
    say("2. What others see: containerd's own ctr, and a web client")
    ctr.sees("images", "ls", "-q", pattern=re.escape(image))
    ctr.sees("containers", "ls", pattern=r"\bweb\b")
    ctr.sees("tasks", "ls", pattern=r"\bweb\b.*RUNNING")
    page = fetch(url)
    print(f"$ curl {url}\n{page}")
    say("3. The same playbook again: nothing is left to do")
    second = play(variables)
    if second:
        raise DemoFailed(f"the second run changed {second}, not 0")
    say("4. And away with it")
    play(variables, "--tags", "away")
    ctr.does_not_see("images", "ls", "-q", pattern=re.escape(image))
    ctr.does_not_see("containers", "ls", pattern=r"\bweb\b")

    say(f"Summary, after {time.monotonic() - began:.0f} s")
    print(f"""\
first run    changed={first}  the image pulled, a container made of it, started, paused and resumed
second run   changed={second}  all was as it should be
the page     {page}
stock ctr    saw the image, the container and its task; and none of them in the end
this machine its own containerd, if it has one, was not touched; nothing is left behind

The playbook is playbooks/demo.yml. What to do next is in README.md under "Using the collection".""")


def main() -> int:
    path = Path(os.environ["CTR_LAB"])
    try:
        demo(json.loads(path.read_text(encoding="utf-8")), path.parent)
    except (DemoFailed, OSError, subprocess.SubprocessError) as exc:
        say(f"FAILED: {exc}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
