# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for a registry's hosts: find their file, read it, put it in its place."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.config import ConfigUse
    from .._values.endpoint import Endpoint
    from .._values.registry import Host, HostAnswer
    from .ports import Files, Programs


class RegistryHostsRuntime:
    """The verbs that a decision about a registry's hosts may use."""

    def __init__(self, endpoint: Endpoint, files: Files, programs: Programs) -> None:
        self._endpoint = endpoint
        self._files = files
        self._programs = programs
        self._use: ConfigUse | None = None
        self._answers: dict[Sequence[Host], tuple[HostAnswer, ...]] = {}

    def directories(self, config_path: str, host: str) -> tuple[str, ...]:
        """Where the hosts of ``host`` can be told, the directory that counts first, be it there or to be made."""
        from .hosts_placing import directories

        return directories(config_path, host)

    def text(self, path: str) -> str | None:
        """The content of the file; None when there is none."""
        from .hosts_placing import hosts_text

        return hosts_text(path)

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be."""
        return self._files.attributes(path)

    def missing(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of the files that are not there."""
        return tuple(path for path in dict.fromkeys(paths) if not os.path.exists(path))

    def certificates(self, directory: str) -> tuple[str, ...]:
        """The files in Docker's layout, which containerd reads only where there is no hosts.toml."""
        with suppress(OSError):
            return tuple(name for name in sorted(os.listdir(directory)) if name.endswith((".crt", ".cert")))
        return ()

    def use_of(self, config_file: str, config_path: str) -> ConfigUse:
        """Whether the containerd of this host reads hosts.toml files below ``config_path``."""
        if self._use is None:
            from .registry_config import use_of

            self._use = use_of(self._programs, config_file, config_path)
        return self._use

    def answers(self, hosts: Sequence[Host]) -> tuple[HostAnswer, ...]:
        """What each says when it is asked; it is asked once."""
        if hosts not in self._answers:
            from .host_probe import answers_of

            self._answers[hosts] = answers_of(hosts, self._endpoint.timeout_s)
        return self._answers[hosts]

    def write(self, path: str, text: str, backup: bool) -> str:
        """Put ``text`` in its place at once, its directory too: the name of the backup if one was made."""
        from .file_writing import replace_file
        from .hosts_placing import put_hosts

        if os.path.isdir(os.path.dirname(path)):
            return replace_file(self._files, path, text, backup)
        put_hosts(self._files, path, text)
        self._files.set_attributes(path)
        return ""

    def remove(self, path: str, backup: bool) -> str:
        """The file gone, and its directory too if nothing else is in it: the name of the backup."""
        copy = self._files.backup(path) if backup else ""
        try:
            os.unlink(path)
        except OSError as exc:
            raise Refused("cannot remove %s: %s" % (path, exc.strerror), "run with become") from exc
        with suppress(OSError):  # there is something else in it
            os.rmdir(os.path.dirname(path))
        return copy

    def set_attributes(self, path: str) -> None:
        """Owner, group and mode as the user named them."""
        self._files.set_attributes(os.path.realpath(path))
