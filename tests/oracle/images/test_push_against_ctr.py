# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What we push, held against what the stock ctr pushes from the same namespace, and read back by other clients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab import images, layers
from ansible_collections.community.containerd.tests.lab.archive_tools import ArchiveTools
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.registries import Registry
from ansible_collections.community.containerd.tests.lab.standard_images import ARCHITECTURE
from ansible_collections.community.containerd.tests.lab.world import Lab

OTHER = "arm64" if ARCHITECTURE != "arm64" else "amd64"
ACCEPT = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
)


def _image(text: str, **more: Any) -> images.Image:
    return images.image(
        [layers.layer({"text": text.encode() * 1000})], **{"architecture": ARCHITECTURE, **more}
    )


KINDS: dict[str, images.Image | images.Index] = {
    "oci": _image("oci"),
    "docker": _image("docker", dialect="docker"),
    "index": images.index(
        [_image("index"), _image("other", architecture=OTHER)], attestation_of=_image("index")
    ),
    "docker-index": images.index([_image("docker", dialect="docker")], dialect="docker"),
}


class Bench:
    """A namespace with one of these images, and the registry where both push to."""

    def __init__(self, daemon: Daemon, namespace: str, registry: Registry, kind: str) -> None:
        self.daemon, self.namespace, self.registry = daemon, namespace, registry
        images.push(registry.client(), f"source/{kind}", "1", KINDS[kind])
        self.name = f"{registry.host}/source/{kind}:1"
        self.base = f"pushed/{namespace}/{kind}".lower()
        options: dict[str, Any] = {"name": self.name, "all_platforms": True, "unpack": False}
        modules.done(modules.run("ctr_image", daemon, namespace, **options))

    def ours(self, **options: Any) -> str:
        repository = f"{self.base}/ours"
        reference = f"{self.registry.host}/{repository}:1"
        run = modules.run(
            "ctr_image_push", self.daemon, self.namespace, name=self.name, repository=reference, **options
        )
        modules.done(run)
        return repository

    def theirs(self, *flags: str) -> str:
        repository = f"{self.base}/theirs"
        reference = f"{self.registry.host}/{repository}:1"
        self.daemon.ctr("images", "tag", "--force", self.name, reference, namespace=self.namespace)
        access = self.registry.ctr_flags()
        self.daemon.ctr("images", "push", *access, *flags, reference, namespace=self.namespace)
        return repository

    def manifest(self, repository: str) -> tuple[str, str, bytes]:
        """Type, digest and bytes of what the tag stands for."""
        client = self.registry.client()
        _status, headers, body = client.request("GET", repository, "manifests/1", headers={"Accept": ACCEPT})
        return headers["content-type"], headers["docker-content-digest"], body

    def labels(self) -> dict[str, Any]:
        session = Session(Endpoint(self.daemon.address, self.namespace, 30.0))
        return {blob.digest: dict(blob.labels) for blob in Content(session).list()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_arrive_and_the_store_stays_as_it_was(
    daemon: Daemon, namespace: str, lab: Lab, kind: str
) -> None:
    bench = Bench(daemon, namespace, lab.registries["plain"], kind)
    before = bench.labels()
    ours = bench.manifest(bench.ours())
    assert bench.labels() == before
    assert ours == bench.manifest(bench.theirs())
    assert bench.labels() == before  # ctr, too, writes no source for where it pushed to


@pytest.mark.parametrize("architecture", [ARCHITECTURE, OTHER])
def test_one_platform_is_what_ctr_1_pushes_for_it(
    daemon: Daemon, namespace: str, lab: Lab, architecture: str
) -> None:
    if daemon.version == "2.1":
        pytest.skip("ctr 2.1 sends the index without the children that it lists, which this registry refuses")
    bench = Bench(daemon, namespace, lab.registries["plain"], "index")
    platform = "linux/" + architecture
    ours = bench.manifest(bench.ours(platform=platform))
    assert ours == bench.manifest(bench.theirs("--platform", platform))


@pytest.mark.parametrize("kind", KINDS)
def test_ctr_pulls_what_we_push(daemon: Daemon, namespace: str, lab: Lab, kind: str) -> None:
    registry = lab.registries["plain"]
    reference = f"{registry.host}/{Bench(daemon, namespace, registry, kind).ours()}:1"
    daemon.ctr("images", "pull", *registry.ctr_flags(), reference, namespace=namespace)
    (line,) = (
        line
        for line in daemon.ctr("images", "check", namespace=namespace).splitlines()
        if line.startswith(reference)
    )
    assert " complete (" in line


@pytest.mark.parametrize("kind", KINDS)
def test_skopeo_copies_what_we_push(
    daemon: Daemon, namespace: str, lab: Lab, archive_tools: ArchiveTools, tmp_path: Path, kind: str
) -> None:
    bench = Bench(daemon, namespace, lab.registries["plain"], kind)
    repository = bench.ours()
    archive_tools.skopeo(
        "copy",
        "--all",
        "--preserve-digests",
        "--src-tls-verify=false",
        f"docker://{bench.registry.host}/{repository}:1",
        f"dir:{tmp_path / 'copied'}",
    )
    copied = (tmp_path / "copied" / "manifest.json").read_bytes()
    assert copied == bench.manifest(repository)[2]
    assert json.loads(copied)["schemaVersion"] == 2
