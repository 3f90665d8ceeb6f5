# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A text file read as it is, line ends and all."""

from __future__ import annotations

from .._values.errors import Refused


def file_text(path: str, remedy: str) -> str | None:
    """The content of the file; None when there is none. Refused, with ``remedy``, when it cannot be read as text."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "it is not UTF-8"
        raise Refused("cannot read %s: %s" % (path, reason), remedy) from exc
