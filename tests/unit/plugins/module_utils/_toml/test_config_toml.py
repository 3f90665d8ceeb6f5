# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where settings stand in each version of config.toml, and what is written beside them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._toml.config import (
    CRI,
    CRI_IMAGES,
    CRI_RUNTIME,
    LOGICAL,
    RUNC,
    TRANSFER,
    completed,
    daemon_place,
    patch_for,
    removal_of,
    version_of,
)
from ansible_collections.community.containerd.plugins.module_utils._toml.config_check import (
    unknown_keys,
)
from ansible_collections.community.containerd.plugins.module_utils._toml.document import parse_toml
from ansible_collections.community.containerd.plugins.module_utils._toml.editing import merged
from ansible_collections.community.containerd.plugins.module_utils._values.config import Verdict
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

V2, V3, V4 = {"version": 2}, {"version": 3}, {"version": 4}


@pytest.mark.parametrize(
    ("wish", "old", "new"),
    [
        (
            {"sandbox_image": "p:1"},
            {CRI: {"sandbox_image": "p:1"}},
            {CRI_IMAGES: {"pinned_images": {"sandbox": "p:1"}}},
        ),
        (
            {"snapshotter": "s"},
            {CRI: {"containerd": {"snapshotter": "s"}}},
            {CRI_IMAGES: {"snapshotter": "s"}},
        ),
        (
            {"registry_config_path": "/c"},
            {CRI: {"registry": {"config_path": "/c"}}},
            {CRI_IMAGES: {"registry": {"config_path": "/c"}}},
        ),
        (
            {"max_concurrent_downloads": 5},
            {CRI: {"max_concurrent_downloads": 5}},
            {TRANSFER: {"max_concurrent_downloads": 5}},
        ),
        (
            {"cni_bin_dirs": ["/b"]},
            {CRI: {"cni": {"bin_dir": "/b"}}},
            {CRI_RUNTIME: {"cni": {"bin_dirs": ["/b"]}}},
        ),
        (
            {"systemd_cgroup": True},
            {CRI: {"containerd": {"runtimes": {"runc": {"options": {"SystemdCgroup": True}}}}}},
            {CRI_RUNTIME: {"containerd": {"runtimes": {"runc": {"options": {"SystemdCgroup": True}}}}}},
        ),
    ],
)
def test_a_setting_stands_where_its_version_has_it(wish: Any, old: Any, new: Any) -> None:
    assert patch_for(wish, V2) == {"plugins": old}
    assert patch_for(wish, V3) == {"plugins": new}
    assert patch_for(wish, V4) == {"plugins": new}
    assert patch_for(wish, {**V2, "plugins": {CRI_IMAGES: {}}}) == {"plugins": new}


def test_the_daemon_s_own_directories_stand_at_the_top() -> None:
    assert patch_for({"root": "/r", "state_dir": "/s"}, V2) == {"root": "/r", "state": "/s"}


def test_a_second_number_of_downloads_goes_since_it_turns_the_transfer_service_off() -> None:
    data = {**V3, "plugins": {CRI_IMAGES: {"max_concurrent_downloads": 9}}}
    plugins = patch_for({"max_concurrent_downloads": 5}, data)["plugins"]
    assert plugins == {
        TRANSFER: {"max_concurrent_downloads": 5},
        CRI_IMAGES: {"max_concurrent_downloads": None},
    }


def test_the_number_of_downloads_stands_where_pods_fetch_when_containerd_2_fetches_by_itself() -> None:
    both = {TRANSFER: {"max_concurrent_downloads": 5}, CRI_IMAGES: {"max_concurrent_downloads": 5}}
    for images in (
        {"discard_unpacked_layers": True},
        {"use_local_image_pull": True},
        {"disable_snapshot_annotations": False},
        {"registry": {"configs": {"a": {"auth": {}}}}},
    ):
        data = {**V3, "plugins": {CRI_IMAGES: images}}
        assert patch_for({"max_concurrent_downloads": 5}, data)["plugins"] == both
    wishes = {"max_concurrent_downloads": 5, "discard_unpacked_layers": True}
    assert patch_for(wishes, V3)["plugins"][CRI_IMAGES]["max_concurrent_downloads"] == 5
    # The number may be there before the reason is, and goes with it.
    once = {**V3, "plugins": {TRANSFER: both[TRANSFER]}}
    images = patch_for({"discard_unpacked_layers": True}, once)["plugins"][CRI_IMAGES]
    assert images == {"discard_unpacked_layers": True, "max_concurrent_downloads": 5}
    there = {**V3, "plugins": both}
    images = patch_for({"discard_unpacked_layers": False}, there)["plugins"][CRI_IMAGES]
    assert images == {"discard_unpacked_layers": False, "max_concurrent_downloads": None}
    assert patch_for({"discard_unpacked_layers": True}, V3)["plugins"] == {
        CRI_IMAGES: {"discard_unpacked_layers": True}
    }


# What containerd 2.3 prints for ``config default``, as far as the logical options are about it.
DEFAULT_4 = """
version = 4
root = '/var/lib/containerd'
state = '/run/containerd'
disabled_plugins = []
required_plugins = []
oom_score = 0
imports = ['/etc/containerd/conf.d/*.toml']

[debug]
  level = ''
  format = ''

[plugins.'io.containerd.cri.v1.images']
  snapshotter = 'overlayfs'
  discard_unpacked_layers = false
  max_concurrent_downloads = 3
  pinned_images = { sandbox = 'registry.k8s.io/pause:3.10.2' }
  registry = { config_path = '' }

[plugins.'io.containerd.cri.v1.runtime']
  enable_cdi = true
  cdi_spec_dirs = ['/etc/cdi', '/var/run/cdi']
  containerd = { default_runtime_name = 'runc', runtimes = { runc = { options = { SystemdCgroup = false } } } }
  cni = { bin_dirs = ['/opt/cni/bin'], conf_dir = '/etc/cni/net.d' }

[plugins.'io.containerd.server.v1.debug']
  address = ''
  uid = 0
  gid = 0

[plugins.'io.containerd.server.v1.grpc']
  address = '/run/containerd/containerd.sock'
  uid = 0
  gid = 0
  max_recv_message_size = 16777216
  max_send_message_size = 16777216

[plugins.'io.containerd.server.v1.grpc-tcp']
  address = ''
  tls_ca = ''
  tls_cert = ''
  tls_key = ''
  tls_common_name = ''

[plugins.'io.containerd.server.v1.metrics']
  address = ''

[plugins.'io.containerd.transfer.v1.local']
  max_concurrent_downloads = 3
"""
EVERY_WISH: dict[str, Any] = {
    **{name: "x" for name in ("sandbox_image", "registry_config_path", "snapshotter", "default_runtime")},
    **{
        name: ["x"]
        for name in ("imports", "disabled_plugins", "required_plugins", "cdi_spec_dirs", "cni_bin_dirs")
    },
    **{"cni_conf_dir": "/x", "root": "/r", "state_dir": "/s", "cdi": False, "systemd_cgroup": True},
    **{"max_concurrent_downloads": 5, "discard_unpacked_layers": True, "oom_score": 1},
    "runtimes": {"runc": {"options": {"SystemdCgroup": True}}},
    "grpc": {
        **{"address": "/s", "uid": 1, "gid": 1, "max_recv_message_size": 1, "max_send_message_size": 1},
        **{"tcp_" + key: "x" for key in ("address", "tls_ca", "tls_cert", "tls_key", "tls_common_name")},
    },
    "metrics": {"address": "x:1"},
    "debug": {"address": "/d", "uid": 1, "gid": 1, "level": "warn", "format": "json"},
}


def test_every_setting_has_a_place_that_containerd_knows_in_version_4() -> None:
    assert {*EVERY_WISH, "proxy_plugins"} == set(LOGICAL)  # whose table is empty as long as there are none
    default = parse_toml(DEFAULT_4, "it")
    for name, value in EVERY_WISH.items():
        patch = patch_for({name: value}, V4)
        assert leaves(patch), name
        assert leaves(patch) <= leaves(default), name
    wished = merged(default, patch_for(EVERY_WISH, V4))
    assert wished["debug"] == {"level": "warn", "format": "json"}
    assert wished["plugins"]["io.containerd.server.v1.grpc-tcp"]["tls_key"] == "x"


def leaves(table: dict[str, Any], above: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    found = set()
    for key, value in table.items():
        found |= leaves(value, (*above, key)) if isinstance(value, dict) and value else {(*above, key)}
    return found


def test_a_key_of_the_daemon_stands_where_its_version_has_it() -> None:
    assert daemon_place(V3, "metrics", "address") == ("metrics", "address")
    assert daemon_place(V4, "metrics", "address") == ("plugins", "io.containerd.server.v1.metrics", "address")
    assert daemon_place(V4, "debug", "level") == ("debug", "level")


def test_what_version_4_moved_elsewhere_and_version_2_has_no_room_for_is_refused() -> None:
    with pytest.raises(Refused, match="metrics.grpc_histogram has no such place in files of version 4"):
        patch_for({"metrics": {"grpc_histogram": True}}, V4)
    with pytest.raises(Refused, match="room for one"):
        patch_for({"cni_bin_dirs": ["/a", "/b"]}, V2)


def test_the_cgroups_of_all_runtimes_of_runc_are_set_but_where_the_user_says_otherwise() -> None:
    kata = {"runtime_type": "io.containerd.kata.v2"}
    there = {"crun": {"runtime_type": RUNC}, "kata": kata}
    data = {**V3, "plugins": {CRI_RUNTIME: {"containerd": {"runtimes": there}}}}
    own = {"runtime_type": RUNC, "options": {"SystemdCgroup": False}}
    patch = patch_for({"runtimes": {"own": own, "kata": None}, "systemd_cgroup": True}, data)
    runtimes = patch["plugins"][CRI_RUNTIME]["containerd"]["runtimes"]
    told = {name: table and table["options"]["SystemdCgroup"] for name, table in runtimes.items()}
    assert told == {"own": False, "kata": None, "runc": True, "crun": True}


def test_runc_and_its_type_are_written_beside_what_would_lose_them_in_version_2() -> None:
    for wish in ({"snapshotter": "s"}, {"runtimes": {"crun": {}}}, {"systemd_cgroup": True}):
        patch = completed(patch_for(wish, V2), V2)
        runtimes = patch["plugins"][CRI]["containerd"]["runtimes"]
        assert {table["runtime_type"] for table in runtimes.values()} == {RUNC}
        assert "runc" in runtimes
    there = {**V2, "plugins": {CRI: {"containerd": {"runtimes": {"runc": {"runtime_type": "x"}}}}}}
    assert (
        "runtimes"
        not in completed(patch_for({"snapshotter": "s"}, there), there)["plugins"][CRI]["containerd"]
    )
    assert "runtime_type" not in str(completed(patch_for({"snapshotter": "s"}, V3), V3))


def test_a_removal_names_keys_whatever_their_values() -> None:
    assert removal_of({"a": {"b": 1, "c": None, "d": {}}}) == {"a": {"b": None, "c": None, "d": None}}


def test_a_file_without_a_version_is_of_version_1() -> None:
    assert [version_of(data) for data in ({}, V2, {"version": "2"})] == [1, 2, 0]


OLD_DUMP = 'version = 2\noom_score = 1\n[plugins."%s"]\nsandbox_image = "p"\n' % CRI
OLD = Verdict("", OLD_DUMP, (), OLD_DUMP)


def test_a_key_is_known_when_the_dump_has_it() -> None:
    data = {
        "oom_score": 1,
        "oops": 1,
        "off": False,
        "plugins": {CRI: {"sandbox_image": "p", "typo": 1}, "x": {"a": 1}},
    }
    paths = [
        ("oom_score",),
        ("oops",),
        ("off",),
        ("plugins", CRI, "sandbox_image"),
        ("plugins", CRI, "typo"),
        ("plugins", "x", "a"),
    ]
    assert unknown_keys(paths, {**V2, **data}, OLD) == ["oops", 'plugins."%s".typo' % CRI, "plugins.x.a"]


def test_the_keys_of_a_disabled_plugin_are_let_pass() -> None:
    data = {**V2, "disabled_plugins": [CRI], "plugins": {CRI: {"any": 1}}}
    assert unknown_keys([("plugins", CRI, "any")], data, OLD) == []


def test_where_the_dump_is_of_another_version_the_warnings_tell() -> None:
    dump = 'version = 3\n[plugins."%s"]\na = 1\n' % CRI_RUNTIME
    warnings = (
        'level=warning msg="Ignoring unknown key" key="containerd typo" plugin=x',
        "level=warning key=oops row=2",
    )
    data = {
        **V2,
        "oops": 1,
        "good": 1,
        "plugins": {CRI: {"containerd": {"typo": 1, "good": 1}}, "foo": {"a": 1}},
    }
    paths = [
        ("oops",),
        ("good",),
        ("plugins", CRI, "containerd", "typo"),
        ("plugins", CRI, "containerd", "good"),
        ("plugins", "foo", "a"),
    ]
    found = unknown_keys(paths, data, Verdict("", dump, warnings, dump))
    assert found == ["oops", 'plugins."%s".containerd.typo' % CRI, "plugins.foo.a"]


def test_a_key_below_a_table_that_is_warned_of_is_unknown_and_one_whose_name_merely_ends_so_is_not() -> None:
    dump = 'version = 3\n[plugins."%s"]\na = 1\n' % CRI_RUNTIME
    paths = [("plugins", CRI, "registry", "config", "x"), ("plugins", CRI, "my_config")]
    data = {**V2, "plugins": {CRI: {"registry": {"config": {"x": 1}}, "my_config": 1}}}
    found = unknown_keys(paths, data, Verdict("", dump, ('level=warning key="registry config"',), dump))
    assert found == ['plugins."%s".registry.config.x' % CRI]
    assert unknown_keys(paths[1:], data, Verdict("", dump, ("level=warning key=config",), dump)) == []


def test_an_option_that_runc_does_not_know_is_found_though_containerd_takes_any() -> None:
    runtimes = {
        "runc": {"runtime_type": RUNC, "options": {"SystemdCgroup": True, "SystemdCgrup": True}},
        "kata": {"runtime_type": "io.containerd.kata.v2", "options": {"ConfigPath": "/c", "Any": 1}},
    }
    data = {**V2, "plugins": {CRI: {"runtimes": runtimes}}}
    dump = (
        'version = 2\n[plugins."%s".runtimes]\nrunc.options = {SystemdCgroup = true, SystemdCgrup = true}\n'
        % CRI
    )
    dump += "kata.options = {Any = 1}\n"
    paths = [
        ("plugins", CRI, "runtimes", *rest)
        for rest in (
            ("runc", "options", "SystemdCgroup"),
            ("runc", "options", "SystemdCgrup"),
            ("kata", "options", "Any"),
        )
    ]
    (found,) = unknown_keys(paths, data, Verdict("", dump, (), dump))
    assert found.endswith("SystemdCgrup")
