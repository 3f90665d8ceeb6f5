#!/usr/bin/env python
# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory of one host for each containerd: 1.6, 1.7 and 2.1, as its distribution packages it.

A program, since testinfra takes the variables as they are, without templates, and each checkout has its own network.
"""

from __future__ import annotations

import json
import os

NETWORK, STORE = os.environ["TEST_HOSTS_NETWORK"], os.environ["TEST_HOSTS"]
# name: (distribution, version of its control groups, containerd). Newer systemds know version 2 alone.
HOSTS = {
    "debian12": ("bookworm", "v1", "1.6"),
    "debian13": ("trixie", "v1", "1.7"),
    "sid": ("sid", "v2", "2.1"),
}
COMMON = {
    "mirror": f"http://{NETWORK}.1:5000",
    "vendor": f"http://{NETWORK}.1:5001",
    "ansible_user": "tester",
    "ansible_become": True,
    "ansible_python_interpreter": "/usr/bin/python3",
    "ansible_ssh_private_key_file": f"{STORE}/key",
    "ansible_ssh_common_args": "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR",
}


def variables(octet: int, distribution: str, groups: str, release: str) -> dict[str, object]:
    machine = {"distribution": distribution, "groups": groups, "octet": octet}
    return {**COMMON, "ansible_host": f"{NETWORK}.{octet}", "machine": machine, "release": release}


if __name__ == "__main__":
    hostvars = {name: variables(octet, *what) for octet, (name, what) in enumerate(HOSTS.items(), start=21)}
    print(json.dumps({"testhosts": {"hosts": list(HOSTS)}, "_meta": {"hostvars": hostvars}}, indent=2))
