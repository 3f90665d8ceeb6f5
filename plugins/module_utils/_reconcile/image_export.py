# Copyright (c) 2026, the community.containerd contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decide about an archive of images: it holds these images, for these platforms, and nothing else.

Knows when an archive holds what is wanted; never how one is read or written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._values.archive import (
    Archive,
    ArchiveFile,
    Contents,
    DockerImage,
    Exportable,
    blob_path,
    docker_tag,
    format_docker,
    format_index,
)
from .._values.errors import NotFound, Refused
from .._values.plan import Plan, Step
from .._values.platform import host_platform, parse_platform
from .._values.reference import parse_reference
from .._values.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._values.descriptor import Descriptor
    from .._values.image import Image
    from .._values.platform import Platform
    from .export_verbs import ExportVerbs


class DesiredArchive(Value):
    names: tuple[str, ...]  # as written
    path: str
    platforms: tuple[Platform, ...]  # none: all
    is_named: bool  # the user named them
    format: str | None  # None: one file for both
    force: bool


class CurrentArchive(Value):
    images: tuple[Exportable, ...]
    archive: Archive  # to be written
    wanted: Contents  # of that archive
    wanted_size: int
    file: ArchiveFile  # that is there
    attributes: Mapping[str, str]  # of the file, as far as the user named them
    wanted_attributes: Mapping[str, str]


def want(params: Mapping[str, Any]) -> DesiredArchive:
    if not params["names"] or not all(params["names"]):
        raise Refused("names is empty, or has an empty name", "name at least one image")
    if not params["path"].startswith("/"):
        raise Refused("path %r is relative" % params["path"], "write the whole path, from / on")
    if params["all_platforms"] and params["platform"]:
        raise Refused("platform and all_platforms exclude each other", "set one of them")
    named = tuple(parse_platform(text) for text in params["platform"] or ())
    if params["format"] == "docker" and (params["all_platforms"] or len(set(named)) > 1):
        raise Refused("Docker's format has room for one platform", "leave format out, or name one platform")
    return DesiredArchive(
        names=tuple(params["names"]),
        path=params["path"],
        platforms=() if params["all_platforms"] else named or (host_platform(),),
        is_named=bool(named),
        format=params["format"],
        force=params["force"],
    )


def read(verbs: ExportVerbs, desired: DesiredArchive) -> CurrentArchive:
    images = verbs.exportables(_records(verbs, desired), desired.platforms, desired.is_named)
    archive, wanted = _compose(images, desired.format)
    actual, wished = verbs.attributes(desired.path)
    documents = {of.digest for image in images for of, _bytes in image.graph.documents}
    configs = {manifest.config.digest for image in images for _of, manifest in image.graph.manifests}
    return CurrentArchive(
        images=tuple(images),
        archive=archive,
        wanted=wanted,
        wanted_size=verbs.archive_size(archive),
        file=verbs.archive(desired.path, documents | configs),
        attributes=actual,
        wanted_attributes=wished,
    )


def _records(verbs: ExportVerbs, desired: DesiredArchive) -> list[Image]:
    """Each image once, by name; the literal name wins over the full one."""
    pairs = [(text, _full(text)) for text in desired.names]
    records = verbs.records(list(dict.fromkeys(name for pair in pairs for name in pair)))
    absent = [full for text, full in pairs if text not in records and full not in records]
    if absent:
        raise NotFound(
            "there is no image %s in this namespace" % " and no image ".join(absent),
            "pull it with ctr_image, or correct names or namespace",
        )
    found = {text if text in records else full for text, full in pairs}
    return [records[name] for name in sorted(found)]


def _full(text: str) -> str:
    """A name that no registry could serve can be that of a record all the same."""
    try:
        return str(parse_reference(text))
    except Refused:
        return text


def _compose(images: Sequence[Exportable], form: str | None) -> tuple[Archive, Contents]:
    """The archive that holds these images, and what a look at it will show."""
    docker = _docker_images(images, is_strict=form == "docker") if form != "oci" else ()
    has_index = form != "docker"
    documents: dict[str, Descriptor] = {}
    layers: dict[str, Descriptor] = {}
    for image in images:
        kept = image.graph.manifests if has_index else [(None, image.docker)]
        if has_index:
            documents.update({of.digest: of for of, _bytes in image.graph.documents})
        for _of, manifest in kept:
            if manifest:
                documents[manifest.config.digest] = manifest.config
                layers.update({layer.digest: layer for layer in manifest.layers})
    blobs = tuple(by_digest[key] for by_digest in (documents, layers) for key in sorted(by_digest))
    blobs = tuple({blob.digest: blob for blob in blobs}.values())
    archive = Archive(
        index=format_index([(each.image.name, each.image.target) for each in images]) if has_index else b"",
        docker=format_docker(docker) if docker else b"",
        blobs=blobs,
    )
    names = {each.image.name: each.image.target.digest for each in images} if has_index else {}
    return archive, Contents(names, frozenset(docker), {blob.digest: blob.size for blob in blobs})


def _docker_images(images: Sequence[Exportable], *, is_strict: bool) -> tuple[DockerImage, ...]:
    """One entry for each config; images that docker could not load are left out, or refused."""
    found: dict[str, DockerImage] = {}
    for each in images:
        if each.docker is None:
            if is_strict:
                raise Refused(
                    "image %s is nothing that docker could load" % each.image.name, "set format to oci"
                )
            continue
        config = blob_path(each.docker.config.digest)
        tags = found[config].tags if config in found else ()
        tag = docker_tag(each.image.name)
        layers = tuple(blob_path(layer.digest) for layer in each.docker.layers)
        found[config] = DockerImage(config, tuple(sorted({*tags, tag} - {""})), layers)
    return tuple(found.values())


def plan(desired: DesiredArchive, current: CurrentArchive) -> Plan:
    after = current.replace(attributes=current.wanted_attributes)
    if current.file.contents != current.wanted or desired.force:
        after = after.replace(file=ArchiveFile(current.wanted_size, current.wanted))
        write = Step("write", (desired.path, current.archive), (_sentence(desired, current),), is_event=True)
        return Plan((write,), after)
    if current.attributes != current.wanted_attributes:
        changes = ", ".join("%s to %s" % item for item in current.wanted_attributes.items())
        return Plan(
            (Step("set_attributes", (desired.path,), ("set %s of %s" % (changes, desired.path),)),), after
        )
    return Plan((), current)


def _sentence(desired: DesiredArchive, current: CurrentArchive) -> str:
    verb = "write" if current.file.size is None else "replace"
    names = ", ".join(each.image.name for each in current.images)
    return "%s %s with %s (%d bytes)" % (verb, desired.path, names, current.wanted_size)


def view(desired: DesiredArchive, state: CurrentArchive) -> Mapping[str, Any]:
    contents, file = state.file.contents, state.file
    if file.size is None:
        return {"path": desired.path, "state": "absent"}
    if contents is None:
        return {"path": desired.path, "state": "no archive: " + file.complaint, **state.attributes}
    tags = [(tag, image.config) for image in contents.docker for tag in image.tags or ("",)]
    return {
        "path": desired.path,
        "state": "archive",
        "images": dict(contents.images),
        "docker_images": dict(sorted(tags)),
        "blobs": sorted(contents.blobs),
        **state.attributes,
    }


def report(desired: DesiredArchive, state: CurrentArchive, results: Sequence[Any]) -> Mapping[str, Any]:
    return {
        "path": desired.path,
        "size": state.file.size,
        "images": [_entry(each) for each in state.images],
    }


def _entry(each: Exportable) -> Mapping[str, Any]:
    documents = sum(of.size for of, _bytes in each.graph.documents)
    return {
        "name": each.image.name,
        "digest": each.image.target.digest,
        "media_type": each.image.target.media_type,
        "platforms": [str(of.platform) for of, _manifest in each.graph.manifests if of.platform],
        "size": documents + sum(blob.size for blob in each.graph.blobs),
    }
