# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for reading about the daemon, against a containerd with a memory."""

from __future__ import annotations

from ansible_collections.community.containerd.plugins.module_utils._runtime.daemon import DaemonRuntime
from ansible_collections.community.containerd.tests.unit.fakes.containerd_store import Store
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd


def test_each_question_takes_one_call(fake: FakeContainerd, store: Store) -> None:
    store.space("shop").labels["a"] = "1"
    verbs = DaemonRuntime(fake.endpoint())
    assert verbs.release() == ("1.7.24", "88bf19b")
    assert verbs.server().pid == 731
    assert [plugin.id for plugin in verbs.plugins()] == ["overlayfs", "native", "zfs", "content"]
    assert verbs.namespaces() == {"shop": {"a": "1"}}
    assert len(fake.calls) == 4
