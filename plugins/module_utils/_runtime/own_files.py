# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that were made for one container and are mounted into it: the names that it resolves.

They lie in HOME/DAEMON/NAMESPACE/CONTAINER. Whoever makes or removes them holds a lock on ``.pending-CONTAINER`` beside
that directory; one that nobody locks is what a killed run left, and the next run finishes its work. What stays is
always what the record of the container names. Never knows what is in them.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from .._services.containers import Containers
from .._services.introspection import read_server
from .._values.errors import Failure, Locked, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .._services.session import Session
    from .._values.container import Container, Mount

HOME = "/var/lib/community.containerd"
PENDING = ".pending-"
LOCK_PATIENCE_S = 1.0  # whoever sweeps holds it for one call
LOOK_AGAIN_S = 0.1
MAX_BYTES = 1 << 20
READABLE = 0o644  # by every user in the container
_NAME = re.compile(r"(?:hosts|resolv\.conf)-[0-9a-f]{16}(?:\.new)?")


def directory_for(session: Session, container_id: str, home: str = HOME) -> str:
    return os.path.join(home, read_server(session).uuid, session.endpoint.namespace, container_id)


def directory_of(container: Container) -> str:
    """Where this container's files are; '' when it has none."""
    for mount in container.spec.get("mounts") or ():
        directory, name = os.path.split(mount.get("source") or "")
        parts = directory.split("/")
        if parts[-4:-3] == [os.path.basename(HOME)] and parts[-1] == container.id and _NAME.fullmatch(name):
            return directory
    return ""


def read_own_file(path: str) -> str:
    """The text of what is mounted; '' when that is no file, or is gone."""
    try:
        # Nonblocking, since a fifo may lie there.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    with open(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read(MAX_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else ""


@contextmanager
def keeping(
    session: Session, container_id: str, files: Sequence[tuple[Mount, str]], old: Container | None = None
) -> Iterator[None]:
    """``files``, each with its text, are there within the ``with``, beside those of the ``old`` record.

    When it ends, in whatever way, those that the record names by then stay, and no others.
    """
    directory = os.path.dirname(files[0][0].source) if files else directory_of(old) if old else ""
    if not directory:
        yield
        return
    around = os.path.dirname(directory)
    marker = _claim(around, container_id)
    try:
        _sweep(session, around)
        for mount, text in files:
            _write(mount.source, text)
        yield
    except BaseException:
        with suppress(Failure):  # the first failure is the one to tell; the marker stays for the next run
            fresh = session.sibling()  # the call that was interrupted may still wait for its answer
            _tidy(fresh, around, container_id)
            fresh.close()
        raise
    else:
        _tidy(session, around, container_id)
    finally:
        os.close(marker)


def forget(session: Session, container: Container) -> None:
    """Remove the files of a container whose record is to go next.

    In this order, since nobody would look for files that no record names: a run that is killed between the two
    leaves a record, which the next one removes, or makes anew as its files are not what the user said.
    """
    directory = directory_of(container)
    if not directory:
        return
    around = os.path.dirname(directory)
    marker = _claim(around, container.id)
    try:
        _sweep(session, around)
        _remove_all_but((), around, container.id)
    finally:
        os.close(marker)


def _claim(around: str, container_id: str) -> int:
    """The marker of this container, locked for as long as it is open."""
    path = os.path.join(around, PENDING + container_id)
    ends_at = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            os.makedirs(around, 0o755, exist_ok=True)
            marker = _lock(path, os.O_CREAT)
        except FileNotFoundError:  # another run has just removed the directory, which was empty
            marker = -1
        except OSError as error:
            raise _cannot_write(path, error) from error
        if marker >= 0:
            return marker
        if time.monotonic() > ends_at:
            raise Locked(
                "another run makes or removes container %s at this moment" % container_id,
                "wait until it has ended and run the task again",
            )
        time.sleep(LOOK_AGAIN_S)


def _lock(path: str, flags: int) -> int:
    """The open marker; -1 when somebody holds it, or has just done away with it."""
    marker = os.open(path, os.O_RDWR | os.O_CLOEXEC | flags, 0o600)
    try:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(marker).st_nlink:
            return marker
    except BlockingIOError:
        pass
    except OSError:
        os.close(marker)
        raise
    os.close(marker)
    return -1


def _write(path: str, text: str) -> None:
    """All of it or nothing, and on the disk before a record names it."""
    aside = path + ".new"
    try:
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        with open(aside, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fchmod(out.fileno(), READABLE)
            os.fsync(out.fileno())
        os.rename(aside, path)
        directory = os.open(os.path.dirname(path), os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _sweep(session: Session, around: str) -> None:
    """Finish what the killed have begun."""
    for entry in os.listdir(around):
        if not entry.startswith(PENDING):
            continue
        marker = -1
        with suppress(FileNotFoundError):
            marker = _lock(os.path.join(around, entry), 0)
        if marker >= 0:
            try:
                _tidy(session, around, entry[len(PENDING) :])
            finally:
                os.close(marker)


def _tidy(session: Session, around: str, container_id: str) -> None:
    """Remove what the record does not name."""
    record = Containers(session).find(container_id)
    mounts = record.spec.get("mounts") or () if record else ()
    _remove_all_but([mount.get("source") for mount in mounts], around, container_id)


def _remove_all_but(named: Sequence[str], around: str, container_id: str) -> None:
    """The marker goes last of the files, then the directories that are empty."""
    directory = os.path.join(around, container_id)
    try:
        for name in os.listdir(directory) if os.path.isdir(directory) else ():
            path = os.path.join(directory, name)
            if _NAME.fullmatch(name) and path not in named:
                os.unlink(path)
        os.unlink(os.path.join(around, PENDING + container_id))
    except OSError as error:
        raise _cannot_write(directory, error) from error
    with suppress(OSError):  # each only if it is empty
        if os.path.isdir(directory):
            os.rmdir(directory)
        os.rmdir(around)
        os.rmdir(os.path.dirname(around))


def _cannot_write(path: str, error: OSError) -> Failure:
    said = "cannot write %s: %s" % (path, error.strerror or error)
    return Refused(said, "run as root, with some space on that file system")
