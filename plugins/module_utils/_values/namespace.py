# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Namespaces: the separate worlds inside one daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Refused
from .identifier import HOW_TO_NAME, is_identifier
from .value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Namespace(Value):
    """A namespace that is there."""

    name: str
    labels: Mapping[str, str]


def parse_name(text: str) -> str:
    """A name that containerd takes; Refused for any other."""
    if not is_identifier(text):
        raise Refused("%r cannot be the name of a namespace" % text, HOW_TO_NAME)
    return text
