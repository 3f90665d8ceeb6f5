# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run modules as a host runs them: a process of their own, options on standard input, one JSON document back.

Knows how a module is started and what a good error looks like; never what a module does.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible

DEV = Path(__file__).resolve().parents[2] / ".dev"
NAME = "ansible_collections.community.containerd.plugins.modules."
PATIENCE_S = 60


@dataclass(frozen=True)
class Result:
    """What came back; ``data`` is empty when that was no JSON."""

    rc: int
    data: dict[str, Any]
    text: str

    @property
    def changed(self) -> bool:
        return bool(self.data.get("changed"))


class Running:
    """A module at work."""

    def __init__(self, module: str, options: dict[str, Any], how: dict[str, Any]) -> None:
        env = {**os.environ, "PYTHONPATH": str(DEV), **how.pop("env", {})}
        argv = [how.pop("python", sys.executable), "-m", NAME + module]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(argv, env=env, stdin=pipe, stdout=pipe, stderr=pipe, cwd="/", **how)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode())
        self._process.stdin.close()
        self._process.stdin = None
        self.pid = self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """As a crash of the host's Python would; it has no chance to clean up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def wait(self, timeout_s: float = PATIENCE_S) -> Result:
        try:
            out, err = self._process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        text = out.decode(errors="replace") + err.decode(errors="replace")
        try:
            data = json.loads(out)
        except ValueError:
            data = {}
        return Result(self._process.returncode, data, text)


def start(
    module: str, daemon: Any, namespace: str, *, how: dict[str, Any] | None = None, **options: Any
) -> Running:
    """``daemon`` is one of a lab, or the path of a socket; ``how`` is for Popen, and ``python``."""
    address = daemon if isinstance(daemon, str) else daemon.address
    return Running(module, {"address": address, "namespace": namespace, **options}, dict(how or {}))


def run(
    module: str, daemon: Any, namespace: str, *, how: dict[str, Any] | None = None, **options: Any
) -> Result:
    return start(module, daemon, namespace, how=how, **options).wait()


@contextmanager
def running(module: str, daemon: Any, namespace: str, **options: Any) -> Iterator[Running]:
    """A module at work, dead at the end of the ``with``."""
    process = start(module, daemon, namespace, **options)
    try:
        yield process
    finally:
        if process.is_alive:
            process.kill()


def done(result: Result) -> dict[str, Any]:
    """The return values of a module that must have succeeded."""
    assert result.rc == 0 and result.data and not result.data.get("failed"), result.text
    return result.data


def complaint(result: Result, kind: str) -> str:
    """The message of a module that must have failed well: typed, one sentence, with a remedy, no traceback."""
    assert result.rc != 0 and result.data.get("failed"), result.text
    assert "Traceback" not in result.text, result.text
    message: str = result.data["msg"]
    assert result.data["error"]["kind"] == kind, result.text
    attempt, _semicolon, remedy = message.rpartition("; ")
    assert attempt and remedy, f"no remedy: {message}"
    assert message.isprintable() and len(message) < 700, message
    return message


def wait_until(is_so: Callable[[], Any], what: str, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, f"not within {timeout_s:g} s: {what}"
        time.sleep(0.005)


def payload_for_everybody(place: Path) -> dict[str, Any]:
    """``how`` to run a module from files that every user of this machine can read, by the system's Python."""
    plugins = place / "ansible_collections/community/containerd/plugins"
    shutil.copytree(DEV.parent / "plugins", plugins, ignore=shutil.ignore_patterns("__pycache__"))
    source = Path(ansible.__path__[0])
    for package in filter(Path.exists, (source / "module_utils", source / "_internal")):
        shutil.copytree(
            package, place / "ansible" / package.name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(source / "release.py", place / "ansible")
    (place / "ansible/__init__.py").write_text("from ansible.release import __author__, __version__\n")
    for path in (place, *place.rglob("*")):
        path.chmod(0o755)
    return {"python": "/usr/bin/python3", "env": {"PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}}
