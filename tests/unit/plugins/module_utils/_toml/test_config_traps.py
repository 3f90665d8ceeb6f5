# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What containerd takes and does not work with is refused, and what only looks like it is not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._toml.config import (
    CRI,
    CRI_IMAGES,
    CRI_RUNTIME,
    RUNC,
)
from ansible_collections.community.containerd.plugins.module_utils._toml.config_traps import (
    check_imports,
    check_snapshotter,
    check_traps,
)
from ansible_collections.community.containerd.plugins.module_utils._values.config import Verdict
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused

V2, V3 = {"version": 2}, {"version": 3}
MIRRORS = {"config_path": "/c", "mirrors": {"a": {}}}
SNAPSHOTTER = "io.containerd.snapshotter.v1."


def of_cri(**keys: Any) -> dict[str, Any]:
    return {**V2, "plugins": {CRI: keys}}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (of_cri(registry=MIRRORS), "registry.mirrors"),
        (of_cri(registry={"config_path": "/c", "configs": {"a": {"tls": {"x": 1}}}}), "registry.mirrors"),
        (of_cri(registry={"config_path": "/c:d"}), "'/c:d', which is relative"),
        (of_cri(containerd={"default_runtime_name": "none"}), "no runtime 'none'"),
        (of_cri(containerd={"runtimes": {"crun": {}}}), "no runtime 'runc'"),
        (of_cri(containerd={"runtimes": {"runc": {"runtime_type": ""}}}), "runc of no type"),
        (
            of_cri(containerd={"runtimes": {"runc": {"runtime_type": RUNC, "options": {"NoPivotRoot": 1}}}}),
            "NoPivotRoot = 1",
        ),
        (of_cri(sandbox_image="registry.example/pause 1"), "no name of one"),
        (of_cri(stream_idle_timeout="1 hour"), "no duration"),
        ({**V3, "plugins": {CRI_IMAGES: {"image_pull_progress_timeout": "5"}}}, "no duration"),
        ({**V3, "plugins": {CRI_RUNTIME: {"cni": {"bin_dir": "/a", "bin_dirs": ["/a"]}}}}, "bin_dirs"),
        ({**V2, "timeouts": {"a.b": "x"}}, "\"a.b\" = 'x', which is no duration"),
        ({**V2, "imports": ["conf.d/*.toml"]}, "write it as /etc/c/conf.d"),
        ({**V2, "root": "/x", "state": "/x"}, "both root and state"),
        ({**V2, "root": "/run/containerd"}, "both root and state"),
        ({**V2, "state": "x"}, "relative"),
        ({**V2, "grpc": {"address": "/" + 98 * "x"}}, "99 bytes"),
        ({**V2, "oom_score": -1001}, "the kernel"),
        ({**V2, "debug": {"level": "loud"}}, "debug.level = 'loud'"),
        ({**V2, "debug": {"format": "yaml"}}, "debug.format = 'yaml'"),
        ({**V2, "metrics": {"address": "1338"}}, "HOST:PORT"),
        ({**V2, "disabled_plugins": ["a"], "required_plugins": ["b", "a"]}, "a both disabled and required"),
        ({**V2, "proxy_plugins": {"x": {"type": "snapshots", "address": "/x"}}}, "of type 'snapshots'"),
        ({**V2, "proxy_plugins": {"x": {"type": "snapshot"}}}, "without an address"),
    ],
)
def test_what_containerd_does_not_work_with_is_refused(data: dict[str, Any], says: str) -> None:
    with pytest.raises(Refused, match=says):
        check_traps(data, "/etc/c/config.toml")


@pytest.mark.parametrize(
    "data",
    [
        {**V3, "plugins": {CRI_RUNTIME: {"containerd": {"runtimes": {"crun": {}}}}}},
        {**V2, "imports": ["/etc/*.toml", "a.toml"]},
        {**V2, "root": "", "state": "", "grpc": {"address": ""}, "metrics": {"address": ""}},
        {
            **V2,
            "oom_score": -999,
            "debug": {"level": "", "format": "json"},
            "metrics": {"address": "[::1]:1338"},
        },
        {
            **V2,
            "debug": {"level": "Warn"},
            "metrics": {"address": ":1338"},
            "timeouts": {"a": "1h30m", "b": "0"},
        },
        {
            **V2,
            "grpc": {"address": "/" + 97 * "x"},
            "proxy_plugins": {"x": {"type": "diff", "address": "/x"}},
        },
        of_cri(sandbox_image="localhost:5000/a/pause:3.10@sha256:0a", stream_idle_timeout="4h0m0s"),
        of_cri(sandbox_image="pause", registry={"config_path": "/a:/b"}),
        of_cri(
            containerd={"runtimes": {"runc": {"runtime_type": RUNC, "options": {"SystemdCgroup": False}}}}
        ),
        {**V2, "plugins": 1, "imports": 1, "debug": {"level": 1}, "oom_score": "x"},  # containerd tells
    ],
)
def test_what_containerd_works_with_is_not_refused(data: dict[str, Any]) -> None:
    check_traps(data, "it")


DEFAULT = 'version = 2\n[plugins."%snative"]\n[plugins."%soverlayfs"]\n' % (SNAPSHOTTER, SNAPSHOTTER)


def test_pods_have_a_snapshotter_that_is_there() -> None:
    proxy = Verdict("", '[proxy_plugins.stargz]\ntype = "snapshot"\n', (), DEFAULT)
    for name in ("native", "stargz"):
        check_snapshotter(of_cri(containerd={"snapshotter": name}), "it", proxy)
    with pytest.raises(Refused, match="'none', which this containerd has not; name one of native, overlayfs"):
        check_snapshotter(of_cri(containerd={"snapshotter": "none"}), "it", proxy)
    off = {"disabled_plugins": [SNAPSHOTTER + "overlayfs"]}
    with pytest.raises(Refused, match="would disable the snapshotter overlayfs"):
        check_snapshotter({**V2, **off}, "it", proxy)
    check_snapshotter({**V2, "disabled_plugins": [SNAPSHOTTER + "overlayfs", CRI]}, "it", proxy)


def imports(default: int, there: dict[str, Any]) -> Verdict:
    return Verdict("", "", (), "version = %d\n" % default, {"/d.toml": there})


def test_a_further_file_takes_nothing_away() -> None:
    pause = ("plugins", CRI, "sandbox_image")
    other = of_cri(stream_idle_timeout="1h")
    with pytest.raises(Refused, match="of version 3 and not 2"):
        check_imports([], V2, "it", imports(3, V3))
    with pytest.raises(Refused, match="takes the whole table .* from /d.toml; write the setting there"):
        check_imports([(pause, "p:1")], V2, "it", imports(2, other))
    check_imports([(pause, "p:1")], V2, "it", imports(3, other))  # containerd 2 merges them
    check_imports([(pause, None), (("oom_score",), 1)], V2, "it", imports(2, other))
    with pytest.raises(Refused, match="oom_score would have no effect in it, since /d.toml"):
        check_imports([(("oom_score",), 1)], V3, "it", imports(3, {**V3, "oom_score": 2}))
    check_imports([(("oom_score",), 2)], V3, "it", imports(3, {**V2, "oom_score": 2}))
    check_imports([(("imports",), ["/d.toml"])], V3, "it", imports(3, {"imports": ["/e.toml"]}))  # a union
