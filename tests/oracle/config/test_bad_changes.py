# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad changes to config.toml, of every kind that can be seen before a start: each is refused in one sentence.

All but those of the file itself and of its name were tried on 1.6, 1.7 and 2.1: without the refusal the daemon would
not start, its CRI plugin would not, pods would fail later, or a setting would silently have no effect. What only a
start shows is in the scenario "mistakes" of the role, which puts the old file back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._values.errors import Failure
from ansible_collections.community.containerd.tests.oracle.config.configured import Configured

CRI = "io.containerd.grpc.v1.cri"
CRI_IMAGES = "io.containerd.cri.v1.images"
CRI_RUNTIME = "io.containerd.cri.v1.runtime"
RUNC = "io.containerd.runc.v2"


def plugin(name: str, **keys: Any) -> dict[str, Any]:
    return {"settings": {"plugins": {name: keys}}}


def cri(**keys: Any) -> dict[str, Any]:
    return plugin(CRI, **keys)


def runc(**keys: Any) -> dict[str, Any]:
    return {"runtimes": {"runc": keys}}


# By name: the options, and words of the sentence. These are for a file of version 2, which all three read.
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    # Names that containerd does not know, and mostly ignores.
    "an unknown key at the top": ({"settings": {"nonsense": 1}}, "knows no nonsense"),
    "an unknown key of a table": ({"settings": {"debug": {"levl": "x"}}}, "knows no debug.levl"),
    "an unknown key of a plugin": (cri(typo=1), "knows no .*typo"),
    "an unknown table in a plugin": (
        cri(registry={"config": {"docker.io": {"endpoint": ["x"]}}}),
        "knows no .*config",
    ),
    "an unknown plugin": (plugin("io.containerd.nonesuch.v1.x", a=1), "knows no .*nonesuch"),
    "a plugin by its short name": (
        plugin("cri", sandbox_image="p:1"),
        "knows no plugins.cri|invalid plugin key",
    ),
    "an unknown option of runc": (runc(options={"SystemdCgrup": True}), "knows no .*SystemdCgrup"),
    "a setting of another place": (cri(snapshotter="native"), "knows no .*snapshotter"),
    # Values of another type.
    "text for a number": ({"settings": {"oom_score": "x"}}, "does not start with"),
    "a fraction for a number": ({"settings": {"oom_score": 1.5}}, "does not start with"),
    "text for a number of a table": ({"grpc": {"gid": "x"}}, "does not start with"),
    "text for a number of a plugin": (cri(max_concurrent_downloads="five"), "does not start with"),
    "text for a list": ({"settings": {"imports": "x"}}, "does not start with"),
    "a number for all plugins": ({"settings": {"plugins": 5}}, "does not start with"),
    "text for a table": ({"settings": {"debug": "x"}}, "does not start with"),
    "a number for a runtime": ({"runtimes": {"runc": 5}}, "does not start with"),
    "text for a flag of runc": (
        runc(options={"SystemdCgroup": "yes"}),
        "SystemdCgroup = 'yes' .* pods would fail",
    ),
    # Values that cannot be.
    "an unknown level of the log": ({"debug": {"level": "lots"}}, "debug.level = 'lots'"),
    "an unknown format of the log": ({"debug": {"format": "xml"}}, "debug.format = 'xml'"),
    "metrics without a port": ({"metrics": {"address": "localhost"}}, "metrics.address = 'localhost'"),
    "a score beyond the kernel's": ({"oom_score": 5000}, "oom_score = 5000"),
    "no duration for collecting": (
        plugin("io.containerd.gc.v1.scheduler", schedule_delay="soon"),
        "does not start with",
    ),
    "no duration for streams": (cri(stream_idle_timeout="long"), "'long', which is no duration"),
    "no duration for tasks": (
        {"settings": {"timeouts": {"io.containerd.timeout.task.state": "soon"}}},
        "'soon', which is no duration",
    ),
    "a pause image that is no name": ({"sandbox_image": "Not An Image"}, "no name of one"),
    "no pause image": ({"sandbox_image": ""}, "no name of one"),
    # Places.
    "root as state": ({"root": "/srv/c", "state_dir": "/srv/c"}, "both root and state"),
    "a relative root": ({"root": "some/where"}, "root = 'some/where', which is relative"),
    "a relative socket": ({"grpc": {"address": "c.sock"}}, "grpc.address = 'c.sock', which is relative"),
    "a socket of a long name": ({"grpc": {"address": "/run/" + 120 * "x"}}, "a grpc.address of 125 bytes"),
    "a relative directory of registries": (
        {"registry_config_path": "certs.d"},
        "'certs.d', which is relative",
    ),
    "two directories for CNI": ({"cni_bin_dirs": ["/a", "/b"]}, "room for one directory"),
    # What does not go together, or is not there.
    "a plugin disabled and required": (
        {"disabled_plugins": [CRI], "required_plugins": [CRI]},
        "both disabled and required",
    ),
    "a plugin disabled by its short name": ({"disabled_plugins": ["cri"]}, "does not start with"),
    "the snapshotter of pods disabled": (
        {"snapshotter": "native", "disabled_plugins": ["io.containerd.snapshotter.v1.native"]},
        "would disable the snapshotter native",
    ),
    "an unknown snapshotter": ({"snapshotter": "nonesuch"}, "the snapshotter 'nonesuch'"),
    "an unknown default runtime": ({"default_runtime": "nonesuch"}, "no runtime 'nonesuch'"),
    "a runtime of no type": (runc(runtime_type=""), "a runtime runc of no type"),
    "a proxy plugin of an unknown type": (
        {"proxy_plugins": {"x": {"type": "nonsense", "address": "/run/x.sock"}}},
        "a proxy plugin x of type 'nonsense'",
    ),
    "a proxy plugin without an address": (
        {"proxy_plugins": {"x": {"type": "snapshot"}}},
        "without an address",
    ),
    "mirrors beside their successor": (
        {
            "registry_config_path": "/etc/containerd/certs.d",
            **cri(registry={"mirrors": {"docker.io": {"endpoint": ["https://m.example"]}}}),
        },
        "would have registry.mirrors",
    ),
    "certificates beside their successor": (
        {
            "registry_config_path": "/etc/containerd/certs.d",
            **cri(registry={"configs": {"r.example": {"tls": {"ca_file": "/ca.pem"}}}}),
        },
        "would have registry.mirrors",
    ),
    # Further files.
    "an import that is not there": ({"imports": ["/none.toml"]}, "imports /none.toml, which does not exist"),
    "an import from nowhere": ({"imports": ["conf.d/*.toml"]}, "below its working directory"),
    "an import that is a directory": ({"imports": ["{place}"]}, "does not start with"),
    "an import that is no TOML": ({"imports": ["{place}/broken.toml"]}, "does not start with"),
    "an import of another version": (
        {"imports": ["{place}/newer*.toml"]},
        "of version 3 and not 2|unsupported config version",
    ),
    "an import that says otherwise": (
        {"imports": ["{place}/pause.toml"], "sandbox_image": "p.example/pause:2"},
        "sandbox_image would have no effect",
    ),
    # The version.
    "a version that the file has not": ({"config_version": "3"}, "is of version 2, not 3"),
    "a version among the settings": ({"settings": {"version": 3}}, "another meaning"),
}

# And for one of version 3, where it has other places.
CHANGES_3: dict[str, tuple[dict[str, Any], str]] = {
    "text for a number of a plugin": (plugin(CRI_IMAGES, stats_collect_period="x"), "does not start with"),
    "no duration for pulls": (plugin(CRI_IMAGES, image_pull_progress_timeout="long"), "no duration"),
    "a setting of version 2": (cri(sandbox_image="p:1"), "knows no .*sandbox_image"),
    "one directory for CNI beside many": (
        plugin(CRI_RUNTIME, cni={"bin_dir": "/a"}),
        "both bin_dir and bin_dirs",
    ),
    "the snapshotter of pods disabled": (
        {"disabled_plugins": ["io.containerd.snapshotter.v1.native"]},
        "would disable the snapshotter native",
    ),
    "an unknown default runtime": ({"default_runtime": "nonesuch"}, "no runtime 'nonesuch'"),
    "mirrors beside their successor": (
        plugin(CRI_IMAGES, registry={"mirrors": {"docker.io": {"endpoint": ["https://m.example"]}}}),
        "would have registry.mirrors",
    ),
    "an import of another version": (
        {"imports": ["{place}/future*.toml"]},
        "of version 4 and not 3|equal to or less than",
    ),
    "an import that says otherwise": (
        {"imports": ["{place}/pause.toml"], "oom_score": 5},
        "oom_score would have no effect",
    ),
    "a version that the file has not": ({"config_version": "4"}, "is of version 3, not 4"),
}

FILES = {
    "future.toml": "version = 4\n",
    "broken.toml": "version = 2\nx = [\n",
    "newer.toml": "version = 3\noom_score = 1\n",
    "pause.toml": f'version = 2\noom_score = 6\n[plugins."{CRI}"]\nsandbox_image = "p.example/pause:1"\n',
}

# Files that are there, and nothing can be put into.
BROKEN = {
    "a key twice": ("version = 2\na = 1\na = 2\n", "not valid TOML"),
    "a table twice": ("version = 2\n[debug]\n[debug]\n", "not valid TOML"),
    "no end of a text": ('version = 2\nroot = "x\n', "not valid TOML"),
    "no version": (f'[plugins."{CRI}"]\nsandbox_image = "p:1"\n', "is of version 1"),
    "a version in quotes": ('version = "2"\n', "is of version 0"),
    "a version of the future": ("version = 5\n", "is of version 5"),
}
NEXT_VERSION = {"1.6": "3", "1.7": "3", "2.1": "4"}


def refusal(configured: Configured, path: Path, **said: Any) -> str:
    """The sentence with which it was refused; the file has every byte it had, and nothing lies beside it."""
    before, beside = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(Failure) as failure:
        configured.change(path, **said)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == beside
    sentence = str(failure.value)
    assert sentence.isprintable() and sentence.count("; ") == 1, sentence
    return sentence


def filled(value: Any, place: Path) -> Any:
    if isinstance(value, dict):
        return {key: filled(item, place) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, place) for item in value]
    return value.replace("{place}", str(place)) if isinstance(value, str) else value


def test_no_bad_change_gets_into_the_file_and_the_daemon_goes_on(
    configured: Configured, tmp_path: Path
) -> None:
    daemon = configured.daemon
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    pid = daemon.pid
    changes = CHANGES if configured.wish["config_version"] == "2" else CHANGES_3
    said = {
        name: refusal(configured, daemon.config, **filled(change, tmp_path))
        for name, (change, _words) in changes.items()
    }
    wrong = {
        name: said[name] for name, (_change, words) in changes.items() if not re.search(words, said[name])
    }
    assert not wrong
    assert (daemon.pid, daemon.is_serving()) == (pid, True)


def test_no_file_that_is_broken_is_made_worse(configured: Configured, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for name, (text, words) in BROKEN.items():
        path.write_text(text)
        assert re.search(words, refusal(configured, path, oom_score=1)), name
    path.write_text("# nothing yet\n")
    said = refusal(configured, path, oom_score=1, config_version=NEXT_VERSION[configured.daemon.version])
    assert "reads files up to version" in said
