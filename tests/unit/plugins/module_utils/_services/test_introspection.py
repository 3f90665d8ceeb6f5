# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the daemon says about itself: full answers, and those of versions that say less."""

from __future__ import annotations

from ansible_collections.community.containerd.plugins.module_utils._services.introspection import (
    list_plugins,
    read_server,
)
from ansible_collections.community.containerd.plugins.module_utils._values.daemon import (
    Deprecation,
    Plugin,
    Server,
)
from ansible_collections.community.containerd.tests.unit.fakes.fake_containerd import FakeContainerd

TYPE = "io.containerd.snapshotter.v1"


def test_a_plugin_comes_with_its_platforms_and_what_it_exports(fake: FakeContainerd) -> None:
    platform = {"os": "linux", "architecture": "arm", "variant": "v7"}
    told = {"type": TYPE, "id": "native", "platforms": [platform], "exports": {"root": "/x"}}
    fake.answer("introspection.Plugins", {"plugins": [{**told, "capabilities": ["c"]}]})
    assert list_plugins(fake.session(), "type==" + TYPE) == [
        Plugin(TYPE, "native", ("linux/arm/v7",), {"root": "/x"}, ("c",), "")
    ]
    assert list(fake.calls[0].request["filters"]) == ["type==" + TYPE]


def test_a_plugin_that_failed_says_why_and_one_that_was_skipped_is_known(fake: FakeContainerd) -> None:
    errors = ["no such device", "path must be on btrfs: skip plugin", ""]
    plugins = [{"type": TYPE, "id": "x", "init_err": {"code": 2, "message": text}} for text in errors]
    fake.answer("introspection.Plugins", {"plugins": plugins})
    found = list_plugins(fake.session())
    assert [plugin.error for plugin in found] == [*errors[:2], "no reason given"]
    assert [plugin.is_skipped for plugin in found] == [False, True, False]


def test_the_server_tells_its_deprecations_with_their_times(fake: FakeContainerd) -> None:
    warning = {"id": "a", "message": "use b", "last_occurrence": {"seconds": 1_700_000_000, "nanos": 7}}
    fake.answer("introspection.Server", {"uuid": "u", "pid": 4711, "deprecations": [warning]})
    expected = Deprecation("a", "use b", "2023-11-14T22:13:20.000000007Z")
    assert read_server(fake.session()) == Server("u", 4711, (expected,))


def test_a_server_before_1_7_tells_only_its_id(fake: FakeContainerd) -> None:
    fake.answer("introspection.Server", {"uuid": "u"})
    assert read_server(fake.session()) == Server("u", 0, ())
