# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every logical setting is in force in the daemon that runs on the file: by what it says of itself, or what it does."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from ansible_collections.community.containerd.plugins.module_utils._toml.config import LOGICAL
from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry, layer
from ansible_collections.community.containerd.tests.lab.processes import run
from ansible_collections.community.containerd.tests.oracle.config.configured import Configured
from ansible_collections.community.containerd.tests.oracle.config.pods import Pods

DELAY_S = 0.3
SNAPSHOTTER = "io.containerd.snapshotter.v1"


class Running:
    """A daemon with an image, and its pause image, which came as the registry was asked for them."""

    def __init__(self, configured: Configured, pods: Pods, registry: LyingRegistry) -> None:
        self.daemon, self.pods, self.registry = configured.daemon, pods, registry
        self.wish = configured.wish
        self.layers = [layer({f"file{number}": os.urandom(1000)}) for number in range(3)]
        registry.add("team/app", "1", layers=tuple(self.layers))
        registry.add("pause", "7", layers=(layer({"pause": b""}),))
        for each in self.layers:
            registry.lie(each.digest, delay_s=DELAY_S)
        for host in ("images.example", "pause.example"):
            directory = self.daemon.home / "certs.d" / host
            directory.mkdir(parents=True)
            (directory / "hosts.toml").write_text(f'[host]\n[host."{registry.url}"]\n')
        pods.pull("images.example/team/app:1")
        pods.pull(self.wish["sandbox_image"])
        self.cri = pods.config()
        self.runtimes = self.cri["containerd"]["runtimes"]
        rows = (line.split() for line in self.daemon.ctr("plugins", "list").splitlines()[1:] if line.strip())
        self.plugins = {f"{row[0]}.{row[1]}": row[-1] for row in rows}
        program = str(self.daemon.bin / "containerd")
        self.dump = run([program, "--config", str(self.daemon.config), "config", "dump"])

    def gaps(self) -> list[float]:
        """Between the layers, as they were asked for."""
        at = sorted(self.registry.calls(each.digest)[0].at for each in self.layers)
        return [later - earlier for earlier, later in zip(at, at[1:], strict=False)]

    def has_layers(self) -> bool:
        content = self.daemon.ctr("content", "list", "--quiet", namespace="k8s.io")
        return any(each.digest in content for each in self.layers)


def discards_layers(running: Running) -> bool:
    modules.wait_until(lambda: not running.has_layers(), "the layers are gone")
    return True


def serves_metrics(running: Running) -> bool:
    with urlopen(f"http://{running.wish['metrics']['address']}/v1/metrics", timeout=10) as answer:
        return b"containerd_build_info" in answer.read()


def is_in_use(path: Path, name: str) -> bool:
    return (path / name).exists()


# By option: whether it is in force.
EVIDENCE: dict[str, Callable[[Running], Any]] = {
    "systemd_cgroup": lambda it: all(each["options"]["SystemdCgroup"] for each in it.runtimes.values()),
    "sandbox_image": lambda it: (
        it.cri.get("sandboxImage") == it.wish["sandbox_image"] or it.wish["sandbox_image"] in it.pods.pinned()
    ),
    "registry_config_path": lambda it: it.registry.calls("/v2/team/app/manifests/1"),
    "snapshotter": lambda it: it.pods.image_directory() == str(it.daemon.root / f"{SNAPSHOTTER}.native"),
    "default_runtime": lambda it: it.cri["containerd"]["defaultRuntimeName"] == "crun",
    "runtimes": lambda it: (
        it.runtimes["crun"]["options"]["BinaryName"] == "/usr/bin/crun" and "runc" in it.runtimes
    ),
    "max_concurrent_downloads": lambda it: min(it.gaps()) >= DELAY_S,
    "discard_unpacked_layers": discards_layers,
    "cdi": lambda it: it.cri["enableCDI"] is it.wish["cdi"],
    "cdi_spec_dirs": lambda it: it.cri["cdiSpecDirs"] == it.wish["cdi_spec_dirs"],
    "cni_conf_dir": lambda it: it.cri["cni"]["confDir"] == it.wish["cni_conf_dir"],
    "cni_bin_dirs": lambda it: (
        it.wish["cni_bin_dirs"] in (it.cri["cni"].get("binDirs"), [it.cri["cni"]["binDir"]])
    ),
    "imports": lambda it: f"{SNAPSHOTTER}.devmapper" not in it.plugins,
    "disabled_plugins": lambda it: (
        f"{SNAPSHOTTER}.btrfs" not in it.plugins and f"{SNAPSHOTTER}.native" in it.plugins
    ),
    # That a daemon does not start without one is shown on hosts; it says no more of it while it runs.
    "required_plugins": lambda it: re.search(r"required_plugins = \[.io.containerd.grpc.v1.cri.\]", it.dump),
    "grpc": lambda it: it.cri["containerdEndpoint"] == it.daemon.address,
    "metrics": serves_metrics,
    "debug": lambda it: "level=debug" in it.daemon.log.read_text(),
    "oom_score": lambda it: Path(f"/proc/{it.daemon.pid}/oom_score_adj").read_text().strip() == "7",
    "root": lambda it: is_in_use(it.daemon.root, "io.containerd.metadata.v1.bolt/meta.db"),
    "state_dir": lambda it: is_in_use(it.daemon.state, "io.containerd.runtime.v2.task"),
    "proxy_plugins": lambda it: it.plugins.get(f"{SNAPSHOTTER}.far") == "ok",
}


def test_every_setting_is_in_force_in_the_daemon_that_runs(configured: Configured) -> None:
    assert set(EVIDENCE) == set(LOGICAL)
    with Pods(configured.daemon.address) as pods, LyingRegistry() as registry:
        running = Running(configured, pods, registry)
        wanting = [name for name in LOGICAL if name in configured.wish and not EVIDENCE[name](running)]
    assert not wanting
    assert set(LOGICAL) - set(configured.wish) == (
        {"cdi", "cdi_spec_dirs"} if configured.daemon.version == "1.6" else set()
    )


def test_the_running_daemon_is_asked_for_nothing_more(configured: Configured) -> None:
    again = configured.change(**configured.wish)
    assert not again.changed
    assert not again.values["restart_required"]
