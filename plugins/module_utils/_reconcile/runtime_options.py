# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of runc's shim as the user says them. Loaded when one is said. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNC_SHIM = "io.containerd.runc."
_MAX_ID = 2**32 - 1
_SWITCHES = ("no_pivot_root", "no_new_keyring", "systemd_cgroup")
_NUMBERS = ("io_uid", "io_gid")
_TEXTS = ("binary_name", "root", "shim_cgroup", "criu_image_path", "criu_work_path")
_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def want_runtime_options(said: Mapping[str, Any], runtime: str | None) -> dict[str, Any]:
    """Each in its own type. Refused for what that runtime does not have."""
    if runtime and not runtime.startswith(RUNC_SHIM):
        raise Refused(
            "runtime_options are those of %sv2, and runtime is %s" % (RUNC_SHIM, runtime),
            "configure that runtime in its own file",
        )
    return {str(name): _value(str(name), value) for name, value in said.items()}


def _value(name: str, value: Any) -> Any:
    if name in _SWITCHES and str(value).lower() in _WORDS:
        return _WORDS[str(value).lower()]
    if name in _NUMBERS and str(value).isdecimal() and int(value) <= _MAX_ID:
        return int(value)
    if name in _TEXTS and isinstance(value, str):
        return value
    if name in _SWITCHES + _NUMBERS + _TEXTS:
        kind = "true or false" if name in _SWITCHES else "a number" if name in _NUMBERS else "a text"
        raise Refused("runtime_options.%s is %r" % (name, value), "set it to " + kind)
    known = ", ".join(sorted(_SWITCHES + _NUMBERS + _TEXTS))
    raise Refused("runtime_options.%s is not known" % name, "use one of " + known)
