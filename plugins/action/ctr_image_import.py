# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports an archive that lies on the controller: asks the host what it lacks, and sends that alone.

First the module gets a catalogue, an archive of all documents without layers. In check mode, or when the host has
the layers, its answer is the answer. Else it changes nothing and names the layers that it lacks; then those are sent.
Whether it was so can be seen from the answer, so that nothing is decided here that the module decides.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

from ansible import constants as C  # noqa: N812
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_part import (
    part_bytes,
    write_catalogue,
    write_part,
)
from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_reading import (
    ImageArchive,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROUNDING = 1.02  # an archive so little longer than the part that would be made of it is sent as it is


class ActionModule(ActionBase):
    """The controller's part of ctr_image_import."""

    _supports_async = True  # of the module; not of what has to be sent first

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        del tmp
        args = self._task.args
        if not args.get("src") or args.get("path") or boolean(args.get("remote_src", False), strict=False):
            in_background = self._task.async_val and not self._connection.has_native_async
            return {**result, **self._execute_module(task_vars=task_vars, wrap_async=bool(in_background))}
        if self._task.async_val:
            raise AnsibleActionFail(
                "an archive on the controller cannot be imported with async, since a job in the background cannot "
                "read it; copy it to the host first and set path, or leave async out"
            )
        return {**result, **self._import(str(args["src"]), task_vars or {})}

    def _import(self, src: str, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        if self._connection._shell.tmpdir is None:
            self._make_tmp_path()
        workplace = tempfile.mkdtemp(prefix="ctr-image-import-", dir=C.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined]
        try:
            return self._offer(self._find(src), workplace, task_vars)
        except Failure as failure:
            error = {"kind": failure.kind, "call": failure.call, "code": failure.code}
            return {"failed": True, "msg": str(failure), "error": error}
        except OSError as exc:
            raise AnsibleActionFail(
                "a part of archive %s cannot be written to %s on the controller: %s; free space there, or set "
                "local_tmp to where there is some" % (src, workplace, exc.strerror)
            ) from exc
        finally:
            shutil.rmtree(workplace, ignore_errors=True)

    def _find(self, src: str) -> str:
        """Where ansible.builtin.copy would find it."""
        try:
            return str(self._find_needle("files", src))
        except AnsibleError as exc:
            raise NotFound(
                "there is no archive %s on the controller" % src,
                "check the path, or set remote_src=true when it is on the host",
            ) from exc

    def _offer(self, src: str, workplace: str, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The catalogue first, and the layers when the module asks for them."""
        archive = ImageArchive(src)
        local = os.path.join(workplace, "catalogue.tar")
        write_catalogue(archive, local)
        sent, result = self._run_with(local, src, task_vars)
        lacking = result.pop("lacking", [])
        _check(archive, lacking)
        if lacking and not result.get("failed") and not result.get("changed"):
            if os.path.getsize(src) > ROUNDING * (part_bytes(archive, lacking) + sent):
                local = os.path.join(workplace, "part.tar")
                write_part(archive, lacking, local)
            else:
                local = src
            more, result = self._run_with(local, src, task_vars)
            sent += more
        return {**result, "bytes_sent": sent}

    def _run_with(self, local: str, src: str, task_vars: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send an archive, run the module on it; the bytes that were sent, and what the module said."""
        shell = self._connection._shell
        name = os.path.basename(src)  # as far as it goes, since errors tell it
        remote = shell.join_path(shell.tmpdir, name if re.fullmatch(r"\w[\w.-]*", name) else "archive.tar")
        self._transfer_file(local, remote)
        self._fixup_perms2((shell.tmpdir, remote), execute=False)
        args = {key: value for key, value in self._task.args.items() if key not in ("src", "remote_src")}
        result = self._execute_module(module_args={**args, "path": remote}, task_vars=task_vars)
        if isinstance(result.get("msg"), str):
            result["msg"] = result["msg"].replace(remote, src)
        return os.path.getsize(local), result


def _check(archive: ImageArchive, lacking: Sequence[str]) -> None:
    """In check mode too, a layer that is nowhere is an error."""
    for digest in lacking:
        if not archive.holds(digest):
            raise NotFound(
                "neither archive %s nor the store of the host holds blob %s" % (archive.path, digest),
                "export it with all of this platform, or set platform to one that is in the archive",
            )
