# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that are killed right before the first, the second, the third … change that they make below a directory.

Python itself tells of each (audit hooks, PEP 578), so no point is missed, and none depends on how fast a machine is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.community.containerd.tests.faults import modules

MOST = 60  # changes that any module makes

# In the process of the module, before anything else of it.
_HOOK = """\
import os, signal, sys

PLACE, LEFT = os.environ["DIES_BELOW"], [int(os.environ["DIES_AT"])]
NAMES = "mkdir rename link remove rmdir chmod chown utime truncate"
CHANGES = {"os." + name for name in NAMES.split()}

def hook(event, details):
    if event == "open":
        is_change = isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    else:
        is_change = event in CHANGES
    if is_change and any(PLACE in os.fsdecode(each) for each in details if isinstance(each, (str, bytes))):
        LEFT[0] -= 1
        if LEFT[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
"""


def deaths(hooks: Path, place: Path, module: str, **options: Any) -> Iterator[int]:
    """Each time a module was killed, its number, from 1 on; the last time it was not, since it was done before."""
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(_HOOK)
    for number in range(1, MOST):
        env = {"DIES_BELOW": str(place), "DIES_AT": str(number), "PYTHONPATH": f"{hooks}:{modules.DEV}"}
        result = modules.Running(module, options, {"env": env}).wait()
        yield number
        if result.rc != -9:
            modules.done(result)
            return
    raise AssertionError(f"{module} makes more changes than {MOST}")
