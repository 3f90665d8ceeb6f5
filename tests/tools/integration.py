# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""integration.py VENV [TARGET …]: ansible-test integration against the daemons and registries of the lab.

Runs inside `tests/lab/lab.py run`, which names the lab's description in CTR_LAB. The modules run on the
Python of .venv/VENV, which has `requests` and `tomlkit`; the daemons are real, here, and private.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import ansible_test
import connection_suite

COMMAND = ["integration", "--local", "--allow-destructive"]


def main() -> int:
    if "CTR_LAB" not in os.environ:
        print("needs a lab: tests/lab/lab.py run --dir DIR -- COMMAND", file=sys.stderr)
        return 2
    lab = json.loads(Path(os.environ["CTR_LAB"]).read_text(encoding="utf-8"))
    venv, *targets = sys.argv[1:]
    variables = {
        "lab_daemons": lab["daemons"],
        "lab_registries": lab["registries"],
        "lab_images": lab["images"],
    }
    if not targets or "connection_ctr" in targets:
        suite = connection_suite.provide(ansible_test.ROOT / ".venv" / venv)
        variables["connection_suite"] = str(suite)
    # First, since what is not in the checkout goes, until git is told to ignore it.
    copy = ansible_test.copy_checkout(COMMAND[0])
    # JSON is YAML.
    config = copy / "tests/integration/integration_config.yml"
    config.write_text(json.dumps(variables, indent=2), encoding="utf-8")
    return ansible_test.run(venv, [*COMMAND, *targets])


if __name__ == "__main__":
    sys.exit(main())
