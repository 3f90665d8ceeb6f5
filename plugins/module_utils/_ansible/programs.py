# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only Ansible can do with a program: run it as every module does, and give it a directory of its own.

Modules that ask the installed containerd run through here; the others ship none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from .._values.errors import Missing
from .files import Files
from .run import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible.module_utils.basic import AnsibleModule

    from .._reconcile.decision import Decision


def run_with_programs(decision: Decision, runtime: Callable[..., Any], spec: Mapping[str, Any]) -> None:
    """As ``run``, with verbs that are given ``Files`` and ``Programs``; the spec has FILE and ``executable``."""
    run(decision, runtime, spec, Files, Programs)


class Programs:
    """The port for the program that the option ``executable`` names."""

    def __init__(self, module: AnsibleModule) -> None:
        self._module = module

    @property
    def directory(self) -> str:
        """For what a program reads; nobody else may look into it, and it is gone with the module."""
        return str(self._module.tmpdir)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """The program's exit code, output and errors; Missing when it is not there."""
        name = self._module.params["executable"]
        found = self._module.get_bin_path(name, opt_dirs=["/usr/local/bin", "/usr/bin"])
        if not found:
            raise Missing(
                "there is no program %s on this host, which must say whether the file is right" % name,
                "install containerd, name its program with executable, or set validate to false and config_version",
            )
        code, output, errors = self._module.run_command([found, *arguments])
        return code, output, errors
