# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platforms: what a manifest runs on, and which one of an index fits best (containerd's "Only" matcher).

Knows the words of the OCI image-spec; never how content is read.
"""

from __future__ import annotations

import os
import re

from .errors import Refused
from .value import Value

_MACHINES = {  # uname's word, or a user's, to GOARCH and variant
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armv8l": ("arm64", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
    "armv7l": ("arm", "v7"),
    "armv6l": ("arm", "v6"),
    "i386": ("386", ""),
    "i486": ("386", ""),
    "i586": ("386", ""),
    "i686": ("386", ""),
    "loongarch64": ("loong64", ""),
}
_DEFAULT_VARIANT = {"arm64": "v8", "arm": "v7", "amd64": "v1"}
_WORD = re.compile(r"[A-Za-z0-9_.-]+")


class Platform(Value):
    """An operating system, a CPU architecture and its variant; the default variant is written as ''."""

    os: str
    architecture: str
    variant: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


def normalise(os_name: str, architecture: str, variant: str = "") -> Platform:
    arch, own_variant = _MACHINES.get(architecture.lower(), (architecture.lower(), ""))
    variant = variant.lower() or own_variant
    if variant and variant[0].isdigit():
        variant = "v" + variant
    if arch != "arm" and variant == _DEFAULT_VARIANT.get(arch):
        variant = ""
    if arch == "arm" and not variant:
        variant = "v7"
    return Platform(os_name.lower(), arch, variant)


def parse_platform(text: str) -> Platform:
    """``linux/arm64``, ``linux/arm/v6`` or an architecture alone (``arm64``)."""
    parts = text.split("/")
    if len(parts) > 3 or not all(_WORD.fullmatch(part) for part in parts):
        raise Refused(
            "platform %r is malformed" % text, "write os/architecture[/variant], such as linux/arm64"
        )
    if len(parts) == 1:
        parts.insert(0, "linux")
    return normalise(*parts)


def host_platform() -> Platform:
    return normalise("linux", os.uname().machine)


def fitting(wanted: Platform) -> list[Platform]:
    """What may run where ``wanted`` is asked for, best first: itself, then what its CPU runs as well."""
    fits = [wanted]
    if wanted.architecture == "amd64":
        level = _level(wanted.variant, 1)
        fits += [normalise(wanted.os, "amd64", "v%d" % lower) for lower in range(level - 1, 0, -1)]
        fits.append(Platform(wanted.os, "386"))
    elif wanted.architecture == "arm64":
        level = _level(wanted.variant, 8)
        fits += [normalise(wanted.os, "arm64", "v%d" % lower) for lower in range(level - 1, 7, -1)]
        fits += [normalise(wanted.os, "arm", "v%d" % lower) for lower in range(8, 4, -1)]
    elif wanted.architecture == "arm":
        level = _level(wanted.variant, 7)
        fits += [normalise(wanted.os, "arm", "v%d" % lower) for lower in range(level - 1, 4, -1)]
    return fits


def _level(variant: str, default: int) -> int:
    """The number of a variant; one digit, since a user's longer one would fill the memory above."""
    return int(variant[1]) if re.fullmatch("v[1-9]", variant) else default
