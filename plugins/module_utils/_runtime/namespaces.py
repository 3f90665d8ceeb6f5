# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for namespaces. What only a change needs is imported where a change begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._services.namespaces import list_namespaces
from .._services.session import Session
from .._values.namespace import Namespace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._values.endpoint import Endpoint


class NamespaceRuntime:
    """The verbs that a decision about a namespace may use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.session = Session(endpoint)

    def find(self, name: str) -> Namespace | None:
        """The namespace; None when there is no such one."""
        # containerd answers a Get with any name, whether there is such a namespace or not.
        found = list_namespaces(self.session)
        return Namespace(name, found[name]) if name in found else None

    def contents(self, name: str) -> dict[str, int]:
        """How many things of each kind are in it, those that are none left out."""
        from .namespace_contents import count_contents

        return count_contents(self.session.within(name))

    def create(self, name: str, labels: Mapping[str, str]) -> None:
        from .._services.namespace_control import create_namespace

        create_namespace(self.session, name, labels)

    def set_labels(self, name: str, labels: Mapping[str, str]) -> None:
        from .._services.namespace_control import set_namespace_labels

        set_namespace_labels(self.session, name, labels)

    def delete(self, name: str) -> None:
        from .._services.namespace_control import delete_namespace

        delete_namespace(self.session, name)
