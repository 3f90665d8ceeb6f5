# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How strictly options are compared."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._reconcile.comparisons import (
    want_comparisons,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"env": "strict"},
        {"env": "allow_more_present"},
        {"*": "ignore"},
        {"*": "strict"},
        {"labels": "ignore"},
    ],
)
def test_modes_that_an_option_has_are_taken(given: dict[str, str]) -> None:
    assert want_comparisons(given) == given


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"env": "most"}, "comparisons.env=most is not possible; use strict or ignore or allow_more_present"),
        ({"image": "allow_more_present"}, "use strict or ignore"),
        ({"labels": "strict"}, "use ignore or allow_more_present"),
        ({"*": 1}, "use strict or ignore"),
    ],
)
def test_others_are_refused_with_those_that_there_are(given: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        want_comparisons(given)
