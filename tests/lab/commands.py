# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab from the command line: fetch, up, down, run.

Private containerds of several versions and loopback registries, for demo, tests and bench. Standard library
only; needs root, Debian 12 or newer, and the network only for Debian's package mirror, once.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from . import packages, world
from .processes import LabError


def main() -> int:
    options = _parser(packages.VERSIONS).parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # an exit runs every finally
    try:
        if options.action == "fetch":
            for release in packages.fetch(options.versions).values():
                print(f"containerd {release.exact} with runc {release.runc}: {release.bin}")
        elif options.action == "up":
            world.up(options.dir, versions=options.versions)
        elif options.action == "down":
            world.down(options.dir)
        else:
            return _run(options)
    except LabError as exc:
        print(f"lab: {exc}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


def _run(options: argparse.Namespace) -> int:
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise LabError("run needs a command: lab.py run --dir DIR -- CMD...")
    try:
        lab = world.up(options.dir, versions=options.versions)
        env = {**os.environ, "CTR_LAB": str(lab.dir / "lab.json")}
        status = subprocess.run(command, env=env, check=False).returncode
        return status if status >= 0 else 128 - status
    except FileNotFoundError as exc:
        raise LabError(f"cannot run {command[0]}: {exc.strerror}") from exc
    finally:
        world.down(options.dir)


def _parser(versions: tuple[str, ...]) -> argparse.ArgumentParser:
    chosen = argparse.ArgumentParser(add_help=False)
    chosen.add_argument("--versions", nargs="+", metavar="VERSION", choices=versions, default=list(versions))
    placed = argparse.ArgumentParser(add_help=False)
    placed.add_argument(
        "--dir", type=Path, required=True, help="where all of it lies; made by up, removed by down"
    )
    parser = argparse.ArgumentParser(
        prog="lab.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser(
        "fetch", parents=[chosen], help="download what a lab needs into the cache; installs nothing"
    )
    actions.add_parser("up", parents=[placed, chosen], help="bring a lab up and leave it running")
    actions.add_parser("down", parents=[placed], help="take it down, also after a crash")
    run = actions.add_parser("run", parents=[placed, chosen], help="up, a command with CTR_LAB set, down")
    run.add_argument("command", nargs=argparse.REMAINDER, help="-- CMD...")
    return parser
