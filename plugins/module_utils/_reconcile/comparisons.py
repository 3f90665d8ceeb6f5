# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the user wants options compared: more strictly than usual, or not at all. Loaded when that is said. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._spec.reading import env_of
from .._values.errors import Refused
from .drift import Difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._values.container import Container, SpecWish

MODES = ("strict", "ignore", "allow_more_present")
PARTS = ("env", "annotations", "mounts", "capabilities", "sysctls", "ulimits", "devices")


def want_comparisons(given: Mapping[str, Any]) -> dict[str, str]:
    for option, mode in given.items():
        allowed = MODES if option in PARTS else MODES[1:] if option == "labels" else MODES[:2]
        if mode not in allowed:
            raise Refused("comparisons.%s=%s is not possible" % (option, mode), "use " + " or ".join(allowed))
    return {str(option): str(mode) for option, mode in given.items()}


def compared(
    comparisons: Mapping[str, str],
    found: Iterable[Difference],
    wish: SpecWish,
    record: Container,
    built: Mapping[str, Any] | None,
) -> Iterator[Difference]:
    """The differences that count. ``built`` is the spec that the container would get, where that is known."""
    usual = comparisons.get("*", "")
    seen = set()
    for difference in found:
        seen.add(difference.option)
        if comparisons.get(difference.option, usual) != "ignore":
            yield difference
    for option, wanted, there in _wholes(wish, record, built) if built is not None else ():
        if comparisons.get(option, usual) == "strict" and option not in seen and wanted != there:
            yield Difference(option, wanted, there)


def _wholes(wish: SpecWish, record: Container, built: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Options of several parts, as a whole: as the container would be made now, and as it is."""
    if wish.env is not None:
        own = () if "HOSTNAME" in wish.env else ("HOSTNAME",)  # the host's, on its network
        sides = [{k: v for k, v in env_of(spec).items() if k not in own} for spec in (built, record.spec)]
        yield "env", sides[0], sides[1]
    if wish.annotations is not None:
        yield "annotations", dict(built.get("annotations") or {}), dict(record.spec.get("annotations") or {})
    if wish.mounts is not None:
        from .._spec.mounts import normalise_mount
        from .drift import mount_words

        listed = [
            mount_words(sorted(map(normalise_mount, spec.get("mounts") or ()), key=lambda m: m.destination))
            for spec in (built, record.spec)
        ]
        yield "mounts", listed[0], listed[1]
    if wish.privileged:
        return  # it has what the host has
    from .._spec.further import options_of

    for name, option in options_of([part for part in PARTS if part in wish.further]).items():
        yield name, option.show(option.read(built)), option.show(option.read(record.spec))
