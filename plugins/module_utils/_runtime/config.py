# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for config.toml: read it, ask the installed containerd about it, replace it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .._values.config import Verdict
from .._values.errors import Missing, NotFound, Refused
from .file_reading import file_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._values.endpoint import Endpoint
    from .ports import Files, Programs


class ConfigRuntime:
    """The verbs that a decision about config.toml may use."""

    def __init__(self, endpoint: Endpoint, files: Files, programs: Programs) -> None:
        self._endpoint = endpoint
        self._files = files
        self._programs = programs
        self._default = ""
        self._hosts: dict[str, None] = {}

    def text(self, path: str) -> str | None:
        """The content of the file; None when there is none."""
        directory = os.path.dirname(os.path.realpath(path))
        if not os.path.isdir(directory):
            raise NotFound("cannot write %s: there is no directory %s" % (path, directory), "create it first")
        return file_text(path, "correct path, or run with become")

    def attributes(self, path: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """Owner, group and mode as far as the user named them: as they are, and as they shall be."""
        return self._files.attributes(path)

    def default_config(self) -> str:
        """What containerd takes without any file; Missing when it is not installed."""
        if not self._default:
            code, output, errors = self._programs.run("config", "default")
            if code:
                raise Missing(
                    "containerd config default ended with %d: %s" % (code, _last_line(errors)),
                    "name the containerd that runs here with executable",
                )
            self._default = output
        return self._default

    def judge(self, path: str, text: str) -> Verdict:
        """What containerd says of ``text`` as the content of ``path``. Changes nothing there."""
        from tempfile import NamedTemporaryFile

        from .._toml.document import parse_toml
        from .._toml.editing import edited

        imports = parse_toml(text, path).get("imports", [])
        files: Mapping[str, Mapping[str, Any]] = {}
        if isinstance(imports, list) and all(
            isinstance(name, str) for name in imports
        ):  # else containerd tells
            absolute = [_absolute(name, path) for name in imports]
            for name in absolute:
                if not any(sign in name for sign in "*?[") and not os.path.exists(name):
                    return Verdict("it imports %s, which does not exist" % name)
            files = _imported(absolute)
            if absolute != imports:  # it lies elsewhere while it is looked at
                text = edited(text, {"imports": absolute}, path)
        with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=self._programs.directory) as file:
            file.write(text)
            file.flush()
            code, output, errors = self._programs.run("--config", file.name, "config", "dump")
            errors = errors.replace(file.name, path)
        if code:
            return Verdict(_complaint(errors) or "it ended with %d" % code)
        warnings = tuple(_without_time(line) for line in errors.splitlines() if "level=warning" in line)
        return Verdict("", output, warnings, self.default_config(), files)

    def is_newer_than_daemon(self, path: str) -> bool:
        """Whether the file changed after the daemon started that answers now; no when none does.

        containerd makes its socket anew at each start.
        """
        try:
            return os.stat(path).st_mtime_ns > os.stat(self._endpoint.address).st_mtime_ns
        except OSError:
            return False

    def write(
        self, path: str, text: str, backup: bool, reasons: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]]:
        """Put ``text`` in its place at once: the name of the backup if one was made, and ``reasons``."""
        from .file_writing import replace_file

        copy = replace_file(self._files, path, text, backup)
        return copy, reasons

    def hosts_directory(self, config_path: str, host: str) -> str:
        """Where below ``config_path`` the hosts of a registry are told, or are to be."""
        from .hosts_placing import directories

        return directories(config_path, host)[0]

    def hosts_files(self, paths: tuple[str, ...]) -> Mapping[str, str | None]:
        """The contents of these files, and of those that were asked for before; None where there is none."""
        from .hosts_placing import hosts_text

        self._hosts.update(dict.fromkeys(paths))
        return {path: hosts_text(path) for path in self._hosts}

    def write_hosts(self, path: str, text: str) -> None:
        """Put ``text`` in its place at once, its directory too."""
        from .hosts_placing import put_hosts

        put_hosts(self._files, path, text)

    def set_attributes(self, path: str) -> None:
        """Owner, group and mode as the user named them."""
        self._files.set_attributes(os.path.realpath(path))


def _absolute(name: str, path: str) -> str:
    return os.path.join(os.path.dirname(os.path.realpath(path)), name)


def _imported(names: list[str]) -> Mapping[str, Mapping[str, Any]]:
    """What these files hold. One that cannot be read is missing: that is for containerd to tell."""
    from glob import glob

    from .._toml.document import parse_toml

    found = {}
    for path in sorted(path for name in names for path in glob(name) or [name]):
        try:
            found[path] = parse_toml(file_text(path, "") or "", path)
        except Refused:
            continue
    return found


def _complaint(errors: str) -> str:
    """The reason in what it printed: its last words, or where it fell over its own feet, what it panicked about."""
    panics = [line for line in errors.splitlines() if line.startswith("panic: ")]
    return panics[0] if panics else _last_line(errors)


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return _without_time(lines[-1]) if lines else ""


def _without_time(line: str) -> str:
    return line.partition(" ")[2] if line.startswith("time=") else line
