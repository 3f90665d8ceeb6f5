# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""certs.d: which directory counts for a registry, and what is made of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("requests", reason="the Python library requests is missing")

from ansible_collections.community.containerd.plugins.module_utils._runtime.hosts_dir import hosts_for
from ansible_collections.community.containerd.plugins.module_utils._values.errors import Refused
from ansible_collections.community.containerd.plugins.module_utils._values.registry import (
    Host,
    RegistryAccess,
)

NAME = "reg.example:5000"
OWN = Host(base="https://reg.example:5000/v2")


def write(root: Path, name: str, text: str) -> Path:
    directory = root / name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "hosts.toml").write_text(text)
    return directory


def hosts(root: Path | str, name: str = NAME, **given: object) -> list[Host]:
    return hosts_for(name, RegistryAccess(hosts_dir=str(root), **given))  # type: ignore[arg-type]


def bases(root: Path, name: str = NAME) -> list[str]:
    return [host.base.partition("://")[2] for host in hosts(root, name)]


def test_the_first_directory_that_exists_counts(tmp_path: Path) -> None:
    write(tmp_path, "_default", 'server = "https://default"')
    assert bases(tmp_path) == ["default/v2"]
    write(tmp_path, "reg.example", 'server = "https://without-port"')
    assert bases(tmp_path) == ["default/v2"], "a directory without the port is another registry's"
    write(tmp_path, NAME, 'server = "https://colon"')
    assert bases(tmp_path) == ["colon/v2"]
    write(tmp_path, "reg.example_5000_", 'server = "https://underscores"')
    assert bases(tmp_path) == ["underscores/v2"]
    assert bases(tmp_path, "reg.example") == ["without-port/v2"]
    assert bases(tmp_path, "other.example") == ["default/v2"]


def test_an_empty_directory_hides_the_default(tmp_path: Path) -> None:
    write(tmp_path, "_default", 'server = "https://default"')
    (tmp_path / NAME).mkdir()
    assert hosts(tmp_path) == [OWN]
    write(tmp_path, NAME, "")
    assert hosts(tmp_path) == [OWN]


def test_docker_hub_has_its_own_name_for_the_directory(tmp_path: Path) -> None:
    write(tmp_path, "docker.io", '[host."https://m.example"]')
    mirror, own = hosts(tmp_path, "docker.io")
    assert (mirror.base, mirror.namespace, mirror.is_own) == ("https://m.example/v2", "docker.io", False)
    assert (own.base, own.namespace, own.is_own) == ("https://registry-1.docker.io/v2", "", True)


def test_the_registry_itself_is_known_wherever_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, NAME, 'server = "https://proxy.example"\n[host."http://%s"]' % NAME)
    named, server = hosts(tmp_path)
    assert (named.is_own, named.namespace) == (True, "")
    assert (server.is_own, server.namespace) == (False, NAME)


def test_options_shape_the_registry_itself_alone(tmp_path: Path) -> None:
    ca = tmp_path / "ca.crt"
    ca.write_text("")
    write(tmp_path, NAME, 'server = "https://%s"\nca = "%s"\n[host."https://m.example"]' % (NAME, ca))
    mirror, own = hosts(tmp_path, validate_certs=False, ca_path="/option.crt", plain_http=True)
    assert (mirror.verify, mirror.ca_files) == ("always", ())
    assert (own.verify, own.ca_files) == ("never", (str(ca), "/option.crt"))
    assert own.base == "https://reg.example:5000/v2", "an address that is written down comes first"


def test_certificates_in_dockers_layout_count_without_hosts_toml(tmp_path: Path) -> None:
    directory = tmp_path / NAME
    directory.mkdir()
    for name in ("b.crt", "a.crt", "one.cert", "one.key", "two.cert", "x.key", "readme"):
        (directory / name).write_text("")
    (own,) = hosts(tmp_path)
    place = str(directory) + os.sep
    assert own == OWN.replace(
        ca_files=(place + "a.crt", place + "b.crt"),
        clients=((place + "one.cert", place + "one.key"), (place + "two.cert", "")),
    )
    write(tmp_path, NAME, "[host]")
    assert hosts(tmp_path) == [OWN], "with hosts.toml the files beside it do not count"


def test_a_file_that_hosts_toml_names_must_be_there(tmp_path: Path) -> None:
    write(tmp_path, NAME, '[host."https://m.example"]\nca = "gone.crt"')
    with pytest.raises(Refused, match="cannot read .*/gone.crt, which .*hosts.toml names: No such file"):
        hosts(tmp_path)
    write(tmp_path, NAME, '[host."https://m.example"]\nclient = [["hosts.toml", "gone.key"]]')
    with pytest.raises(Refused, match="cannot read .*/gone.key"):
        hosts(tmp_path)


def test_a_broken_file_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, NAME, "server = ")
    with pytest.raises(Refused, match="hosts.toml is not valid TOML"):
        hosts(tmp_path)
    (tmp_path / NAME / "hosts.toml").write_bytes(b"\xff")
    with pytest.raises(Refused, match="cannot read .*hosts.toml: it is not UTF-8"):
        hosts(tmp_path)
    (tmp_path / NAME / "hosts.toml").unlink()
    (tmp_path / NAME / "hosts.toml").mkdir()
    with pytest.raises(Refused, match="cannot read .*hosts.toml: Is a directory"):
        hosts(tmp_path)


def test_a_root_that_is_not_there_is_refused_when_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="hosts_dir .*/none does not exist; correct hosts_dir"):
        hosts(tmp_path / "none")
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot read hosts_dir .*/file: Not a directory"):
        hosts(tmp_path / "file")
    (tmp_path / NAME).write_text("")
    with pytest.raises(Refused, match="cannot read .*: Not a directory"):
        hosts(tmp_path)


def test_none_is_used_when_it_is_empty(tmp_path: Path) -> None:
    assert hosts("") == [OWN]
    assert hosts(tmp_path) == [OWN]


@pytest.mark.skipif(os.path.exists("/etc/containerd/certs.d"), reason="containerd is configured here")
def test_the_default_directory_need_not_be_there() -> None:
    assert hosts_for(NAME, RegistryAccess()) == [OWN]


@pytest.mark.parametrize(
    ("name", "base", "falls_back", "verify"),
    [
        ("127.0.0.1:5000", "https://127.0.0.1:5000/v2", True, "elsewhere"),
        ("localhost", "https://localhost/v2", False, "elsewhere"),
        ("localhost:443", "https://localhost:443/v2", False, "elsewhere"),
        ("localhost:80", "http://localhost:80/v2", False, "elsewhere"),
        ("[::1]:5000", "https://[::1]:5000/v2", True, "elsewhere"),
        ("reg.example", "https://reg.example/v2", False, "always"),
    ],
)
def test_loopback_is_trusted_as_containerd_does(name: str, base: str, falls_back: bool, verify: str) -> None:
    (own,) = hosts("", name)
    assert (own.base, own.falls_back, own.verify) == (base, falls_back, verify)
