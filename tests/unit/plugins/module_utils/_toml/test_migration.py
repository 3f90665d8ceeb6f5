# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of version 2 as those of version 3."""

from __future__ import annotations

import pytest

from ansible_collections.community.containerd.plugins.module_utils._toml.document import parse_toml
from ansible_collections.community.containerd.plugins.module_utils._toml.migration import (
    migrated,
    with_version,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

OLD = """\
# by hand
version = 2 # old
disabled_plugins = ["io.containerd.internal.v1.restart", "io.containerd.grpc.v1.cri"]

# for pods
[plugins."io.containerd.grpc.v1.cri"] # the "CRI" [plugin]
  enable_selinux = true
  # the pause image
  # of ours
  sandbox_image = "p:1" # pinned
  max_concurrent_downloads = 5
  stream_server_port = "1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/b" # ours
    conf_dir = "/c"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native" # kept
    default_runtime_name = "crun"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun]
      runtime_type = "io.containerd.runc.v2"
      sandbox_mode = "podsandbox"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.crun.options]
        BinaryName = "/crun" # the binary
  # registries
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/certs.d"

[plugins."io.containerd.monitor.v1.cgroups"]
  no_prometheus = true

# the end
[debug]
  level = "info"
"""

NEW = """\
# by hand
version = 3 # old
disabled_plugins = ["io.containerd.monitor.container.v1.restart", "io.containerd.grpc.v1.cri"]

# for pods
[plugins."io.containerd.cri.v1.runtime"] # the "CRI" [plugin]
  enable_selinux = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/b"] # ours
    conf_dir = "/c"
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "crun"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.crun]
      runtime_type = "io.containerd.runc.v2"
      sandboxer = "podsandbox"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.crun.options]
        BinaryName = "/crun" # the binary
  # registries
  [plugins."io.containerd.cri.v1.images".registry]
    config_path = "/certs.d"
"""


def test_nothing_is_lost_and_comments_move_with_their_keys() -> None:
    found = migrated(OLD, "it")
    assert found.startswith(NEW)
    assert '  # the pause image\n  # of ours\n  sandbox = "p:1" # pinned\n' in found
    assert 'snapshotter = "native" # kept\n' in found
    plugins = parse_toml(found, "it")["plugins"]
    images = plugins["io.containerd.cri.v1.images"]
    assert images["pinned_images"] == {"sandbox": "p:1"}
    assert images["snapshotter"] == "native"
    assert plugins["io.containerd.transfer.v1.local"] == {"max_concurrent_downloads": 5}
    assert plugins["io.containerd.grpc.v1.cri"] == {"stream_server_port": "1"}
    assert plugins["io.containerd.monitor.task.v1.cgroups"] == {"no_prometheus": True}
    assert sorted(comments(found)) == sorted(comments(OLD))


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


@pytest.mark.parametrize(
    "text",
    [
        '[plugins."io.containerd.grpc.v1.cri"]\ncontainerd = { snapshotter = "s" }\n',
        '[plugins."io.containerd.runtime.v2.task"]\nsched_core = true\n',
    ],
)
def test_a_form_that_cannot_be_moved_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="; write"):
        migrated("version = 2\n" + text, "it")


def test_dotted_keys_move_too() -> None:
    found = migrated('version = 2\n[plugins]\n"io.containerd.grpc.v1.cri".sandbox_image = "p"\n', "it")
    images = {"io.containerd.cri.v1.images": {"pinned_images": {"sandbox": "p"}}}
    assert parse_toml(found, "it") == {"version": 3, "plugins": images}


def test_two_numbers_of_downloads_stay_two() -> None:
    text = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nmax_concurrent_downloads = 5\n'
    text += '[plugins."io.containerd.transfer.v1.local"]\nmax_concurrent_downloads = 3\n'
    plugins = parse_toml(migrated(text, "it"), "it")["plugins"]
    assert plugins["io.containerd.cri.v1.images"] == {"max_concurrent_downloads": 5}
    assert plugins["io.containerd.transfer.v1.local"] == {"max_concurrent_downloads": 3}


def test_the_number_of_downloads_stays_with_the_plugin_that_fetches_by_itself() -> None:
    text = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nmax_concurrent_downloads = 5\n'
    text += '[plugins."io.containerd.grpc.v1.cri".containerd]\ndiscard_unpacked_layers = true\n'
    plugins = parse_toml(migrated(text, "it"), "it")["plugins"]
    images = {"max_concurrent_downloads": 5, "discard_unpacked_layers": True}
    assert plugins["io.containerd.cri.v1.images"] == images
    assert "io.containerd.transfer.v1.local" not in plugins


def test_a_key_under_both_its_names_is_refused() -> None:
    text = 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "a"\n'
    text += '[plugins."io.containerd.cri.v1.images".pinned_images]\nsandbox = "b"\n'
    with pytest.raises(Refused, match="old and its new name; remove"):
        migrated(text, "it")


def test_a_file_of_no_plugins_stays_as_it_is_but_for_its_version() -> None:
    assert migrated("# x\nversion = 2\noom_score = 1", "it") == "# x\nversion = 3\noom_score = 1"


def test_a_file_without_a_version_gets_one_and_the_long_name_of_cri() -> None:
    text = '# stub\n\ndisabled_plugins = ["cri"]\n'
    wanted = '# stub\n\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\nversion = 2\n'
    assert with_version(text, "it") == wanted
