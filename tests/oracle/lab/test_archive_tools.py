# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""skopeo, podman and buildah work from their unpacked packages: they build, save, copy and load."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from ansible_collections.community.containerd.tests.lab.archive_tools import ArchiveTools

NAME = "localhost/built:1"


@pytest.fixture
def built(archive_tools: ArchiveTools, tmp_path: Path) -> ArchiveTools:
    (tmp_path / "hello").write_text("hello\n")
    container = archive_tools.buildah("from", "scratch").strip()
    archive_tools.buildah("copy", container, str(tmp_path / "hello"), "/hello")
    archive_tools.buildah("config", "--cmd", "/hello", container)
    archive_tools.buildah("commit", container, NAME)
    return archive_tools


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive"])
def test_what_buildah_built_podman_saves_and_skopeo_copies(
    built: ArchiveTools, tmp_path: Path, form: str
) -> None:
    archive = tmp_path / "saved.tar"
    built.podman("save", "--format", form, "--output", str(archive), NAME)
    with tarfile.open(archive) as saved:
        assert ("manifest.json" if form == "docker-archive" else "index.json") in saved.getnames()
    built.skopeo("copy", f"{form}:{archive}", f"dir:{tmp_path / 'copied'}")
    manifest = json.loads((tmp_path / "copied" / "manifest.json").read_bytes())
    image = json.loads(built.podman("image", "inspect", NAME))[0]
    assert manifest["config"]["digest"] == "sha256:" + image["Id"]


def test_podman_loads_what_buildah_pushes(built: ArchiveTools, tmp_path: Path) -> None:
    archive = tmp_path / "pushed.tar"
    built.buildah("push", NAME, f"oci-archive:{archive}:{NAME}")
    other = ArchiveTools.create(tmp_path / "other")
    assert NAME in other.podman("load", "--input", str(archive))
    assert json.loads(other.podman("image", "inspect", NAME))[0]["Config"]["Cmd"] == ["/hello"]
