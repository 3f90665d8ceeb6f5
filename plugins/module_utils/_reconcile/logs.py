# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the output of a container goes: the log options as containerd's log URI."""

from __future__ import annotations

import os.path
from typing import TYPE_CHECKING, Any

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_KNOWN: dict[str, frozenset[str]] = {
    "none": frozenset(),
    "file": frozenset(("path",)),
    "binary": frozenset(("path", "args")),
}
_EXAMPLES = {"file": "/var/log/web.log", "binary": "/usr/local/bin/logger"}


def log_uri(params: Mapping[str, Any]) -> str | None:
    """``file:///...`` or ``binary:///...``, or '' for nowhere; None when nothing was said."""
    driver, options = params["log_driver"], params["log_options"] or {}
    if driver is None:
        if options:
            raise Refused("log_options without log_driver mean nothing", "set log_driver=file")
        return None
    unknown = sorted(set(options) - _KNOWN[driver])
    if unknown:
        raise Refused(
            "log_options of driver %s do not include %s" % (driver, ", ".join(unknown)), "remove it"
        )
    if driver == "none":
        return ""
    path = str(options.get("path", ""))
    if not os.path.isabs(path) or os.path.normpath(path) != path or set(path) & set("?#%\n"):
        raise Refused(
            "log_options.path %r is not a plain absolute path" % path,
            "write one such as %s" % _EXAMPLES[driver],
        )
    return "%s://%s%s" % (driver, path, _query(options.get("args")))


def _query(args: Any) -> str:
    """What containerd gives to a program: each key and its value are an argument each (runtime/v2 logging)."""
    if not args:
        return ""
    if not isinstance(args, dict):
        raise Refused("log_options.args is no mapping", "write each argument as KEY: VALUE")
    from urllib.parse import urlencode

    from .words import texts

    given = texts({"log_options.args": args}, "log_options.args") or {}
    return "?" + urlencode(sorted(given.items()))
