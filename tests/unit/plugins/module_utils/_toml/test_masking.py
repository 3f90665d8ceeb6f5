# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is secret in a text is not shown."""

from __future__ import annotations

from ansible_collections.community.containerd.plugins.module_utils._toml.masking import masked


def test_secrets_are_masked_wherever_they_stand() -> None:
    text = """\
[plugins.x.registry.configs."h".auth]
  username = "u1" # c
  password = "geheim"
[plugins.x.registry]
  configs.h2 = { auth = { password = "geheim" } }
  headers = { A = ["geheim"] }
[plugins.x.registry.headers]
  B = ["geheim"]
[debug]
  level = "info"
"""
    seen = masked(text)
    assert "geheim" not in seen
    assert 'level = "info"' in seen
    assert "# c" in seen


def test_a_password_in_an_address_is_masked() -> None:
    seen = masked('server = "https://me:geheim@a.example"\nca = "x@y"\n')
    assert seen == 'server = "https://********@a.example"\nca = "x@y"\n'
