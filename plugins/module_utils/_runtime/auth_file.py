# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker's config.json: who we are to each host (docker login, podman's containers-auth.json).

Knows the file and the helper programs that it names; never who asks. No error tells what is in it.
"""

from __future__ import annotations

import base64
import json
import os
import re
import signal
from typing import TYPE_CHECKING, Any

from .._values.errors import Missing, Refused, TimedOut
from .._values.registry import NOBODY, Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

_HUB = ("registry-1.docker.io", "index.docker.io", "docker.io")
_HUB_KEY = "https://index.docker.io/v1/"  # as docker login writes it, and helpers know it
_NOT_THERE = "credentials not found"
_PROGRAM = re.compile(r"[A-Za-z0-9._-]+")


class AuthFile:
    """The credentials in one file, read when the first host asks who we are."""

    def __init__(self, path: str, timeout_s: float) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._read: dict[str, Any] | None = None
        self._told: dict[
            tuple[str, str], Credentials
        ] = {}  # by helper and host, as each call starts a program

    def credentials(self, host: str, repository: str) -> Credentials:
        """Those for ``host``; of several entries the one for the longest part of ``repository``."""
        config = self._config()
        helper = self._helper_for(config, host)
        if helper:
            found = self._from_helper(helper, host)
            if found is not None:
                return found
        return self._from_entries(self._table(config, "auths"), host, repository)

    def _config(self) -> dict[str, Any]:
        if self._read is None:
            try:
                with open(self._path, encoding="utf-8") as file:
                    config = json.load(file)
            except OSError as exc:
                raise Refused(
                    "cannot read auth_file %s: %s" % (self._path, exc.strerror), "correct auth_file"
                ) from exc
            except (ValueError, RecursionError):  # the cause would quote the file
                config = None
            if not isinstance(config, dict):
                raise self._malformed("it is not a JSON object")
            self._read = config
        return self._read

    def _table(self, config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        table = config.get(key) or {}
        if not isinstance(table, dict):
            raise self._malformed("%s is not an object" % key)
        return table

    def _helper_for(self, config: Mapping[str, Any], host: str) -> str:
        for key, helper in self._table(config, "credHelpers").items():
            if _host_of(key) in _names_of(host):
                return self._program(helper)
        return self._program(config.get("credsStore") or "")

    def _program(self, helper: Any) -> str:
        if helper and (not isinstance(helper, str) or not _PROGRAM.fullmatch(helper)):
            raise self._malformed("a credential helper's name is not one")
        return str(helper)

    def _from_entries(self, entries: Mapping[str, Any], host: str, repository: str) -> Credentials:
        names = _names_of(host)
        best, length = NOBODY, -1
        for key, entry in entries.items():
            path = _path_of(key)
            fits = _host_of(key) in names and (repository + "/").startswith(path and path + "/")
            if fits and len(path) > length:
                found = self._parse_entry(key, entry)
                if found != NOBODY:  # docker leaves an empty entry where a helper has the secret
                    best, length = found, len(path)
        return best

    def _parse_entry(self, key: str, entry: Any) -> Credentials:
        try:
            username, password = entry.get("username") or "", entry.get("password") or ""
            identity_token = entry.get("identitytoken") or ""
            if entry.get("auth"):
                pair = base64.b64decode(entry["auth"], validate=True).decode().rstrip("\0")
                username, colon, password = pair.partition(":")
                if not colon:
                    raise self._malformed("auth of %s is not user:password in base64" % key)
            if not all(isinstance(word, str) for word in (username, password, identity_token)):
                raise TypeError
        except (AttributeError, TypeError, ValueError):
            raise self._malformed("the entry of %s is not one" % key) from None
        if not username and not identity_token:
            return NOBODY
        return Credentials(username, password, identity_token, "auth_file %s" % self._path)

    def _from_helper(self, helper: str, host: str) -> Credentials | None:
        """What docker-credential-HELPER says; None when it does not know the host."""
        if (helper, host) not in self._told:
            key = _HUB_KEY if host in _HUB else host
            said = _ask(helper, key, self._timeout_s)
            self._told[helper, host] = NOBODY if said is None else self._parse_answer(helper, said)
        found = self._told[helper, host]
        return None if found == NOBODY else found

    def _parse_answer(self, helper: str, said: bytes) -> Credentials:
        try:
            answer = json.loads(said)
            username, secret = answer["Username"], answer["Secret"]
        except (ValueError, KeyError, TypeError, RecursionError):
            username = secret = None
        if not isinstance(username, str) or not isinstance(secret, str):
            raise Refused(
                "docker-credential-%s did not answer with Username and Secret" % helper,
                "update the helper, or correct auth_file %s" % self._path,
            )
        origin = "what docker-credential-%s holds" % helper
        if username == "<token>":
            return Credentials(identity_token=secret, origin=origin)
        return Credentials(username, secret, origin=origin)

    def _malformed(self, reason: str) -> Refused:
        return Refused(
            "auth_file %s is malformed: %s" % (self._path, reason), "write it by docker login or podman login"
        )


def _host_of(key: str) -> str:
    """The host of an entry's key: host, host:port, host/path, or an address as older clients wrote it."""
    return key.partition("://")[2 if "://" in key else 0].partition("/")[0]


def _path_of(key: str) -> str:
    """The part of the registry that a key is for, as podman writes it; an address is for all of it."""
    path = "" if "://" in key else key.partition("/")[2].strip("/")
    return "" if path in ("v1", "v2") else path


def _names_of(host: str) -> tuple[str, ...]:
    return _HUB if host in _HUB else (host,)


def _ask(helper: str, key: str, timeout_s: float) -> bytes | None:
    """One ``get`` of the credential helper protocol; None when it has nothing for ``key``."""
    import asyncio

    program = "docker-credential-" + helper
    try:
        status, said = asyncio.run(_run([program, "get"], key.encode(), timeout_s))
    except OSError as exc:
        raise Missing(
            "cannot run %s, which auth_file names: %s" % (program, exc.strerror),
            "install it where PATH of the remote user finds it",
        ) from exc
    if status is None:
        raise TimedOut(
            "%s did not answer for %s within %d seconds" % (program, key, timeout_s),
            "run it by hand to see what it waits for, or raise timeout",
        )
    if status == 0:
        return said
    if _NOT_THERE in said.decode("utf-8", "replace"):
        return None
    raise Refused(
        "%s failed for %s with exit status %d" % (program, key, status),
        "run echo %s | %s get as the remote user to see why" % (key, program),
    )


async def _run(command: list[str], data: bytes, timeout_s: float) -> tuple[int | None, bytes]:
    """Exit status and output of a program that is told ``data``; no status for one that took too long.

    AnsibleModule.run_command has no time limit, and leaves alone what the program started.
    """
    import asyncio
    from asyncio.subprocess import DEVNULL, PIPE

    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, start_new_session=True
    )
    try:
        said, _nothing = await asyncio.wait_for(process.communicate(data), timeout_s)
    except asyncio.TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)  # and with it what it started
        await process.wait()
        return None, b""
    return process.returncode, said
