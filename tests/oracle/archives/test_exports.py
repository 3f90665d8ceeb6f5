# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives that we write, read by others: ctr of every version, docker, skopeo, podman. What went in comes out."""

from __future__ import annotations

import hashlib
import json
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab import namespaces
from ansible_collections.community.containerd.tests.lab.archive_tools import ArchiveTools
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.docker import Docker
from ansible_collections.community.containerd.tests.lab.standard_images import ARCHITECTURE
from ansible_collections.community.containerd.tests.lab.world import Lab

NAMES = ("busybox:1", "web:1", "multi:1")  # OCI's media types, Docker's, an index with an attestation
FOREIGN = "arm64" if ARCHITECTURE != "arm64" else "amd64"


@pytest.fixture
def stored(daemon: Daemon, namespace: str, lab: Lab) -> dict[str, str]:
    """Name to reference of images that are complete here, for all of their platforms."""
    host = lab.registries["plain"].host
    found = {name: f"{host}/{name}" for name in NAMES}
    pulled = {"name": list(found.values()), "all_platforms": True, "unpack": False}
    modules.done(modules.run("ctr_image", daemon, namespace, **pulled))
    return found


@pytest.fixture
def elsewhere(daemon: Daemon) -> Iterator[str]:
    """A namespace to import into."""
    name = f"{daemon.namespace}-{uuid.uuid4().hex[:8]}"
    yield name
    namespaces.remove(daemon, name)


def export(daemon: Daemon, namespace: str, path: Path, names: list[str], **said: Any) -> Path:
    given = {"names": names, "path": str(path), **said}
    modules.done(modules.run("ctr_image_export", daemon, namespace, **given))
    return path


def imported(daemon: Daemon, namespace: str, archive: Path, *flags: str) -> dict[str, str]:
    """Name to digest of what ctr makes of it."""
    daemon.ctr("images", "import", *flags, str(archive), namespace=namespace)
    rows = daemon.ctr("images", "ls", namespace=namespace).splitlines()[1:]
    return {row.split()[0]: row.split()[2] for row in rows}


def configs_of(archive: Path) -> dict[str, str]:
    """The digest of the config that docker gets, by name."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        entries = json.loads(file.read())
    return {tag: entry["Config"].rpartition("/")[2] for entry in entries for tag in entry["RepoTags"]}


@pytest.mark.parametrize("form", ["both", "oci"])
def test_ctr_of_every_version_imports_the_same_images(
    daemon: Daemon, namespace: str, lab: Lab, stored: dict[str, str], tmp_path: Path, form: str
) -> None:
    wanted = {reference: lab.images[name]["digest"] for name, reference in stored.items()}
    said = {} if form == "both" else {"format": form}
    archive = export(daemon, namespace, tmp_path / "a.tar", list(wanted), **said)
    for each in lab.daemons:
        other = f"{each.namespace}-{uuid.uuid4().hex[:8]}"
        try:
            assert imported(each, other, archive) == wanted
            assert not modules.run("ctr_image", each, other, name=list(wanted), pull="never").changed
        finally:
            namespaces.remove(each, other)


def test_ctr_imports_all_platforms(
    daemon: Daemon, namespace: str, elsewhere: str, lab: Lab, stored: dict[str, str], tmp_path: Path
) -> None:
    archive = export(daemon, namespace, tmp_path / "a.tar", [stored["multi:1"]], all_platforms=True)
    digest = lab.images["multi:1"]["digest"]
    flags = ("--all-platforms", "--no-unpack")
    assert imported(daemon, elsewhere, archive, *flags) == {stored["multi:1"]: digest}
    whole = {"name": stored["multi:1"], "all_platforms": True, "unpack": False, "pull": "never"}
    assert not modules.done(modules.run("ctr_image", daemon, elsewhere, **whole))["changed"]


def test_ctr_runs_what_it_imported_from_docker_s_format(
    daemon: Daemon, namespace: str, elsewhere: str, stored: dict[str, str], tmp_path: Path
) -> None:
    archive = export(daemon, namespace, tmp_path / "a.tar", list(stored.values()), format="docker")
    assert set(imported(daemon, elsewhere, archive)) == set(stored.values())
    box = "x" + uuid.uuid4().hex[:8]
    said = daemon.ctr("run", "--rm", stored["busybox:1"], box, "echo", "hello", namespace=elsewhere)
    assert said == "hello\n"


def test_the_versions_write_the_same_bytes(lab: Lab, tmp_path: Path) -> None:
    host = lab.registries["plain"].host
    found = set()
    for each in lab.daemons:
        name = f"{each.namespace}-{uuid.uuid4().hex[:8]}"
        try:
            names = [f"{host}/busybox:1", f"{host}/multi:1"]
            modules.done(modules.run("ctr_image", each, name, name=names, unpack=False))
            archive = export(each, name, tmp_path / each.version, names)
            found.add(hashlib.sha256(archive.read_bytes()).hexdigest())
        finally:
            namespaces.remove(each, name)
    assert len(found) == 1


@pytest.mark.parametrize("said", [{}, {"all_platforms": True}])
def test_an_archive_of_ctr_is_as_good_as_ours(
    daemon: Daemon, namespace: str, stored: dict[str, str], tmp_path: Path, said: dict[str, bool]
) -> None:
    archive, flags = tmp_path / "a.tar", ["--all-platforms"] if said else []
    if daemon.version != "1.6":  # by the daemon's transfer service, ctr may end before the archive does
        flags.append("--local")
    # Two names of one image it writes as one for docker, and forgets the other; so no such pair here.
    names = [stored["web:1"], stored["multi:1"]]
    daemon.ctr("images", "export", *flags, str(archive), *names, namespace=namespace)
    given = {"names": names, "path": str(archive), **said}
    result = modules.done(modules.run("ctr_image_export", daemon, namespace, **given))
    assert result["diff"]["before"] == result["diff"]["after"]
    assert not result["changed"]


@pytest.mark.parametrize("name", NAMES)
def test_skopeo_reads_an_oci_archive_without_loss(
    daemon: Daemon,
    namespace: str,
    lab: Lab,
    stored: dict[str, str],
    tmp_path: Path,
    name: str,
    archive_tools: ArchiveTools,
) -> None:
    archive = export(daemon, namespace, tmp_path / "a.tar", [stored[name]])
    raw = archive_tools.skopeo("inspect", "--raw", f"oci-archive:{archive}")
    assert "sha256:" + hashlib.sha256(raw.encode()).hexdigest() == lab.images[name]["digest"]
    tag = "" if name == "web:1" else ":1"  # among Docker's media types it finds nothing by tag
    source = f"oci-archive:{archive}{tag}"
    archive_tools.skopeo("copy", "--preserve-digests", source, f"dir:{tmp_path / 'copy'}")
    config = json.loads((tmp_path / "copy" / "manifest.json").read_bytes())["config"]["digest"]
    assert config == "sha256:" + configs_of(archive)[stored[name]]


@pytest.mark.parametrize("platform", [ARCHITECTURE, FOREIGN])
def test_skopeo_takes_either_platform_of_an_archive_of_all(
    daemon: Daemon,
    namespace: str,
    stored: dict[str, str],
    tmp_path: Path,
    platform: str,
    archive_tools: ArchiveTools,
) -> None:
    archive = export(
        daemon, namespace, tmp_path / "a.tar", [stored["multi:1"]], platform=[ARCHITECTURE, FOREIGN]
    )
    override = ("--override-arch", platform)
    archive_tools.skopeo(*override, "copy", f"oci-archive:{archive}", f"dir:{tmp_path / 'copy'}")
    config = json.loads(archive_tools.skopeo("inspect", "--config", "--raw", f"dir:{tmp_path / 'copy'}"))
    assert config["architecture"] == platform


@pytest.mark.parametrize("form", ["both", "docker"])
@pytest.mark.parametrize("name", NAMES)
def test_skopeo_reads_a_docker_archive(
    daemon: Daemon,
    namespace: str,
    stored: dict[str, str],
    tmp_path: Path,
    name: str,
    form: str,
    archive_tools: ArchiveTools,
) -> None:
    said = {} if form == "both" else {"format": form}
    archive = export(daemon, namespace, tmp_path / "a.tar", list(stored.values()), **said)
    archive_tools.skopeo("copy", f"docker-archive:{archive}:{stored[name]}", f"dir:{tmp_path / 'copy'}")
    config = json.loads((tmp_path / "copy" / "manifest.json").read_bytes())["config"]["digest"]
    assert config == "sha256:" + configs_of(archive)[stored[name]]


@pytest.mark.parametrize("form", ["both", "oci", "docker"])
def test_podman_loads_each_image(
    daemon: Daemon,
    namespace: str,
    stored: dict[str, str],
    tmp_path: Path,
    form: str,
    archive_tools: ArchiveTools,
) -> None:
    said = {} if form == "both" else {"format": form}
    for name in NAMES:
        archive = export(daemon, namespace, tmp_path / "a.tar", [stored[name]], **said)
        assert stored[name] in archive_tools.podman("load", "--input", str(archive))
        image = json.loads(archive_tools.podman("image", "inspect", stored[name]))[0]
        both = export(daemon, namespace, tmp_path / "b.tar", [stored[name]])
        assert image["Id"] == configs_of(both)[stored[name]]


@pytest.mark.parametrize("form", ["both", "docker"])
def test_podman_loads_several_images_of_one_archive(
    daemon: Daemon,
    namespace: str,
    stored: dict[str, str],
    tmp_path: Path,
    form: str,
    archive_tools: ArchiveTools,
) -> None:
    said = {} if form == "both" else {"format": form}
    archive = export(daemon, namespace, tmp_path / "a.tar", list(stored.values()), **said)
    archive_tools.podman("load", "--input", str(archive))
    for reference, config in configs_of(archive).items():
        assert json.loads(archive_tools.podman("image", "inspect", reference))[0]["Id"] == config


@pytest.mark.parametrize("form", ["both", "docker"])
def test_docker_loads_several_images_of_one_archive(
    daemon: Daemon, namespace: str, stored: dict[str, str], tmp_path: Path, form: str, docker: Docker
) -> None:
    said = {} if form == "both" else {"format": form}
    archive = export(daemon, namespace, tmp_path / "a.tar", list(stored.values()), **said)
    docker.docker("load", "--input", str(archive))
    for reference, config in configs_of(archive).items():
        assert (
            docker.docker("image", "inspect", "--format", "{{.Id}}", reference).strip() == "sha256:" + config
        )
