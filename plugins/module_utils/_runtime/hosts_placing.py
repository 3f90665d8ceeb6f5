# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a hosts.toml is, and how it is put there: so that its directory is never seen without it."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from .aside import cannot_write
from .file_reading import file_text
from .file_writing import put_text

if TYPE_CHECKING:
    from .ports import Files


def directories(config_path: str, host: str) -> tuple[str, ...]:
    """Where the hosts of ``host`` can be told, the directory that counts first, be it there or to be made."""
    name, colon, port = host.rpartition(":")
    names = ["%s_%s_" % (name, port), host] if colon and name else [host]
    paths = [os.path.join(config_path, each) for each in names]
    there = tuple(path for path in paths if os.path.isdir(path))
    return there or tuple(paths[:1])


def hosts_text(path: str) -> str | None:
    """The content of the file; None when there is none."""
    return file_text(path, "remove it, or run with become")


def put_hosts(files: Files, path: str, text: str) -> None:
    """``text`` is the content of the hosts.toml ``path``, whose directory is made if it is not there.

    A directory without one hides _default, so a new one gets its name when the file is in it.
    """
    directory = os.path.dirname(path)
    if os.path.isdir(directory):
        put_text(files, os.path.realpath(path), text)
        return
    root, name = os.path.split(directory)
    aside = os.path.join(root, ".%s.ctr-new" % name)  # one that a killed module left is taken over
    try:
        os.makedirs(aside, exist_ok=True)
        put_text(files, os.path.join(aside, os.path.basename(path)), text)
        os.rename(aside, directory)
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    finally:
        with suppress(OSError):  # it has its name now; or nothing could be put into it
            os.rmdir(aside)
