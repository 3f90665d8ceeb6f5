# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leases and ingests with all that is told of them, for who looks at all of a namespace.

Apart from ``leases`` and ``ingests``, which ship to every module that makes something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._values.holdings import Ingest, Lease
from .._values.timestamp import format_timestamp
from .messages import content, leases

if TYPE_CHECKING:
    from .session import Session


def list_leases(session: Session) -> list[Lease]:
    """Every lease; what each holds is another question."""
    answer = session.call(leases.LIST, {"filters": ()})
    return [
        Lease(fields["id"], format_timestamp(fields["created_at"]), fields["labels"])
        for fields in answer["leases"]
    ]


def list_ingests(session: Session) -> list[Ingest]:
    """Every ingest, those that somebody writes right now too."""
    answer = session.call(content.LIST_STATUSES, {"filters": ()})
    return [
        Ingest(status["ref"], format_timestamp(status["updated_at"]), status["offset"])
        for status in answer["statuses"]
    ]
