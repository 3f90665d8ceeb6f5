# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports from the zip that a task arrives in, compiled once instead of twice.

Python's zipimport compiles a module to find out its file name, throws the code away, and compiles it again to
run it. That is half of what a task that changes nothing costs us. Here the first question is answered without
compiling, for everything imported after it; a module that does not come out of a zip is not touched.
"""

from __future__ import annotations

import sys
from zipimport import zipimporter


class SingleCompileImporter(zipimporter):
    """A zipimporter that knows where a module would be without compiling it."""

    def get_filename(self, fullname: str) -> str:
        """As zipimporter says it, for the source modules and packages that a task's zip holds."""
        path = self.archive + "/" + self.prefix + fullname.rpartition(".")[2]
        return path + ("/__init__.py" if self.is_package(fullname) else ".py")


def compile_once() -> None:
    """Serve the entries of sys.path, and of packages, that are not in use yet."""
    if SingleCompileImporter not in sys.path_hooks:
        sys.path_hooks.insert(0, SingleCompileImporter)
