# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules that write configuration, killed at any point, or on a full disk: the old file or the new one, no third."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.faults.dying import deaths
from ansible_collections.community.containerd.tests.faults.test_full_disks import fill, small_disk
from ansible_collections.community.containerd.tests.lab.daemon import Daemon

OLD_HOSTS = '# by hand\n[host."https://old.example"]\n'
OLD_CONFIG = """\
version = 2
[plugins."io.containerd.grpc.v1.cri".registry.mirrors."registry.example"]
  endpoint = ["https://mirror.example"]
"""


class Files:
    """A directory of configuration, and what modules are told about it."""

    def __init__(self, place: Path, daemon: Daemon) -> None:
        self.place, self.certs_d, self.config = place, place / "certs.d", place / "config.toml"
        self.hosts = self.certs_d / "registry.example" / "hosts.toml"
        program = str(daemon.bin / "containerd")
        where = {"config_path": str(self.certs_d), "config_file": str(self.config), "executable": program}
        self.registry = {"host": "registry.example", "mirrors": [{"url": "https://new.example"}], **where}
        self.migration = {
            "path": str(self.config),
            "executable": program,
            "address": str(place / "none.sock"),
            "registry_config_path": str(self.certs_d),
            "migrate_registry_mirrors": True,
        }

    def prepare(self, has_hosts: bool) -> None:
        shutil.rmtree(self.certs_d, ignore_errors=True)
        self.certs_d.mkdir()
        self.config.write_text(OLD_CONFIG)
        if has_hosts:
            self.hosts.parent.mkdir()
            self.hosts.write_text(OLD_HOSTS)

    def names(self) -> list[str]:
        """All that is there but what modules use while they work, which the next one takes over."""
        found = (str(path.relative_to(self.place)) for path in self.place.rglob("*"))
        return sorted(name for name in found if ".ctr-" not in name)


@pytest.fixture
def files(tmp_path: Path, newest: Daemon) -> Files:
    (tmp_path / "etc").mkdir()
    return Files(tmp_path / "etc", newest)


BARE = ["certs.d", "config.toml"]
ALL = ["certs.d", "certs.d/registry.example", "certs.d/registry.example/hosts.toml", "config.toml"]


def run(module: str, wish: dict[str, Any]) -> modules.Result:
    return modules.Running(module, wish, {}).wait()


def converges(files: Files, module: str, wish: dict[str, Any]) -> None:
    """The next run does what is left to do, and nothing is there but the files."""
    modules.done(run(module, wish))
    assert sorted(str(path.relative_to(files.place)) for path in files.place.rglob("*")) == ALL


@pytest.mark.parametrize("has_hosts", [True, False], ids=["replaced", "new"])
def test_hosts_are_the_old_ones_or_the_new_ones_wherever_the_module_is_killed(
    files: Files, tmp_path: Path, has_hosts: bool
) -> None:
    files.prepare(has_hosts)
    seen = []
    for _killed in deaths(tmp_path / "hooks", files.place, "containerd_registry", **files.registry):
        # A directory without its file would hide _default from containerd.
        assert files.names() in ([ALL] if has_hosts else [BARE, ALL])
        seen.append(files.hosts.read_text() if files.hosts.exists() else "")
        converges(files, "containerd_registry", files.registry)
        files.prepare(has_hosts)
    new = seen[-1]
    assert len(seen) > 2 and "https://new.example" in new
    assert set(seen) == {OLD_HOSTS if has_hosts else "", new}
    assert files.config.read_text() == OLD_CONFIG


def test_mirrors_are_told_in_one_file_or_the_other_wherever_their_migration_is_killed(
    files: Files, tmp_path: Path
) -> None:
    files.prepare(has_hosts=False)
    seen = []
    for _killed in deaths(tmp_path / "hooks", files.place, "containerd_config", **files.migration):
        config, has_hosts = files.config.read_text(), files.hosts.exists()
        seen.append((config == OLD_CONFIG, has_hosts and "https://mirror.example" in files.hosts.read_text()))
        assert files.names() == (ALL if has_hosts else BARE)
        converges(files, "containerd_config", files.migration)
        assert "registry.mirrors" not in files.config.read_text()
        files.prepare(has_hosts=False)
    assert dict.fromkeys(seen) == dict.fromkeys([(True, False), (True, True), (False, True)])


@pytest.mark.parametrize("has_hosts", [True, False], ids=["replaced", "new"])
def test_a_full_disk_leaves_the_old_files_and_no_others(files: Files, has_hosts: bool) -> None:
    with small_disk(files.place, 1):
        files.prepare(has_hosts)
        hog = fill(files.place)
        for module, wish in (("containerd_registry", files.registry), ("containerd_config", files.migration)):
            if has_hosts and module == "containerd_config":
                continue  # they contradict each other, which is another error
            modules.complaint(run(module, {**wish, "backup": True}), "refused")
            said = modules.complaint(run(module, wish), "refused")
            assert "No space left on device" in said and "free some space" in said
            left = sorted(str(path.relative_to(files.place)) for path in files.place.rglob("*"))
            assert left == sorted([hog.name, *(ALL if has_hosts else BARE)])
            assert files.config.read_text() == OLD_CONFIG
            assert not has_hosts or files.hosts.read_text() == OLD_HOSTS
        hog.unlink()
        converges(files, "containerd_registry", files.registry)
        assert not run("containerd_registry", files.registry).changed
