# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ad_hoc.py: `ansible localhost -m …` as README shows it, on the newest containerd of the lab.

By short name in the checkout, where nothing but ansible.cfg says where things are; by full name in an empty
folder, from a collection that was built and installed. Runs inside `tests/lab/lab.py run`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

import build

ANSWER = re.compile(r"^localhost \| (?P<verdict>[A-Z]+)!? => (?P<result>\{.*\})", re.DOTALL | re.MULTILINE)


def environment(**variables: str) -> dict[str, str]:
    """A shell's, without what the steps add to it to find the collection."""
    added = ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_CONFIG", "PYTHONPATH")
    return {**{name: value for name, value in os.environ.items() if name not in added}, **variables}


def ansible(
    folder: Path, env: t.Mapping[str, str], module: str, arguments: str, *options: str
) -> dict[str, t.Any]:
    """Runs one task; returns what the module returned, with the verdict that ansible printed."""
    command = ["ansible", "localhost", "-m", module, "-a", arguments, *options]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    found = ANSWER.search(done.stdout)
    if not found:
        raise SystemExit(f"{command} answered:\n{done.stdout}{done.stderr}")
    print(f"{module:<34}{' '.join(options):<9}{arguments.split()[-1]:<16}{found['verdict']}", flush=True)
    return {"verdict": found["verdict"], **json.loads(found["result"])}


def claim(what: str, *, found: object, wanted: object) -> None:
    if found != wanted:
        raise SystemExit(f"{what}: {found!r}, not {wanted!r}")


def claims(daemon: t.Mapping[str, str], lab: t.Mapping[str, t.Any], installed: Path, empty: Path) -> None:
    """An image comes by short name, is found by full name, and goes."""
    image = f"{lab['registries']['plain']['host']}/tiny:1"
    digest = lab["images"]["tiny:1"]["digest"]
    there = f"name={image} address={daemon['address']} namespace={daemon['namespace']} plain_http=true"
    short = (build.ROOT, environment(), "ctr_image")
    elsewhere = environment(ANSIBLE_COLLECTIONS_PATH=str(installed))
    full = (empty, elsewhere, "community.containerd.ctr_image")

    foretold = ansible(*short, f"{there} state=present", "--check")
    claim("check mode", found=foretold["verdict"], wanted="CHANGED")
    claim("the digest in check mode", found=foretold["images"][0]["digest"], wanted=digest)
    pulled = ansible(*short, f"{there} state=present")
    claim("a pull", found=pulled["verdict"], wanted="CHANGED")
    claim("the digest", found=pulled["images"][0]["digest"], wanted=digest)
    claim("again", found=ansible(*full, f"{there} state=present")["verdict"], wanted="SUCCESS")
    claim("removal", found=ansible(*full, f"{there} state=absent")["verdict"], wanted="CHANGED")
    claim("removal again", found=ansible(*short, f"{there} state=absent")["verdict"], wanted="SUCCESS")


def main() -> int:
    lab = json.loads(Path(os.environ["CTR_LAB"]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as place:
        installed, empty = Path(place, "collections"), Path(place, "empty")
        empty.mkdir()
        build.install(build.build(build.ROOT / "build/ad-hoc"), installed)
        claims(lab["daemons"][-1], lab, installed, empty)
    return 0


if __name__ == "__main__":
    sys.exit(main())
