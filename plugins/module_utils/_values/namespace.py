# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces: the separate worlds inside one daemon."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import Refused
from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

# containerd's identifiers (identifiers.Validate).
_NAME = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*\Z")
_MAX_LETTERS = 76


class Namespace(Value):
    """A namespace that is there."""

    name: str
    labels: Mapping[str, str]


def parse_name(text: str) -> str:
    """A name that containerd takes; Refused for any other."""
    if len(text) > _MAX_LETTERS or not _NAME.match(text):
        raise Refused(
            "%r cannot be the name of a namespace" % text,
            "use at most 76 letters and digits, with single '-', '_' or '.' between them",
        )
    return text
