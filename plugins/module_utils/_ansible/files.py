# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only Ansible can do with a file: its owner, group and mode in the words of every file module, its rename.

Modules that write files run through here; the others ship none of it.
"""

from __future__ import annotations

import grp
import os
import pwd
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable

from .._values.errors import Refused
from .run import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible.module_utils.basic import AnsibleModule

    from .._reconcile.decision import Decision


def run_with_files(decision: Decision, runtime: Callable[..., Any], spec: Mapping[str, Any]) -> None:
    """As ``run``, with verbs that are given ``Files`` too; the spec has the options of FILE."""
    run(decision, runtime, spec, Files)


class Files:
    """The port for files; made of the module whose options ``owner``, ``group`` and ``mode`` it obeys."""

    def __init__(self, module: AnsibleModule) -> None:
        self._module = module

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be.

        What is not there has none. Refused for an owner, a group or a mode that cannot be.
        """
        status = os.stat(path) if os.path.exists(path) else None
        actual, wished = {}, {}
        for name, (read, parse) in _ATTRIBUTES.items():
            text = self._module.params[name]
            if text is not None:
                wished[name] = parse(self._module, status, text)
                if status:
                    actual[name] = read(status)
        return actual, wished

    def set_attributes(self, path: str) -> None:
        """Make owner, group and mode as they shall be."""
        arguments = self._module.load_file_common_arguments(self._module.params, path=path)
        self._module.set_fs_attributes_if_different(arguments, False)

    def put(self, source: str, path: str) -> None:
        """Rename ``source`` to ``path``, whose attributes stay if it was there."""
        try:
            self._module.atomic_move(source, path)
        except Exception as exc:  # ansible-core from 2.19 on raises nothing more special
            raise Refused("cannot replace %s: %s" % (path, exc), "see whether something holds it") from exc

    def backup(self, path: str) -> str:
        """Copy the file beside itself, as ``backup`` of file modules does: the name of the copy."""
        copy = "%s.%d.%s~" % (path, os.getpid(), time.strftime("%Y-%m-%d@%H:%M:%S"))
        try:
            self._module.preserved_copy(path, copy)
        except OSError as exc:
            with suppress(OSError):
                os.unlink(copy)
            raise Refused(
                "cannot keep a copy of %s: %s" % (path, exc.strerror or exc),
                "free some space there, or set backup to false (the file is as it was)",
            ) from exc
        return copy


def _owner(status: os.stat_result) -> str:
    try:
        return pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        return str(status.st_uid)


def _group(status: os.stat_result) -> str:
    try:
        return grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        return str(status.st_gid)


def _mode(status: os.stat_result) -> str:
    return "%04o" % (status.st_mode & 0o7777)


def _parse_owner(_module: AnsibleModule, _status: os.stat_result | None, text: str) -> str:
    """The name of a user that is known here; a number may be of one who is not."""
    try:
        return pwd.getpwuid(int(text)).pw_name if text.isdigit() else pwd.getpwnam(text).pw_name
    except KeyError:
        if text.isdigit():
            return text
        raise Refused(
            "owner %s is no user of this host" % text, "create the user first, or name another"
        ) from None


def _parse_group(_module: AnsibleModule, _status: os.stat_result | None, text: str) -> str:
    try:
        return grp.getgrgid(int(text)).gr_name if text.isdigit() else grp.getgrnam(text).gr_name
    except KeyError:
        if text.isdigit():
            return text
        raise Refused(
            "group %s is no group of this host" % text, "create the group first, or name another"
        ) from None


def _parse_mode(module: AnsibleModule, status: os.stat_result | None, text: str | int) -> str:
    """Octal or symbolic, as chmod takes it; u+x and the like start from the mode that is there, or would be."""
    try:
        mode = text if isinstance(text, int) else int(text, 8)
    except ValueError:
        try:
            mode = module._symbolic_mode_to_octal(status or _new_file(), text)
        except ValueError as exc:
            raise Refused(
                "mode %r cannot be one: %s" % (text, exc), "write '0644' or 'u=rw,g=r,o='"
            ) from None
    if not 0 <= mode <= 0o7777:
        raise Refused("mode %r cannot be one" % (text,), "write '0644' or 'u=rw,g=r,o='")
    return "%04o" % mode


def _new_file() -> os.stat_result:
    """What atomic_move makes of a file that was not there."""
    umask = os.umask(0)
    os.umask(umask)
    return os.stat_result((stat.S_IFREG | 0o666 & ~umask, *[0] * 9))


_ATTRIBUTES: dict[str, tuple[Callable[..., str], Callable[..., str]]] = {
    "owner": (_owner, _parse_owner),
    "group": (_group, _parse_group),
    "mode": (_mode, _parse_mode),
}
