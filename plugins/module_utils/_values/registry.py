# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the user wants registries to be asked. Knows no HTTP."""

from __future__ import annotations

from .value import Value


class RegistryAccess(Value):
    """Credentials, trust and patience for the registries of one task."""

    username: str | None = None
    password: str | None = None
    validate_certs: bool = True
    ca_path: str | None = None
    plain_http: bool | None = None  # None: https, and on loopback http when https does not answer
    timeout_s: float = 60.0  # seconds without a byte
    retries: int = 3
    retry_delay_s: float = 1.0
    max_concurrent_downloads: int = 4

    def __repr__(self) -> str:
        """Never the password, wherever a value ends up being printed."""
        return "RegistryAccess(username=%r)" % (self.username,)
