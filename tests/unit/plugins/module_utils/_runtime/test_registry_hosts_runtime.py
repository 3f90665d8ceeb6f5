# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verbs for a registry's hosts, over real files and a program that stands for containerd."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.registry_config import use_of
from ansible_collections.community.containerd.plugins.module_utils._runtime.registry_hosts import (
    RegistryHostsRuntime,
)
from ansible_collections.community.containerd.plugins.module_utils._values.config import ConfigUse
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Missing, Refused
from ansible_collections.community.containerd.plugins.module_utils._values.registry import Host
from ansible_collections.community.containerd.tests.lab.lying_registry import LyingRegistry
from ansible_collections.community.containerd.tests.unit.fakes.files import Files


class Containerd:
    """Says what it was told to, and counts how often it was asked; "" stands for one that is not there."""

    directory = "/nowhere"

    def __init__(self, dump: str = "", code: int = 0) -> None:
        self.dump, self.code = dump, code
        self.asked: list[tuple[str, ...]] = []

    def run(self, *arguments: str) -> tuple[int, str, str]:
        self.asked.append(arguments)
        if not self.dump:
            raise Missing("there is no containerd", "install it")
        return self.code, self.dump, ""


def runtime(containerd: Containerd | None = None, files: Files | None = None) -> RegistryHostsRuntime:
    return RegistryHostsRuntime(
        Endpoint("/none", "default", 5.0), files or Files(), containerd or Containerd()
    )


def test_the_directory_with_underscores_comes_first_and_is_the_one_that_is_made(tmp_path: Path) -> None:
    root, verbs = str(tmp_path), runtime()
    assert verbs.directories(root, "r.example:5000") == (root + "/r.example_5000_",)
    assert verbs.directories(root, "r.example") == (root + "/r.example",)
    (tmp_path / "r.example:5000").mkdir()
    assert verbs.directories(root, "r.example:5000") == (root + "/r.example:5000",)
    (tmp_path / "r.example_5000_").mkdir()
    assert verbs.directories(root, "r.example:5000")[0] == root + "/r.example_5000_"


def test_a_new_directory_has_its_file_from_the_first_moment(tmp_path: Path) -> None:
    directory, files = tmp_path / "certs.d/r.example", Files("0600")
    left = tmp_path / "certs.d/.r.example.ctr-new"
    left.mkdir(parents=True)
    (left / "hosts.toml").write_text("of a killed module")
    assert runtime(files=files).write(str(directory / "hosts.toml"), "x", False) == ""
    assert files.put_from[0].startswith(str(left))
    assert os.listdir(tmp_path / "certs.d") == ["r.example"]
    assert (directory / "hosts.toml").read_text() == "x"
    assert (directory / "hosts.toml").stat().st_mode & 0o777 == 0o600
    runtime(files=files).write(str(directory / "hosts.toml"), "y", False)
    assert os.listdir(directory) == ["hosts.toml"]
    assert runtime().text(str(directory / "hosts.toml")) == "y"


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = str(tmp_path / "file/r.example/hosts.toml")
    with pytest.raises(Refused, match="cannot write .*r.example/hosts.toml: Not a directory; choose another"):
        runtime().write(path, "x", False)
    with pytest.raises(Refused, match="cannot read .*; remove it"):
        runtime().text(path)


def test_a_file_goes_with_its_directory_unless_more_is_in_it(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "hosts.toml").write_text("")
    (tmp_path / "b/ca.crt").write_text("")
    for name in ("a", "b"):
        runtime().remove(str(tmp_path / name / "hosts.toml"), False)
    assert os.listdir(tmp_path) == ["b"]
    assert runtime().certificates(str(tmp_path / "b")) == ("ca.crt",)
    assert runtime().certificates(str(tmp_path / "a")) == ()
    with pytest.raises(Refused, match="cannot remove .*: No such file"):
        runtime().remove(str(tmp_path / "a/hosts.toml"), False)
    assert runtime().missing([str(tmp_path), "/none", "/none"]) == ("/none",)
    assert runtime().text(str(tmp_path / "a/hosts.toml")) is None
    (tmp_path / "b/hosts.toml").write_bytes(b"\xff")
    with pytest.raises(Refused, match="it is not UTF-8"):
        runtime().text(str(tmp_path / "b/hosts.toml"))


CRI = '[plugins."io.containerd.grpc.v1.cri".registry]\n'
IMAGES = '[plugins."io.containerd.cri.v1.images".registry]\n'
HERE = 'config_path = "/certs.d"\n'


@pytest.mark.parametrize(
    ("file", "dump", "is_read", "reason"),
    [
        ("version = 2\n" + CRI + HERE, "", True, ""),
        ("version = 3\n" + IMAGES + HERE, "", True, ""),
        ("version = 2\n" + CRI, "version = 3\n" + IMAGES + HERE, True, ""),
        ('version = 2\nimports = ["/x"]\n' + CRI + HERE, "version = 2\n" + CRI, False, "is ''. Set registry"),
        (None, "version = 2\n" + CRI + 'config_path = ""\n', False, "is ''. Set registry_config_path"),
        (
            "version = 3\n",
            "version = 3\n" + IMAGES + 'config_path = "/certs.d:/b"\n',
            False,
            "for one direct",
        ),
        ("version = 2\n", "version = 2\n" + CRI + 'config_path = "/a:/certs.d/"\n', True, ""),
        (
            "version = 2\n",
            "version = 2\n" + CRI + HERE + '[plugins."io.containerd.grpc.v1.cri".registry.mirrors.x]\ny=1\n',
            False,
            "has registry.mirrors",
        ),
        ('disabled_plugins = ["cri"]\n', "", None, ""),
        ("version = 2\n", "", None, ""),
        ("version =\n", "", None, ""),
        ("version = 2\n", 'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n', None, ""),
    ],
)
def test_whether_pods_are_pulled_by_these_files_is_known(
    tmp_path: Path, file: str | None, dump: str, is_read: bool | None, reason: str
) -> None:
    config, containerd = tmp_path / "config.toml", Containerd(dump)
    if file is not None:
        config.write_text(file)
    verbs = runtime(containerd)
    found = verbs.use_of(str(config), "/certs.d")
    assert found.is_read is is_read
    assert reason in found.reason
    assert bool(found.reason) == (is_read is False)
    assert verbs.use_of(str(config), "/certs.d") is found
    assert len(containerd.asked) <= 1
    if file is None:
        assert containerd.asked == [("config", "default")]


def test_a_configuration_that_containerd_does_not_take_tells_nothing(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("version = 2\n")
    assert use_of(Containerd("version = 2\n", 1), str(config), "/certs.d") == ConfigUse(None)


@pytest.fixture
def server() -> Iterator[LyingRegistry]:
    with LyingRegistry() as made:
        yield made


def test_a_host_that_answers_as_a_registry_does_is_told_from_others(server: LyingRegistry) -> None:
    pytest.importorskip("requests", reason="the Python library requests is missing")
    good, refusing = Host(server.url + "/v2", headers=(("X-A", "b"),)), Host("http://127.0.0.1:1/v2")
    verbs = runtime()
    first, second = verbs.answers((good, refusing))
    assert (first.is_good, first.status, first.error) == (True, 200, "")
    assert (second.is_good, second.status) == (False, None)
    assert "127.0.0.1:1" in second.error
    assert verbs.answers((good, refusing)) == (first, second)
    assert len(server.requests) == 1
    server.lie("", status=404)
    other = runtime().answers((good, Host(server.url + "/cache")))
    assert [(each.is_good, each.status) for each in other] == [(False, 404), (True, 404)]
    assert other[0].error == "it answers with status 404"
