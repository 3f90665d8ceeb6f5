# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of results: ours, theirs, the ratio and its limit; as a table and as JSON.

Knows numbers and columns. Must never know how they came about.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD = ("", "ours", "theirs", "ratio", "spread", "limit", "")
WIDTHS = (54, 10, 10, 7, 13, 9, 7)


@dataclass(frozen=True)
class Row:
    """Values of the same rounds. A limit is for the ratio, or for ours where there are no others."""

    name: str
    unit: str
    ours: Sequence[float]
    theirs: Sequence[float] = ()
    limit: float | None = None

    @property
    def ratios(self) -> list[float]:
        """Round by round: what slows the machine for a while slows both."""
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs, strict=True)]

    @property
    def judged(self) -> float:
        return statistics.median(self.ratios if self.theirs else self.ours)

    @property
    def verdict(self) -> str:
        return "" if self.limit is None else "ok" if self.judged <= self.limit else "MISSED"

    def as_dict(self) -> dict[str, Any]:
        known = {"name": self.name, "unit": self.unit, "ours": list(self.ours), "limit": self.limit}
        more = {"theirs": list(self.theirs), "ratio": self.judged} if self.theirs else {}
        return {**known, **more, "verdict": self.verdict}

    def columns(self) -> tuple[str, ...]:
        def shown(value: float) -> str:
            return f"{value:.3g} {self.unit}" if value < 1000 else f"{value:.0f} {self.unit}"

        ours, limit = shown(statistics.median(self.ours)), self.limit
        if not self.theirs:
            spread = f"{min(self.ours):.3g}-{max(self.ours):.3g}" if len(self.ours) > 1 else ""
            return self.name, ours, "", "", spread, "" if limit is None else shown(limit), self.verdict
        theirs = shown(statistics.median(self.theirs))
        spread = f"{min(self.ratios):.2f}-{max(self.ratios):.2f}"
        bound = "" if limit is None else f"{limit:.2f}"
        return self.name, ours, theirs, f"{self.judged:.2f}", spread, bound, self.verdict


def show(columns: Sequence[str]) -> None:
    cells = [
        f"{text:{'<' if number == 0 else '>'}{width}}"
        for number, (text, width) in enumerate(zip(columns, WIDTHS, strict=True))
    ]
    print(" ".join(cells).rstrip(), flush=True)


def save(path: Path, about: dict[str, Any], rows: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {**about, "rows": [row.as_dict() for row in rows]}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
