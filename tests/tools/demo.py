# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""demo.py: plays playbooks/demo.yml twice on the lab's containerd, and lets the stock ctr say what is there.

Runs inside `tests/lab/lab.py run`, which takes everything down afterwards.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class DemoFailed(Exception):
    """Something that was promised did not happen; says what."""


def say(text: str) -> None:
    print(f"\n\033[1m── {text}\033[0m" if sys.stdout.isatty() else f"\n── {text}", flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def play(variables: t.Mapping[str, object], *options: str) -> int:
    """Runs the playbook, showing what it says; returns how many tasks changed something."""
    command = ["ansible-playbook", "playbooks/demo.yml", "-e", json.dumps(variables), *options]
    recap = ""
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            recap = line if "changed=" in line else recap
    found = re.search(r"changed=(\d+)", recap)
    if process.returncode or not found:
        raise DemoFailed(f"ansible-playbook ended with {process.returncode}")
    return int(found[1])


def witness(daemon: t.Mapping[str, str], *arguments: str, expect: str) -> None:
    """Asks the ctr that came with the daemon, which knows nothing of us."""
    command = [daemon["ctr"], "-a", daemon["address"], "-n", daemon["namespace"], *arguments]
    answer = subprocess.check_output(command, text=True)
    print(f"$ ctr {' '.join(arguments)}\n{answer.rstrip()}", flush=True)
    if not re.search(expect, answer):
        raise DemoFailed(f"ctr does not show {expect}")


def demo(lab: t.Mapping[str, t.Any], folder: Path) -> None:
    daemon = lab["daemons"][0]
    image = f"{lab['registries']['plain']['host']}/web:1"
    variables = {
        "demo_address": daemon["address"],
        "demo_namespace": daemon["namespace"],
        "demo_image": image,
        "demo_port": free_port(),
        "demo_log": str(folder / "web.log"),
    }
    say(f"First run, on a private containerd {daemon['exact']}")
    first = play(variables)
    say("What the stock ctr sees")
    witness(daemon, "images", "ls", "-q", expect=re.escape(image))
    witness(daemon, "containers", "ls", expect=r"\bweb\b")
    witness(daemon, "tasks", "ls", expect=r"\bweb\b.*RUNNING")
    say("Second run: nothing is left to do")
    second = play(variables)
    if second:
        raise DemoFailed(f"the second run changed {second} tasks' worth, not 0")
    say("Stop")
    play(variables, "--tags", "stop")
    say("Summary")
    print(f"first run:  changed={first}  (image pulled, container made, task started, paused, resumed)")
    print(f"second run: changed={second}")
    print(
        "ctr saw the image, the container and the running task; the page was served; now all of it is removed."
    )


def main() -> int:
    path = Path(os.environ["CTR_LAB"])
    try:
        demo(json.loads(path.read_text(encoding="utf-8")), path.parent)
    except DemoFailed as exc:
        say(f"FAILED: {exc}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
