# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Field table of containerd.runc.v1.Options, which the shim io.containerd.runc.v2 reads. Data only."""

from __future__ import annotations

from ..._wire.protobuf.fields import BOOL, STRING, UINT32

RUNC_OPTIONS_TYPE = "containerd.runc.v1.Options"
RUNC_OPTIONS = {
    1: ("no_pivot_root", BOOL),
    2: ("no_new_keyring", BOOL),
    3: ("shim_cgroup", STRING),
    4: ("io_uid", UINT32),
    5: ("io_gid", UINT32),
    6: ("binary_name", STRING),
    7: ("root", STRING),
    9: ("systemd_cgroup", BOOL),
    10: ("criu_image_path", STRING),
    11: ("criu_work_path", STRING),
}
