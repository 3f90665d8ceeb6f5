# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers and names of capabilities."""

from __future__ import annotations

from ansible_collections.community.containerd.plugins.module_utils._spec.capabilities import NAMES, named


def test_names_stand_at_their_numbers() -> None:
    assert [NAMES.index("CAP_" + name) for name in ("CHOWN", "KILL", "SYS_ADMIN", "MKNOD", "BPF")] == [
        0,
        5,
        21,
        27,
        39,
    ]
    assert len(NAMES) == 41


def test_a_mask_is_read_bit_by_bit() -> None:
    assert named(0b100001) == ("CAP_CHOWN", "CAP_KILL")
    assert named((1 << 41) - 1) == NAMES
    assert named(1 << 60) == ()
