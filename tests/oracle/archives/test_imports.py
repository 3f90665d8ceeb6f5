# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our import makes of an archive in one namespace, held against what the stock ctr makes of it in another.

Names, targets, content with its labels, snapshots; of archives that ctr, docker, skopeo, podman and buildah wrote,
and of others like those. Where we mean to differ, the tests say so.
"""

from __future__ import annotations

import functools
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.community.containerd.plugins.module_utils._runtime.archive_reading import (
    ImageArchive,
)
from ansible_collections.community.containerd.plugins.module_utils._services.content import Content
from ansible_collections.community.containerd.plugins.module_utils._services.images import Images
from ansible_collections.community.containerd.plugins.module_utils._services.messages import snapshots as rpc
from ansible_collections.community.containerd.plugins.module_utils._services.session import Session
from ansible_collections.community.containerd.plugins.module_utils._values.endpoint import Endpoint
from ansible_collections.community.containerd.tests.faults import modules
from ansible_collections.community.containerd.tests.lab import (
    archives,
    images,
    layers,
    namespaces,
    standard_images,
)
from ansible_collections.community.containerd.tests.lab.archive_tools import ArchiveTools
from ansible_collections.community.containerd.tests.lab.daemon import Daemon
from ansible_collections.community.containerd.tests.lab.docker import Docker
from ansible_collections.community.containerd.tests.lab.world import Lab

ARCHITECTURE = standard_images.ARCHITECTURE
OTHER = "arm64" if ARCHITECTURE != "arm64" else "amd64"
REF_LABEL = "containerd.io/snapshot.ref"
EDGE = "containerd.io/gc.ref.content."
NAMES = ("registry.example/team/app:1", "docker.io/library/other:2")


@functools.cache
def _layer(seed: int, compression: str = "none") -> layers.Layer:
    data = random.Random(seed).randbytes(50_000)
    return layers.layer({f"data/{seed}": data}, compression=compression)


def _image(*parts: layers.Layer, **more: Any) -> images.Image:
    return images.image(parts, **{"architecture": ARCHITECTURE, "cmd": ["sh"], **more})


def _saved() -> list[images.Image]:
    one = _image(_layer(1), _layer(2), dialect="docker")
    return [one, _image(_layer(1), _layer(3), _layer(1), dialect="docker", env=["A=b"])]


def _oci() -> list[images.Image]:
    return [_image(_layer(4, "gzip"), _layer(5, "gzip")), _image(_layer(4, "gzip"), _layer(6))]


@functools.cache
def _index() -> images.Index:
    mine = _image(_layer(7, "gzip"))
    return images.index([mine, _image(_layer(8, "gzip"), architecture=OTHER)], attestation_of=mine)


def _members(kind: str) -> list[archives.Member]:
    if kind.startswith("docker"):
        things = [(image, [name]) for image, name in zip(_saved(), NAMES, strict=True)]
        return archives.docker_members(things, is_old=kind == "docker-old")
    named = [(image, archives.named(name)) for image, name in zip(_oci(), NAMES, strict=True)]
    return archives.oci_members([(_index(), archives.named(NAMES[0]))] if kind == "index" else named)


MADE = {
    "docker-old": ("docker-old", "none"),
    "docker-flat": ("docker-flat", "none"),
    "docker-gzip": ("docker-old", "gzip"),
    "docker-zstd": ("docker-flat", "zstd"),
    "oci": ("oci", "none"),
    "oci-gzip": ("oci", "gzip"),
    "oci-zstd": ("oci", "zstd"),
}


@dataclass(frozen=True)
class Pair:
    """Two empty namespaces of one daemon: one for us, one for ctr."""

    daemon: Daemon
    ours: str
    theirs: str

    def session(self, namespace: str) -> Session:
        return Session(Endpoint(self.daemon.address, namespace, 30.0))

    def bring(self, path: Path, *flags: str, plain: Path | None = None, **options: Any) -> dict[str, Any]:
        """The archive in both; what our module returned, which must not be changed a second time."""
        self.daemon.ctr("images", "import", *flags, str(plain or path), namespace=self.theirs)
        told = modules.done(self._run(path, _ansible_check_mode=True, **options))
        done = modules.done(self._run(path, **options))
        again = modules.done(self._run(path, **options))
        assert (told["changed"], done["changed"], again["changed"]) == (True, True, False)
        assert (told["diff"], told["bytes_written"]) == (done["diff"], done["bytes_written"])
        return done

    def _run(self, path: Path, **options: Any) -> modules.Result:
        return modules.run("ctr_image_import", self.daemon, self.ours, path=str(path), **options)


@pytest.fixture
def pair(daemon: Daemon) -> Iterator[Pair]:
    base = f"{daemon.namespace}-{uuid.uuid4().hex[:6]}"
    yield Pair(daemon, base + "-us", base + "-ctr")
    for name in (base + "-us", base + "-ctr"):
        namespaces.remove(daemon, name)


def records_of(session: Session) -> dict[str, Any]:
    return {
        each.name: (
            each.target.media_type,
            each.target.digest,
            dict(each.target.annotations),
            dict(each.labels),
        )
        for each in Images(session).list()
    }


def content_of(session: Session) -> dict[str, Any]:
    return {blob.digest: (blob.size, dict(blob.labels)) for blob in Content(session).list()}


def snapshots_of(session: Session) -> dict[str, Any]:
    answers = session.stream(rpc.LIST, {"snapshotter": "overlayfs", "filters": []})
    return {
        info["name"]: (
            info["parent"],
            info["kind"],
            # ctr 1 does not write the label by which several clients unpack the same layer at once
            {key: value for key, value in info["labels"].items() if key != REF_LABEL},
        )
        for answer in answers
        for info in answer["info"]
    }


def assert_the_same(pair: Pair) -> None:
    """Record by record, blob by blob and snapshot by snapshot."""
    ours, theirs = pair.session(pair.ours), pair.session(pair.theirs)
    assert records_of(ours) == records_of(theirs)
    modules.wait_until(lambda: content_of(ours) == content_of(theirs), "garbage is collected")
    assert snapshots_of(ours) == snapshots_of(theirs)
    check = pair.daemon.ctr("images", "check", namespace=pair.ours)
    assert check == pair.daemon.ctr("images", "check", namespace=pair.theirs)
    assert pair.daemon.ctr("leases", "list", "--quiet", namespace=pair.ours) == ""


@pytest.mark.parametrize("kind", MADE)
def test_an_archive_leaves_the_same_traces(pair: Pair, tmp_path: Path, kind: str) -> None:
    members, compression = MADE[kind]
    path = archives.write(tmp_path / "a.tar", _members(members), compression=compression)
    plain = archives.write(tmp_path / "plain.tar", _members(members))  # ctr 1 takes no other
    pair.bring(path, plain=plain)
    assert len(records_of(pair.session(pair.ours))) == len(NAMES)
    assert_the_same(pair)


@pytest.mark.parametrize(
    "flags", [{"index_name": "all:1"}, {"base_name": "registry.example/team", "digests": True}]
)
def test_further_names_are_those_of_ctr(pair: Pair, tmp_path: Path, flags: dict[str, Any]) -> None:
    path = archives.write(tmp_path / "a.tar", _members("oci"))
    options = {"--index-name": flags.get("index_name"), "--base-name": flags.get("base_name")}
    given = [word for option, value in options.items() if value for word in (option, value)]
    pair.bring(path, *given, *(["--digests"] if flags.get("digests") else []), **flags)
    ours, theirs = records_of(pair.session(pair.ours)), records_of(pair.session(pair.theirs))
    if flags.get("digests"):
        # What base_name and digests say they do, where ctr 1 takes full names of any base and ctr 2 leaves out digests.
        names = {NAMES[0], *(f"registry.example/team@{image.manifest.digest}" for image in _oci())}
        assert set(ours) == names
        ours = theirs = {}
    assert ours == theirs


def test_a_tag_is_completed_by_the_base_name(pair: Pair, tmp_path: Path) -> None:
    members = archives.oci_members([(_oci()[0], archives.tagged("7"))])
    pair.bring(
        archives.write(tmp_path / "a.tar", members),
        "--base-name",
        "reg.example/app",
        base_name="reg.example/app",
    )
    assert_the_same(pair)


def test_of_an_index_this_platform_is_brought(pair: Pair, tmp_path: Path) -> None:
    pair.bring(archives.write(tmp_path / "a.tar", _members("index")))
    ours, theirs = pair.session(pair.ours), pair.session(pair.theirs)
    assert records_of(ours) == records_of(theirs)
    assert snapshots_of(ours) == snapshots_of(theirs)
    # ctr 1 notes on the index only the manifest that it took; a pull, and ctr 2, note all that it lists.
    mine, other = content_of(ours), content_of(theirs)
    index = _index().manifest.digest
    edges = {key: value for key, value in mine.pop(index)[1].items() if key.startswith(EDGE)}
    assert edges == {f"{EDGE}m.{n}": each.manifest.digest for n, each in enumerate(_index().images)} | {
        f"{EDGE}m.2": edges[EDGE + "m.2"]
    }
    assert set(other.pop(index)[1].items()) <= set(edges.items())
    assert mine.items() <= other.items()


def test_all_platforms_are_brought(pair: Pair, tmp_path: Path) -> None:
    path = archives.write(tmp_path / "a.tar", _members("index"))
    pair.bring(path, "--all-platforms", "--no-unpack", all_platforms=True, unpack=False)
    assert_the_same(pair)


@pytest.mark.parametrize("version_of_archive", ["1.6", "1.7", "2.1"])
def test_what_ctr_exported_comes_back(pair: Pair, lab: Lab, tmp_path: Path, version_of_archive: str) -> None:
    if version_of_archive not in [each.version for each in lab.daemons]:
        pytest.skip(f"this lab has no containerd {version_of_archive}")
    registry, source = lab.registries["plain"], lab.daemon(version_of_archive)
    namespace = f"{source.namespace}-{uuid.uuid4().hex[:6]}"
    names = [f"{registry.host}/{image}" for image in ("busybox:1", "web:1", "multi:1")]
    path = tmp_path / "exported.tar"
    try:
        for name in names:
            source.ctr("images", "pull", *registry.ctr_flags(), name, namespace=namespace)
        # Through the daemon's transfer service, ctr now and then ends before the last of the archive is written.
        local = [] if version_of_archive == "1.6" else ["--local"]
        source.ctr("images", "export", *local, str(path), *names, namespace=namespace)
    finally:
        namespaces.remove(source, namespace)
    pair.bring(path)
    ours, theirs = pair.session(pair.ours), pair.session(pair.theirs)
    assert records_of(ours) == records_of(theirs)
    assert set(records_of(ours)) == set(names)
    assert snapshots_of(ours) == snapshots_of(theirs)


def test_what_docker_saved_leaves_the_same_traces(pair: Pair, docker: Docker, tmp_path: Path) -> None:
    docker.docker("load", "--input", str(archives.write(tmp_path / "source.tar", _members("docker-old"))))
    saved = tmp_path / "saved.tar"
    docker.docker("save", "--output", str(saved), *NAMES)
    pair.bring(saved)
    assert set(records_of(pair.session(pair.ours))) == set(NAMES)
    assert_the_same(pair)


def test_what_other_tools_wrote_is_what_ctr_makes_of_it(
    pair: Pair, archive_tools: ArchiveTools, tmp_path: Path
) -> None:
    source = archives.write(tmp_path / "source.tar", _members("docker-old"))
    archive_tools.podman("load", "--input", str(source))
    kinds = ("podman-docker", "podman-oci", "buildah", "skopeo-docker", "skopeo-oci")
    written = {kind: tmp_path / f"{kind}.tar" for kind in kinds}
    both = ("--multi-image-archive", *NAMES)
    archive_tools.podman(
        "save", "--format", "docker-archive", "--output", str(written["podman-docker"]), *both
    )
    archive_tools.podman("save", "--format", "oci-archive", "--output", str(written["podman-oci"]), NAMES[0])
    archive_tools.buildah("push", NAMES[0], f"oci-archive:{written['buildah']}:{NAMES[0]}")
    archive_tools.skopeo(
        "copy",
        f"oci-archive:{written['podman-oci']}",
        f"docker-archive:{written['skopeo-docker']}:{NAMES[1]}",
    )
    named = f"oci-archive:{written['skopeo-oci']}:registry.example/skopeo/app:3"
    archive_tools.skopeo("copy", f"docker-archive:{source}:{NAMES[1]}", named)
    for path in written.values():
        # Of what it has unpacked it would take a layer by chance: one that an archive before it held in gzip.
        pair.daemon.ctr("images", "import", "--no-unpack", str(path), namespace=pair.theirs)
        done = modules.done(modules.run("ctr_image_import", pair.daemon, pair.ours, path=str(path)))
        assert len(done["images"]) == len(ImageArchive(str(path)).listing.images)
        again = modules.run("ctr_image_import", pair.daemon, pair.ours, path=str(path))
        assert not again.changed
        ours, theirs = records_of(pair.session(pair.ours)), records_of(pair.session(pair.theirs))
        assert ours == theirs, path
