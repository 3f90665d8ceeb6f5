# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where containerd may be, as users write it."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import (
    Endpoint,
    parse_endpoint,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused


@pytest.mark.parametrize("address", ["/run/a.sock", "unix:///run/a.sock", "unix:/run/a.sock"])
def test_an_address_is_an_absolute_path_with_or_without_scheme(address: str) -> None:
    assert parse_endpoint(address, "k8s.io", 0.5) == Endpoint(address, "k8s.io", 0.5)


@pytest.mark.parametrize(
    ("address", "namespace", "timeout_s", "text"),
    [
        ("", "default", 1, "address ''"),
        ("run/a.sock", "default", 1, "not that of a unix socket"),
        ("unix:a.sock", "default", 1, "not that of a unix socket"),
        ("tcp://127.0.0.1:1", "default", 1, "not that of a unix socket"),
        ("/run/a\0.sock", "default", 1, "not that of a unix socket"),
        ("/run/a.sock", "", 1, "namespace ''"),
        ("/run/a.sock", "caf\u00e9", 1, "cannot be one"),
        ("/run/a.sock", "a\nb", 1, "cannot be one"),
        ("/run/a.sock", "default", 0, "timeout is 0 seconds"),
        ("/run/a.sock", "default", -1, "timeout is -1 seconds"),
    ],
)
def test_where_no_daemon_can_be_is_refused(address: str, namespace: str, timeout_s: float, text: str) -> None:
    with pytest.raises(Refused, match=text):
        parse_endpoint(address, namespace, timeout_s)
