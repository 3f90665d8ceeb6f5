# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where CDI specifications lie on this host (Container Device Interface, SPEC.md)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .host import read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECTORIES = ("/etc/cdi", "/var/run/cdi")  # what is in the later one wins
_ENDINGS = (".json", ".yaml", ".yml")


def cdi_files(directories: Sequence[str] = DIRECTORIES) -> dict[str, str]:
    """The text of each JSON file by its path, in the order in which they count; YAML by its path alone."""
    texts = {}
    for directory in directories:
        for name in sorted(os.listdir(directory)) if os.path.isdir(directory) else ():
            if name.endswith(_ENDINGS):
                path = os.path.join(directory, name)
                texts[path] = read_file(path) if name.endswith(".json") else ""
    return texts
