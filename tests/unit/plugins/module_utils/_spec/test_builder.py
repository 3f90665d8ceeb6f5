# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a wish and an image make of a spec."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._spec.builder import build_spec
from ansible_collections.community.containerd.plugins.module_utils._values.container import (
    Host,
    Identity,
    Mount,
    SpecWish,
)
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

IMAGE = MappingProxyType(
    {
        "Entrypoint": ["/entry"],
        "Cmd": ["serve"],
        "Env": ["PATH=/bin", "COLOUR=red", "EMPTY="],
        "WorkingDir": "/srv",
    }
)
ROOT = Identity(0, 0, (0,))


def spec_of(wish: SpecWish, image: Any = IMAGE, host: Host | None = None) -> dict[str, Any]:
    return build_spec(wish, {"config": image}, ROOT, namespace="apps", container_id="web", host=host)


@pytest.mark.parametrize(
    ("entrypoint", "command", "args"),
    [
        (None, None, ["/entry", "serve"]),
        (None, ("test",), ["/entry", "test"]),
        (None, (), ["/entry"]),
        (("/other",), None, ["/other"]),
        (("/other",), ("test",), ["/other", "test"]),
        ((), ("test",), ["test"]),
    ],
)
def test_args_follow_the_rule_of_docker(entrypoint: Any, command: Any, args: list[str]) -> None:
    assert spec_of(SpecWish(entrypoint=entrypoint, command=command))["process"]["args"] == args


@pytest.mark.parametrize(
    ("image", "wish"),
    [({}, SpecWish()), (None, SpecWish()), (IMAGE, SpecWish(entrypoint=())), ({"Cmd": None}, SpecWish())],
)
def test_nothing_to_run_is_refused_with_a_remedy(image: Any, wish: SpecWish) -> None:
    with pytest.raises(Refused, match="set command"):
        spec_of(wish, image)


def test_variables_of_the_user_replace_those_of_the_image_in_place() -> None:
    env = spec_of(SpecWish(env={"NEW": "1=2", "COLOUR": "blue"}))["process"]["env"]
    assert env == ["PATH=/bin", "COLOUR=blue", "EMPTY=", "NEW=1=2"]


def test_an_image_without_variables_gets_a_path() -> None:
    env = spec_of(SpecWish(command=("x",)), {})["process"]["env"]
    assert env == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]


@pytest.mark.parametrize(
    ("said", "image", "cwd"),
    [
        (None, {"WorkingDir": "/srv"}, "/srv"),
        (None, {}, "/"),
        (None, {"WorkingDir": "srv"}, "/srv"),
        ("/tmp", {"WorkingDir": "/srv"}, "/tmp"),
    ],
)
def test_the_working_directory_is_the_users_or_the_images(said: Any, image: Any, cwd: str) -> None:
    assert spec_of(SpecWish(command=("x",), working_dir=said), image)["process"]["cwd"] == cwd


def test_a_relative_working_directory_of_the_user_is_refused() -> None:
    with pytest.raises(Refused, match="begin working_dir with /"):
        spec_of(SpecWish(working_dir="srv"))


def test_a_terminal_has_a_type() -> None:
    process = spec_of(SpecWish(tty=True))["process"]
    assert process["terminal"] is True
    assert process["env"][-1] == "TERM=xterm"


def test_the_users_terminal_type_stays() -> None:
    env = spec_of(SpecWish(tty=True, env={"TERM": "vt100"}))["process"]["env"]
    assert [entry for entry in env if entry.startswith("TERM=")] == ["TERM=vt100"]


def test_what_nobody_asked_for_is_not_in_the_spec() -> None:
    spec = spec_of(SpecWish())
    assert {"hostname", "annotations"}.isdisjoint(spec)
    assert "terminal" not in spec["process"]
    assert "readonly" not in spec["root"]


def test_the_cgroup_is_named_after_namespace_and_id() -> None:
    assert spec_of(SpecWish())["linux"]["cgroupsPath"] == "/apps/web"


def test_user_hostname_annotations_and_read_only_arrive() -> None:
    wish = SpecWish(hostname="web1", annotations={"a": "b"}, read_only=True)
    spec = build_spec(wish, {"config": IMAGE}, Identity(5, 6, (6, 7)), namespace="n", container_id="c")
    assert spec["process"]["user"] == {"uid": 5, "gid": 6, "additionalGids": [6, 7]}
    assert (spec["hostname"], spec["annotations"], spec["root"]["readonly"]) == ("web1", {"a": "b"}, True)


def test_host_network_brings_the_hosts_names() -> None:
    spec = spec_of(SpecWish(network_mode="host"), host=Host("node1", ()))
    assert "network" not in [item["type"] for item in spec["linux"]["namespaces"]]
    assert [mount["destination"] for mount in spec["mounts"][-2:]] == ["/etc/hosts", "/etc/resolv.conf"]
    assert all(mount["options"] == ["rbind", "ro"] for mount in spec["mounts"][-2:])
    assert spec["process"]["env"][-1] == "HOSTNAME=node1"


def test_host_network_leaves_the_users_own_host_name() -> None:
    spec = spec_of(SpecWish(network_mode="host", env={"HOSTNAME": "mine"}), host=Host("node1", ()))
    assert [entry for entry in spec["process"]["env"] if "HOSTNAME" in entry] == ["HOSTNAME=mine"]


def test_host_network_leaves_the_users_own_hosts_file() -> None:
    mine = Mount("/etc/hosts", "bind", "/srv/hosts", ("rbind",))
    spec = spec_of(SpecWish(network_mode="host", mounts=(mine,)))
    assert [m["source"] for m in spec["mounts"] if m["destination"] == "/etc/hosts"] == ["/srv/hosts"]


def test_a_network_namespace_can_be_joined() -> None:
    spec = spec_of(SpecWish(network_mode="ns:/run/netns/blue"))
    assert {"type": "network", "path": "/run/netns/blue"} in spec["linux"]["namespaces"]


@pytest.mark.parametrize("mode", ["bridge", "ns:", "ns:blue"])
def test_another_network_mode_is_refused(mode: str) -> None:
    with pytest.raises(Refused):
        spec_of(SpecWish(network_mode=mode))


def test_a_bind_mount_without_the_option_gets_it() -> None:
    spec = spec_of(SpecWish(mounts=(Mount("/data", "bind", "/srv/data", ("ro",)),)))
    assert spec["mounts"][-1]["options"] == ["rbind", "ro"]


def test_a_mount_takes_the_place_of_the_default_one() -> None:
    spec = spec_of(SpecWish(mounts=(Mount("/run/", "tmpfs", "", ("size=1m",)),)))
    runs = [mount for mount in spec["mounts"] if mount["destination"].startswith("/run")]
    assert runs == [{"destination": "/run/", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m"]}]


def test_privileged_masks_nothing_and_takes_what_the_host_has() -> None:
    device = {"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229}
    spec = spec_of(SpecWish(privileged=True), host=Host("node1", ("CAP_SYS_ADMIN",), (device,)))
    linux, process = spec["linux"], spec["process"]
    assert {"maskedPaths", "readonlyPaths"}.isdisjoint(linux)
    assert linux["resources"]["devices"] == [{"allow": True, "access": "rwm"}]
    assert linux["devices"] == [device]
    assert process["capabilities"] == {
        kind: ["CAP_SYS_ADMIN"] for kind in ("bounding", "effective", "permitted")
    }
    assert next(m for m in spec["mounts"] if m["type"] == "sysfs")["options"][-1] == "rw"


def test_each_spec_is_made_anew() -> None:
    spec_of(SpecWish())["mounts"][0]["options"].append("spoilt")
    assert "spoilt" not in spec_of(SpecWish())["mounts"][0]["options"]
