# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""job.py: plays a playbook of the collection as AWX would, and tells what AWX would know of it, as JSON.

Reads JSON: ``place`` is the private data directory, ``collection`` the folder of the collection, ``playbook`` its
name, ``inventory`` the hosts, ``answers`` what a survey was answered, and ``check`` whether nothing is to change.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path

import ansible_runner
import yaml

# A job finds the collection where its project has it, and nowhere else.
ENVIRONMENT = {
    "ANSIBLE_COLLECTIONS_PATH": "/nonexistent",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_HOST_KEY_CHECKING": "0",
}


class Unsafe(str):
    """What a user typed: AWX marks it, so that nothing in it is a template."""


yaml.SafeDumper.add_representer(
    Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style="'")
)


def lay_out(job: dict) -> Path:
    """The private data directory: project with its collections, inventory, extra variables, command line."""
    place = Path(job["place"])
    collections = place / "project/collections/ansible_collections/community"
    for folder in (collections, place / "inventory", place / "env"):
        folder.mkdir(parents=True, exist_ok=True)
    if not (collections / "containerd").exists():
        (collections / "containerd").symlink_to(job["collection"])
    play = {"name": "The job", "ansible.builtin.import_playbook": f"community.containerd.{job['playbook']}"}
    answers = {
        name: Unsafe(value) if isinstance(value, str) else value for name, value in job["answers"].items()
    }
    files = {
        f"project/{job['playbook']}.yml": yaml.safe_dump([play]),
        "inventory/hosts.json": json.dumps(job["inventory"]),
        "env/envvars": yaml.safe_dump(ENVIRONMENT),
        "env/extravars": yaml.safe_dump(answers),
        "env/cmdline": "--check --diff" if job["check"] else "--diff",
    }
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def main() -> None:
    job = json.load(sys.stdin)
    os.environ.pop("ANSIBLE_COLLECTIONS_PATH", None)
    ran = ansible_runner.run(
        private_data_dir=str(lay_out(job)),
        playbook=f"{job['playbook']}.yml",
        ident=str(uuid.uuid4()),
        quiet=True,
    )
    # From the files that the job left, as a reader of its artifacts has them.
    events = list(ran.events)
    ends = [event["event_data"] for event in events if event["event"] == "playbook_on_stats"]
    told = {
        "status": ran.status,
        "changed": sum(ends[0]["changed"].values()) if ends else 0,
        "artifacts": ends[0].get("artifact_data", {}) if ends else {},
        "hosts": sorted(ends[0]["processed"]) if ends else [],
        "tasks": sorted(
            {event["event_data"]["task"] for event in events if event["event"] == "runner_on_ok"}
        ),
        "stdout": Path(ran.config.artifact_dir, "stdout").read_text(encoding="utf-8"),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
