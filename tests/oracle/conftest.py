# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures of the lab, for every test against real daemons and registries."""

from __future__ import annotations

from ansible_collections.community.containerd.tests.lab.plugin import (
    archive_tools,
    daemon,
    docker,
    lab,
    namespace,
    newest,
    newest_namespace,
    private_daemon,
    pytest_generate_tests,
)

# Fixtures of every test below this folder.
__all__ = [
    "archive_tools",
    "daemon",
    "docker",
    "lab",
    "namespace",
    "newest",
    "newest_namespace",
    "private_daemon",
    "pytest_generate_tests",
]
